import { acks0Silent } from './acks0-silent.ts';
import { acks1LeaderCrash } from './acks1-leader-crash.ts';
import { acksallLeaderCrash } from './acksall-leader-crash.ts';
import { appendOkResponseLost } from './append-ok-response-lost.ts';
import { atMostOnce } from './at-most-once.ts';
import { commitAfterRevoke } from './commit-after-revoke.ts';
import { controllerFailover } from './controller-failover.ts';
import { coordinatorDiesInPrepare } from './coordinator-dies-in-prepare.ts';
import { coordinatorFailover } from './coordinator-failover.ts';
import { dedupeWindow } from './dedupe-window.ts';
import { eagerVsCoopVs848 } from './eager-vs-coop-vs-848.ts';
import type { Experiment } from './experiment.ts';
import { fastDoubleFailover } from './fast-double-failover.ts';
import { hangingTxn } from './hanging-txn.ts';
import { hwTruncationDivergence } from './hw-truncation-divergence.ts';
import { hwTruncationLoss } from './hw-truncation-loss.ts';
import { isrFlap } from './isr-flap.ts';
import { isrShrinksInPurgatory } from './isr-shrinks-in-purgatory.ts';
import { lastReplicaStanding } from './last-replica-standing.ts';
import { lostHeartbeat } from './lost-heartbeat.ts';
import { maxPollInterval } from './max-poll-interval.ts';
import { minIsrReject } from './min-isr-reject.ts';
import { openTxnLag } from './open-txn-lag.ts';
import { partitionGrowth } from './partition-growth.ts';
import { powerCutAll } from './power-cut-all.ts';
import { preferredLeader } from './preferred-leader.ts';
import { producerRestart } from './producer-restart.ts';
import { reassign } from './reassign.ts';
import { rebalanceStorm } from './rebalance-storm.ts';
import { resetLatestLoss } from './reset-latest-loss.ts';
import { retryReorder } from './retry-reorder.ts';
import { sessionTimeout } from './session-timeout.ts';
import { slowFollower } from './slow-follower.ts';
import { staleBrokerEpoch } from './stale-broker-epoch.ts';
import { staticMember } from './static-member.ts';
import { tornTxn } from './torn-txn.ts';
import { uncleanElection } from './unclean-election.ts';
import { zombieCtp } from './zombie-ctp.ts';
import { zombieLeader } from './zombie-leader.ts';
import { zombieProducer } from './zombie-producer.ts';

/** All of them, by number. */
export const experiments: readonly Experiment[] = [
  acks1LeaderCrash,
  acks0Silent,
  acksallLeaderCrash,
  minIsrReject,
  slowFollower,
  isrShrinksInPurgatory,
  hwTruncationLoss,
  hwTruncationDivergence,
  fastDoubleFailover,
  zombieLeader,
  uncleanElection,
  lastReplicaStanding,
  powerCutAll,
  staleBrokerEpoch,
  isrFlap,
  preferredLeader,
  reassign,
  controllerFailover,
  appendOkResponseLost,
  retryReorder,
  dedupeWindow,
  producerRestart,
  zombieProducer,
  hangingTxn,
  tornTxn,
  coordinatorDiesInPrepare,
  openTxnLag,
  zombieCtp,
  sessionTimeout,
  maxPollInterval,
  commitAfterRevoke,
  rebalanceStorm,
  eagerVsCoopVs848,
  staticMember,
  lostHeartbeat,
  coordinatorFailover,
  resetLatestLoss,
  atMostOnce,
  partitionGrowth,
];
