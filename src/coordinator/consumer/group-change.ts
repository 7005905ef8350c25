import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import type { GroupHost } from '../group.ts';
import type { Assignment, TopicPartitions } from './assignment.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import {
  type ConsumerMember,
  currentAssignmentRecord,
  isReconciledTo,
  sameMetadata,
  sameProgress,
  subscribesToTheSameNames,
} from './consumer-member.ts';
import { changeExpression, type NewTopics } from './expressions.ts';
import {
  groupEpochRecord,
  memberMetadataRecord,
  memberTombstones,
  targetRecord,
} from './group-records.ts';
import { reconcile } from './reconcile.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import { metadataHash, subscribedNames, subscribedTopicIds } from './subscription.ts';
import { nextTarget, targetSoFar } from './target-assignment.ts';

/** A member as it was, and as its request has it now. */
interface MemberChange {
  readonly group: ConsumerGroup;
  readonly before: ConsumerMember;
  readonly after: ConsumerMember;
  /** What the member says that it owns; null: it does not say. */
  readonly owned: readonly TopicPartitions[] | null;
  /** What comes of it, on top of what is there. */
  readonly records: CoordinatorRecord[];
  /** The group is about to become a classic one, whose leader will make the next target. */
  readonly isLast?: boolean;
}

export interface ChangedMember {
  readonly member: ConsumerMember;
  readonly toResolve: readonly string[];
  /** The target assignment is older than the group. */
  readonly isBehind: boolean;
}

/**
 * One heartbeat's worth of a group: the member's subscription may change the group, a changed group
 * has another target assignment, and the member makes a step towards it.
 */
export function changeGroup(
  host: GroupHost,
  newTopics: NewTopics,
  change: MemberChange,
): ChangedMember | Refusal {
  const { group, before, after, records } = change;
  const { groupId } = group;
  if (!sameMetadata(before.metadata, after.metadata)) {
    records.push(memberMetadataRecord(groupId, after));
  }
  const haveNamesChanged = !subscribesToTheSameNames(before, after);
  const expression = changeExpression(host, group, newTopics, before, after, records);
  if (isRefusal(expression)) return expression;
  const bumps = haveNamesChanged || (expression.hasChanged && expression.isResolved);
  const members = membersAfter(group, after);
  const groupEpoch = nextGroupEpoch(host, change, members, bumps);
  const { isLast = false } = change;
  const target = isLast ? undefined : nextTarget(host, group, groupEpoch, members);
  records.push(...(target?.records ?? []));
  const assignmentEpoch = target?.assignmentEpoch ?? group.epochs.assignmentEpoch;
  const isBehind = assignmentEpoch < groupEpoch;
  const to = {
    targetEpoch: assignmentEpoch,
    target: target?.of(after.memberId) ?? targetSoFar(group, after),
    hasSubscriptionChanged: haveNamesChanged || expression.hasChanged,
  };
  const member = isLast && isBehind ? after : step(host, change, to);
  return { member, isBehind, toResolve: expression.toResolve };
}

/** In the place of the static member before it, if there was one. */
function membersAfter(group: ConsumerGroup, after: ConsumerMember): readonly ConsumerMember[] {
  const { instanceId } = after.metadata;
  const replaced = instanceId === null ? undefined : group.staticMember(instanceId);
  const gone = new Set([after.memberId, replaced?.memberId]);
  return [...[...group.members.values()].filter(({ memberId }) => !gone.has(memberId)), after];
}

function nextGroupEpoch(
  { topics }: GroupHost,
  { group, records }: MemberChange,
  members: readonly ConsumerMember[],
  bumps: boolean,
): number {
  const { groupEpoch, metadataHash: hashBefore } = group.epochs;
  if (!bumps && !group.needsMetadataCheck) return groupEpoch;
  const names = members.flatMap((member) => [...subscribedNames(member, group.resolved)]);
  const hash = metadataHash(names, topics);
  if (!bumps && hash === hashBefore) return groupEpoch;
  records.push(groupEpochRecord(group.groupId, groupEpoch + 1, hash));
  return groupEpoch + 1;
}

interface Step {
  readonly targetEpoch: number;
  readonly target: Assignment;
  readonly hasSubscriptionChanged: boolean;
}

function step(
  { topics }: GroupHost,
  { group, after, owned, records }: MemberChange,
  to: Step,
): ConsumerMember {
  if (!to.hasSubscriptionChanged && isReconciledTo(after, to.targetEpoch)) return after;
  const member = reconcile({
    ...to,
    member: after,
    subscribedTopicIds: subscribedTopicIds(after, group.resolved, topics),
    owned,
    isHeld: (topicId, partition) => group.owners.isHeld(topicId, partition),
  });
  if (!sameProgress(member, after)) records.push(currentAssignmentRecord(group.groupId, member));
  return member;
}

/** A static member comes back under another id, to what its predecessor had (KIP-345). */
export function replaceMember(
  group: ConsumerGroup,
  predecessor: ConsumerMember,
  memberId: string,
  records: CoordinatorRecord[],
): ConsumerMember {
  const { groupId } = group;
  const successor = { ...predecessor, memberId, memberEpoch: 0, previousMemberEpoch: 0 };
  records.push(
    ...memberTombstones(groupId, predecessor.memberId),
    memberMetadataRecord(groupId, successor),
    targetRecord(groupId, memberId, group.target(predecessor.memberId)),
    currentAssignmentRecord(groupId, successor),
  );
  return successor;
}
