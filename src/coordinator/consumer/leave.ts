import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import type { GroupHost } from '../group.ts';
import { heldSince, noPartitions } from './assignment.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import {
  type ConsumerMember,
  currentAssignmentRecord,
  LEAVING_FOR_A_WHILE_EPOCH,
} from './consumer-member.ts';
import { expressionTombstone, groupEpochRecord, memberTombstones } from './group-records.ts';
import { downgrade, isDowngradeDue } from './migration.ts';
import { metadataHash, subscribedNames } from './subscription.ts';

/** They go; if only members of the classic protocol stay, their group is a classic one again. */
export const departureRecords = (
  host: GroupHost,
  group: ConsumerGroup,
  leaving: readonly ConsumerMember[],
): CoordinatorRecord[] =>
  isDowngradeDue(host, group, leaving)
    ? downgrade(host, group, leaving)
    : fenceRecords(host, group, leaving);

/** They are members no more, and the others get what was theirs. */
function fenceRecords(
  { topics }: GroupHost,
  group: ConsumerGroup,
  leaving: readonly ConsumerMember[],
): CoordinatorRecord[] {
  const { groupId } = group;
  const leaves = new Set(leaving.map(({ memberId }) => memberId));
  const staying = [...group.members.values()].filter(({ memberId }) => !leaves.has(memberId));
  const stillWanted = new Set(staying.map(({ metadata }) => metadata.subscribedTopicRegex));
  const expressions = new Set(leaving.map(({ metadata }) => metadata.subscribedTopicRegex ?? ''));
  const names = staying.flatMap((member) => [...subscribedNames(member, group.resolved)]);
  return [
    ...leaving.flatMap(({ memberId }) => memberTombstones(groupId, memberId)),
    ...[...expressions]
      .filter((expression) => expression !== '' && !stillWanted.has(expression))
      .map((expression) => expressionTombstone(groupId, expression)),
    groupEpochRecord(groupId, group.epochs.groupEpoch + 1, metadataHash(names, topics)),
  ];
}

/**
 * A static member goes and means to come back: it keeps its partitions until its session ends. Its
 * successor may commit for them with any epoch of its own.
 */
export function leaveForAWhile(group: ConsumerGroup, member: ConsumerMember): CoordinatorRecord[] {
  return [
    currentAssignmentRecord(group.groupId, {
      ...member,
      memberEpoch: LEAVING_FOR_A_WHILE_EPOCH,
      assigned: heldSince(member.assigned, 0),
      pendingRevocation: noPartitions,
    }),
  ];
}
