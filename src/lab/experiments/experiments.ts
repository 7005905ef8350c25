import { acks0Silent } from './acks0-silent.ts';
import { acks1LeaderCrash } from './acks1-leader-crash.ts';
import { acksallLeaderCrash } from './acksall-leader-crash.ts';
import type { Experiment } from './experiment.ts';
import { fastDoubleFailover } from './fast-double-failover.ts';
import { hwTruncationDivergence } from './hw-truncation-divergence.ts';
import { hwTruncationLoss } from './hw-truncation-loss.ts';
import { isrShrinksInPurgatory } from './isr-shrinks-in-purgatory.ts';
import { minIsrReject } from './min-isr-reject.ts';
import { slowFollower } from './slow-follower.ts';

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
];
