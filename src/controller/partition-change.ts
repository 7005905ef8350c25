import type { PartitionImage } from './cluster-metadata.ts';
import { type Election, electLeader, noLeader } from './election.ts';
import type { LeaderRecoveryState, PartitionChange } from './metadata-records.ts';
import { completeReassignment } from './reassignment.ts';

/** What the cluster at large says about a change of a partition. */
export interface ChangeRules {
  readonly election: Election;
  readonly mayLead: (brokerId: number) => boolean;
  /** `min.insync.replicas`, but never more than there are replicas. */
  readonly minInSyncReplicas: number;
  /** Eligible leader replicas are kept (KIP-966). */
  readonly elr: boolean;
  /** A replica that is none any more is eligible no more; Kafka 4.3.1 forgets to look. */
  readonly elrOfReplicas?: boolean;
}

/** What is wanted; a field that is missing is to stay as it is. */
export interface WantedChange {
  readonly isr?: readonly number[];
  readonly replicas?: readonly number[];
  readonly addingReplicas?: readonly number[];
  readonly removingReplicas?: readonly number[];
  readonly leaderRecoveryState?: LeaderRecoveryState;
  /** A replica that may have lost what it had: it is eligible for nothing. */
  readonly uncleanShutdown?: number;
}

/**
 * The one place where a partition's next state is decided (Kafka's PartitionChangeBuilder): a
 * reassignment is completed when it can be, replicas that leave a small ISR stay eligible, and who
 * leads follows from that. Returns what changes, or undefined for nothing.
 */
export function changePartition(
  rules: ChangeRules,
  before: PartitionImage,
  wanted: WantedChange,
): PartitionChange | undefined {
  const target = completeReassignment({ ...before, ...wanted });
  const elr = eligibleReplicas(rules, before, target, wanted.uncleanShutdown);
  const { leader, unclean } = electLeader(rules.election, {
    ...target,
    elr,
    leader: before.leader,
    lastLeader: lastLeader(rules, before, target),
    mayLead: rules.mayLead,
  });
  const isNewLeader = leader !== before.leader;
  const isEligible = isNewLeader && elr.includes(leader);
  const isUnclean = isNewLeader && unclean;
  // Without eligible leader replicas the last member stays, for nobody else holds what it does.
  const isr = target.isr.length === 0 && !rules.elr ? before.isr : target.isr;
  const dropsReplica = before.replicas.some((brokerId) => !target.replicas.includes(brokerId));
  const after = {
    ...target,
    isr: isEligible || isUnclean ? [leader] : isr,
    elr: isEligible ? elr.filter((brokerId) => brokerId !== leader) : isUnclean ? none : elr,
    lastKnownElr: lastKnownElr(rules, before, leader),
    leader,
    leaderRecoveryState:
      isUnclean && target.leaderRecoveryState === before.leaderRecoveryState
        ? 'Recovering'
        : target.leaderRecoveryState,
  } as const;
  return differences(before, after, isNewLeader || dropsReplica);
}

const none: readonly number[] = [];

/**
 * Who holds all that is committed without being in sync. While the ISR is below its minimum nothing
 * is committed (kafka-semantics 2.15), so who leaves it then has all there is.
 */
function eligibleReplicas(
  { elr, elrOfReplicas, minInSyncReplicas }: ChangeRules,
  before: PartitionImage,
  { isr, replicas }: Pick<PartitionImage, 'isr' | 'replicas'>,
  uncleanShutdown: number | undefined,
): readonly number[] {
  if (!elr || isr.length >= minInSyncReplicas) return none;
  const candidates = new Set([...before.elr, ...before.isr]);
  const eligible = [...candidates].filter(
    (brokerId) =>
      brokerId !== uncleanShutdown &&
      !isr.includes(brokerId) &&
      (!elrOfReplicas || replicas.includes(brokerId)),
  );
  return eligible.sort((a, b) => a - b);
}

/** Kafka 4.3.1 does not look whether it still is a replica either. */
function lastLeader(
  { elr, elrOfReplicas }: ChangeRules,
  { lastKnownElr: [leader] }: PartitionImage,
  { replicas }: Pick<PartitionImage, 'replicas'>,
): number | undefined {
  if (!elr || leader === undefined) return undefined;
  return elrOfReplicas && !replicas.includes(leader) ? undefined : leader;
}

/** Noted when the partition loses its leader, kept while it has none. */
function lastKnownElr(
  { elr }: ChangeRules,
  before: PartitionImage,
  leader: number,
): readonly number[] {
  if (!elr || leader === before.leader) return before.lastKnownElr;
  if (leader !== noLeader) return none;
  return before.lastKnownElr.length === 0 ? [before.leader] : before.lastKnownElr;
}

const lists = [
  ...(['replicas', 'isr', 'elr', 'lastKnownElr'] as const),
  ...(['addingReplicas', 'removingReplicas'] as const),
];

function differences(
  before: PartitionImage,
  after: PartitionImage,
  newEpoch: boolean,
): PartitionChange | undefined {
  const { leader, leaderRecoveryState } = after;
  const changes: [string, unknown][] = lists
    .filter((name) => !isSame(before[name], after[name]))
    .map((name) => [name, after[name]]);
  if (newEpoch) changes.push(['leader', leader]);
  if (leaderRecoveryState !== before.leaderRecoveryState) {
    changes.push(['leaderRecoveryState', leaderRecoveryState]);
  }
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((brokerId, index) => brokerId === b[index]);
