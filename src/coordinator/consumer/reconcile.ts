import {
  type Assignment,
  type HeldPartitions,
  noPartitions,
  overlaps,
  type TopicPartitions,
} from './assignment.ts';
import type { ConsumerMember } from './consumer-member.ts';

interface Reconciliation {
  readonly member: ConsumerMember;
  readonly targetEpoch: number;
  readonly target: Assignment;
  /** The topics that it is subscribed to and that exist. */
  readonly subscribedTopicIds: ReadonlySet<string>;
  readonly hasSubscriptionChanged: boolean;
  /** What the member says that it owns; null: it does not say. */
  readonly owned: readonly TopicPartitions[] | null;
  /** Is the partition somebody's, be it only until he has given it up? */
  isHeld(topicId: string, partition: number): boolean;
}

/**
 * One step of a member towards its target assignment. It gives up what it must before its epoch
 * changes, and it is given only what nobody holds, so that no partition ever has two owners.
 */
export function reconcile(input: Reconciliation): ConsumerMember {
  const { member, targetEpoch, hasSubscriptionChanged } = input;
  const staysWhereItIs =
    member.state === 'Stable'
      ? member.memberEpoch === targetEpoch
      : member.state === 'UnrevokedPartitions' && owns(input, member.pendingRevocation);
  if (!staysWhereItIs) return nextStep(input);
  return hasSubscriptionChanged ? withoutOtherTopics(input) : member;
}

/** Whoever does not say what it owns may own anything. */
const owns = ({ owned }: Reconciliation, partitions: HeldPartitions): boolean =>
  owned === null || overlaps(partitions, owned);

function withEpoch(member: ConsumerMember, memberEpoch: number): ConsumerMember {
  return { ...member, memberEpoch, previousMemberEpoch: member.memberEpoch };
}

function nextStep(input: Reconciliation): ConsumerMember {
  const { member, targetEpoch } = input;
  const { kept, revoked, added, isWaiting } = compare(input);
  if (revoked.size > 0 && owns(input, revoked)) {
    return {
      ...withEpoch(member, member.memberEpoch),
      ...{ state: 'UnrevokedPartitions', assigned: kept, pendingRevocation: revoked },
    };
  }
  return {
    ...withEpoch(member, targetEpoch),
    state: isWaiting ? 'UnreleasedPartitions' : 'Stable',
    assigned: withAdded(kept, added, targetEpoch),
    pendingRevocation: noPartitions,
  };
}

function compare(input: Reconciliation) {
  const { member, target, subscribedTopicIds } = input;
  const kept = new Map<string, Map<number, number>>();
  const revoked = new Map<string, Map<number, number>>();
  const added = new Map<string, number[]>();
  let isWaiting = false;
  for (const topicId of new Set([...target.keys(), ...member.assigned.keys()])) {
    const wanted = subscribedTopicIds.has(topicId) ? target.get(topicId) : undefined;
    const assigned = member.assigned.get(topicId);
    const [stays, goes] = split(assigned, (partition) => wanted?.has(partition) === true);
    if (stays.size > 0) kept.set(topicId, stays);
    if (goes.size > 0) revoked.set(topicId, goes);
    const missing = [...(wanted ?? [])].filter((partition) => !stays.has(partition));
    const free = missing.filter((partition) => isFree(input, topicId, partition));
    if (free.length < missing.length) isWaiting = true;
    if (free.length > 0) added.set(topicId, free);
  }
  return { kept, revoked, added, isWaiting };
}

/** What it was about to give up it may have back: until then it is its own. */
const isFree = ({ member, isHeld }: Reconciliation, topicId: string, partition: number): boolean =>
  !isHeld(topicId, partition) || member.pendingRevocation.get(topicId)?.has(partition) === true;

function split(
  partitions: ReadonlyMap<number, number> | undefined,
  belongs: (partition: number) => boolean,
): readonly [Map<number, number>, Map<number, number>] {
  const yes = new Map<number, number>();
  const no = new Map<number, number>();
  for (const [partition, epoch] of partitions ?? []) {
    (belongs(partition) ? yes : no).set(partition, epoch);
  }
  return [yes, no];
}

function withAdded(
  kept: ReadonlyMap<string, Map<number, number>>,
  added: ReadonlyMap<string, readonly number[]>,
  epoch: number,
): HeldPartitions {
  const all = new Map(kept);
  for (const [topicId, partitions] of added) {
    const entries = partitions.map((partition): [number, number] => [partition, epoch]);
    all.set(topicId, new Map([...(kept.get(topicId) ?? []), ...entries]));
  }
  return all;
}

/**
 * While the next target assignment is not there yet, it gives up at least the topics that it is no
 * longer subscribed to.
 */
function withoutOtherTopics(input: Reconciliation): ConsumerMember {
  const { member, subscribedTopicIds } = input;
  const isSubscribed = ([topicId]: readonly [string, unknown]) => subscribedTopicIds.has(topicId);
  const assigned = new Map([...member.assigned].filter(isSubscribed));
  if (assigned.size === member.assigned.size) return member;
  const pendingRevocation = new Map(member.pendingRevocation);
  for (const [topicId, partitions] of member.assigned) {
    if (assigned.has(topicId)) continue;
    pendingRevocation.set(
      topicId,
      new Map([...(pendingRevocation.get(topicId) ?? []), ...partitions]),
    );
  }
  const next = { ...withEpoch(member, member.memberEpoch), assigned };
  return owns(input, pendingRevocation)
    ? { ...next, state: 'UnrevokedPartitions', pendingRevocation }
    : next;
}
