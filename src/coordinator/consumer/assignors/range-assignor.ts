import type { Assignment } from '../assignment.ts';
import type { AssignorGroup, AssignorMember } from './assignor.ts';

/**
 * Gives each topic's partitions in one piece after the other to its subscribers, always in the same
 * order of members: topics of as many partitions are divided alike, so that records of one key meet
 * at one member.
 */
export function assignByRange(group: AssignorGroup): ReadonlyMap<string, Assignment> {
  const members = [...group.members].sort(staticOnesFirst);
  const assignments = new Map(
    members.map(({ memberId }) => [memberId, new Map<string, ReadonlySet<number>>()]),
  );
  for (const [topicId, subscribers] of subscribersByTopic(members)) {
    const count = group.partitionCount(topicId);
    const least = Math.floor(count / subscribers.length);
    const withOneMore = count % subscribers.length;
    let next = 0;
    subscribers.forEach((memberId, at) => {
      const size = least + (at < withOneMore ? 1 : 0);
      if (size > 0) assignments.get(memberId)!.set(topicId, range(next, size));
      next += size;
    });
  }
  return assignments;
}

const range = (first: number, size: number): ReadonlySet<number> =>
  new Set(Array.from({ length: size }, (_, at) => first + at));

function subscribersByTopic(members: readonly AssignorMember[]): Map<string, string[]> {
  const subscribers = new Map<string, string[]>();
  for (const { memberId, topicIds } of members) {
    for (const topicId of topicIds) {
      const known = subscribers.get(topicId);
      if (known === undefined) subscribers.set(topicId, [memberId]);
      else known.push(memberId);
    }
  }
  return subscribers;
}

/** By instance id, for it survives a restart; after those the others by member id. */
function staticOnesFirst(one: AssignorMember, other: AssignorMember): number {
  if (one.instanceId !== null && other.instanceId !== null) {
    return compareText(one.instanceId, other.instanceId);
  }
  if (one.instanceId !== null) return -1;
  if (other.instanceId !== null) return 1;
  return compareText(one.memberId, other.memberId);
}

const compareText = (one: string, other: string): number =>
  one < other ? -1 : one > other ? 1 : 0;
