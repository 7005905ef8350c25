import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import type { GroupHost } from '../group.ts';
import { type Assignment, noPartitions, sameAssignment } from './assignment.ts';
import { type AssignorMember, assignors } from './assignors/assignor.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import type { ConsumerMember } from './consumer-member.ts';
import { targetEpochRecord, targetRecord } from './group-records.ts';
import { isHomogeneous, subscribedTopicIds } from './subscription.ts';

interface NextTarget {
  readonly assignmentEpoch: number;
  readonly records: readonly CoordinatorRecord[];
  of(memberId: string): Assignment;
}

/**
 * A new target assignment for the group as it is about to be. It is made once for all changes of a
 * while (KIP-1263); undefined: it is not yet time.
 */
export function nextTarget(
  host: GroupHost,
  group: ConsumerGroup,
  groupEpoch: number,
  membersAfter: () => readonly ConsumerMember[],
): NextTarget | undefined {
  if (group.epochs.assignmentEpoch >= groupEpoch || !isTime(host, group)) return undefined;
  const { topicsById } = host.topics;
  const members = membersAfter();
  const assign = assignors.get(preferredAssignor(host, members))!;
  const specs = members.map((member): AssignorMember => {
    const { memberId, metadata } = member;
    const topicIds = [...subscribedTopicIds(member, group.resolved, host.topics)].sort();
    const { instanceId } = metadata;
    return { memberId, instanceId, topicIds, target: targetSoFar(group, member) };
  });
  const assignments = assign({
    members: specs.sort((one, other) => (one.memberId < other.memberId ? -1 : 1)),
    isHomogeneous: isHomogeneous(members),
    partitionCount: (topicId) => topicsById.get(topicId)?.partitions.length ?? 0,
  });
  const of = (memberId: string): Assignment => assignments.get(memberId) ?? noPartitions;
  const records = specs
    .filter(({ memberId }) => {
      const before = group.targets.get(memberId)?.partitions;
      return before === undefined || !sameAssignment(before, of(memberId));
    })
    .map(({ memberId }) => targetRecord(group.groupId, memberId, of(memberId)));
  const made = targetEpochRecord(group.groupId, groupEpoch, host.clock.now());
  return { assignmentEpoch: groupEpoch, records: [...records, made], of };
}

function isTime(host: GroupHost, { groupId, epochs }: ConsumerGroup): boolean {
  const intervalMs = host.groupConfig(groupId, 'consumer.assignment.interval.ms');
  const madeMs = epochs.assignmentTimestampMs;
  return madeMs === 0 || intervalMs === 0 || host.clock.now() >= madeMs + intervalMs;
}

/** A static member that comes back has what its predecessor was to have. */
export function targetSoFar(
  group: ConsumerGroup,
  { memberId, metadata }: ConsumerMember,
): Assignment {
  const { instanceId } = metadata;
  const predecessor = instanceId === null ? undefined : group.staticMember(instanceId);
  return group.target(predecessor?.memberId ?? memberId);
}

/** The one that most members ask for; when nobody does, the first that is configured. */
export function preferredAssignor(
  { settings }: GroupHost,
  members: readonly ConsumerMember[],
): string {
  const names = assignorNames(settings.groupConsumerAssignors);
  const votes = members.map(({ metadata }) => metadata.serverAssignor);
  const count = (name: string) => votes.filter((vote) => vote === name).length;
  return names.reduce((most, name) => (count(name) > count(most) ? name : most));
}

/** An assignor that is a class of somebody's own cannot be had here. */
export function assignorNames(configured: readonly string[] | null): readonly string[] {
  const known = (configured ?? []).filter((name) => assignors.has(name));
  return known.length > 0 ? known : [...assignors.keys()];
}
