import type { Assignment, HeldPartitions } from '../../coordinator/consumer/assignment.ts';
import type { ConsumerGroup } from '../../coordinator/consumer/consumer-group.ts';
import { metadataHash, subscribedNames } from '../../coordinator/consumer/subscription.ts';
import type { TopicsView } from '../../coordinator/group.ts';
import { mustHold } from '../invariant-broken.ts';

type Partitions = Assignment | HeldPartitions;

function* idsOf(partitions: Partitions): Generator<string> {
  for (const [topicId, indexes] of partitions) {
    for (const index of indexes.keys()) yield `${topicId} ${index}`;
  }
}

const contains = (all: Partitions, some: Partitions): boolean => {
  const known = new Set(idsOf(all));
  return [...idsOf(some)].every((id) => known.has(id));
};

/** I-26, I-28 to I-30 of a group of the next generation, as its coordinator has it. */
export function checkConsumerGroup(group: ConsumerGroup, topics: TopicsView): void {
  checkTargets(group, topics);
  checkHolders(group);
  const { groupEpoch, assignmentEpoch } = group.epochs;
  for (const {
    memberId,
    memberEpoch,
    assigned,
    pendingRevocation,
    state,
  } of group.members.values()) {
    const target = group.target(memberId);
    const isInTarget = memberEpoch !== assignmentEpoch || contains(target, assigned);
    mustHold('I-28', isInTarget, () => {
      return `group ${group.groupId}: ${memberId} has more at epoch ${memberEpoch} than its target`;
    });
    const isReconciled = pendingRevocation.size === 0 && contains(assigned, target);
    const isGroupStable = [...group.members.values()].every(
      (one) => one.state === 'Stable' && one.memberEpoch === groupEpoch,
    );
    mustHold('I-29', !isGroupStable || groupEpoch !== assignmentEpoch || isReconciled, () => {
      return `group ${group.groupId} is stable, and ${memberId} (${state}) is not at its target`;
    });
  }
}

/** No partition is meant for two; if the target is of now, none for nobody. */
function checkTargets(group: ConsumerGroup, topics: TopicsView): void {
  const { groupId } = group;
  const meant = new Map<string, string>();
  for (const { memberId, partitions } of group.targets.values()) {
    for (const id of idsOf(partitions)) {
      const other = meant.get(id);
      mustHold('I-26', other === undefined, () => {
        return `group ${groupId}: ${id} is meant for ${other} and for ${memberId}`;
      });
      meant.set(id, memberId);
    }
  }
  const { groupEpoch, assignmentEpoch, metadataHash: hash } = group.epochs;
  if (group.isEmpty || groupEpoch !== assignmentEpoch) return;
  const names = new Set(
    [...group.members.values()].flatMap((member) => [...subscribedNames(member, group.resolved)]),
  );
  // The topics have changed since, and no heartbeat has come that would have told it so.
  if (hash !== metadataHash(names, topics)) return;
  for (const name of names) {
    const topic = topics.topicsByName.get(name);
    for (const index of topic?.partitions.keys() ?? []) {
      mustHold('I-26', meant.has(`${topic!.topicId} ${index}`), () => {
        return `group ${groupId}: ${name}-${index} is meant for nobody`;
      });
    }
  }
}

/** Who holds a partition, be it until he has given it up, holds it alone, and it is not free. */
function checkHolders(group: ConsumerGroup): void {
  const holders = new Map<string, string>();
  for (const { memberId, assigned, pendingRevocation } of group.members.values()) {
    for (const held of [assigned, pendingRevocation]) {
      for (const [topicId, indexes] of held) {
        for (const index of indexes.keys()) {
          const id = `${topicId} ${index}`;
          const other = holders.get(id);
          holders.set(id, memberId);
          mustHold('I-30', other === undefined && group.owners.isHeld(topicId, index), () => {
            const by = other === undefined ? 'nobody' : other;
            return `group ${group.groupId}: ${id} is held by ${memberId}, and by ${by}`;
          });
        }
      }
    }
  }
}
