import type { Assignment } from '../assignment.ts';
import type { AssignorGroup } from './assignor.ts';

type Draft = Map<string, Set<number>>;

/**
 * The uniform assignment where all members are subscribed to the same topics: each has its share,
 * keeps what it had up to that, and what is left over fills those who have less.
 */
export function assignToEqual(group: AssignorGroup): ReadonlyMap<string, Assignment> {
  const { members } = group;
  const topicIds = new Set(members[0]?.topicIds);
  const total = [...topicIds].reduce((sum, topicId) => sum + group.partitionCount(topicId), 0);
  if (total === 0) return new Map();
  const share = Math.floor(total / members.length);
  let withOneMore = total % members.length;
  const drafts = new Map<string, Draft>();
  const room: { readonly draft: Draft; readonly count: number }[] = [];
  members.forEach(({ memberId, target }, at) => {
    const mayHaveOneMore = withOneMore > 0;
    const draft = keep(target, topicIds, share + (mayHaveOneMore ? 1 : 0), group.partitionCount);
    drafts.set(memberId, draft);
    let count = share + (mayHaveOneMore ? 1 : 0) - sizeOf(draft);
    // The one more goes to whoever has it already, and else to the last members.
    const leavesOneMore = mayHaveOneMore && count > 0 && members.length - at > withOneMore;
    if (leavesOneMore) count--;
    if (mayHaveOneMore && !leavesOneMore) withOneMore--;
    if (count > 0) room.push({ draft, count });
  });
  fill(room, unassigned(group, topicIds, drafts));
  return drafts;
}

const sizeOf = (draft: Draft): number =>
  [...draft.values()].reduce((sum, partitions) => sum + partitions.size, 0);

/** The first of what the member had, `most` at most. */
function keep(
  target: Assignment,
  topicIds: ReadonlySet<string>,
  most: number,
  partitionCount: (topicId: string) => number,
): Draft {
  const draft: Draft = new Map();
  let left = most;
  for (const [topicId, partitions] of target) {
    if (!topicIds.has(topicId) || left === 0) continue;
    const count = partitionCount(topicId);
    const kept = [...partitions].filter((partition) => partition < count).slice(0, left);
    if (kept.length > 0) draft.set(topicId, new Set(kept));
    left -= kept.length;
  }
  return draft;
}

function* unassigned(
  group: AssignorGroup,
  topicIds: ReadonlySet<string>,
  drafts: ReadonlyMap<string, Draft>,
): Generator<readonly [topicId: string, partition: number]> {
  for (const topicId of topicIds) {
    const taken = new Set<number>();
    for (const draft of drafts.values()) {
      for (const partition of draft.get(topicId) ?? []) taken.add(partition);
    }
    const count = group.partitionCount(topicId);
    for (let partition = 0; partition < count; partition++) {
      if (!taken.has(partition)) yield [topicId, partition];
    }
  }
}

function fill(
  room: readonly { readonly draft: Draft; readonly count: number }[],
  partitions: Generator<readonly [topicId: string, partition: number]>,
): void {
  for (const { draft, count } of room) {
    for (let left = count; left > 0; left--) {
      const next = partitions.next();
      if (next.done) return;
      const [topicId, partition] = next.value;
      const topic = draft.get(topicId);
      if (topic === undefined) draft.set(topicId, new Set([partition]));
      else topic.add(partition);
    }
  }
}
