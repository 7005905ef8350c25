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
  const groupEpoch = nextGroupEpoch(host, change, bumps);
  const members = () => membersAfter(group, after);
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

/** In whose place it comes: itself as it was, or the static member before it. */
function replacedBy(group: ConsumerGroup, after: ConsumerMember): ReadonlySet<ConsumerMember> {
  const { instanceId } = after.metadata;
  const own = group.members.get(after.memberId);
  const predecessor = instanceId === null ? undefined : group.staticMember(instanceId);
  return new Set([own, predecessor].filter((member) => member !== undefined));
}

function membersAfter(group: ConsumerGroup, after: ConsumerMember): readonly ConsumerMember[] {
  const gone = replacedBy(group, after);
  return [...[...group.members.values()].filter((member) => !gone.has(member)), after];
}

/** The topics of all members: asked at every join, so that it must not walk through them. */
function* namesAfter(group: ConsumerGroup, after: ConsumerMember): Generator<string> {
  const gone = [...replacedBy(group, after)];
  const staysFor = (subscribes: (member: ConsumerMember) => boolean, count: number) =>
    count > gone.filter(subscribes).length;
  for (const [name, count] of group.subscribedNames) {
    const subscribes = ({ metadata }: ConsumerMember) =>
      metadata.subscribedTopicNames.includes(name);
    if (staysFor(subscribes, count)) yield name;
  }
  for (const [expression, count] of group.subscribedExpressions) {
    const subscribes = ({ metadata }: ConsumerMember) =>
      metadata.subscribedTopicRegex === expression;
    if (staysFor(subscribes, count)) yield* group.resolved(expression)?.topics ?? [];
  }
  yield* subscribedNames(after, group.resolved);
}

function nextGroupEpoch(
  { topics }: GroupHost,
  { group, after, records }: MemberChange,
  bumps: boolean,
): number {
  const { groupEpoch, metadataHash: hashBefore } = group.epochs;
  if (!bumps && !group.needsMetadataCheck) return groupEpoch;
  const hash = metadataHash(namesAfter(group, after), topics);
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
