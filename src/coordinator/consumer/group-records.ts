import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import { type Assignment, topicPartitionsOf } from './assignment.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import type { ConsumerMember } from './consumer-member.ts';
import type { ResolvedExpression } from './subscription.ts';

export const memberMetadataRecord = (
  groupId: string,
  { memberId, metadata }: ConsumerMember,
): CoordinatorRecord => ({
  type: 'consumer-group-member-metadata',
  key: { groupId, memberId },
  value: metadata,
});

export const groupEpochRecord = (
  groupId: string,
  epoch: number,
  metadataHash: number,
): CoordinatorRecord => ({
  type: 'consumer-group-metadata',
  key: { groupId },
  value: { epoch, metadataHash },
});

export const targetRecord = (
  groupId: string,
  memberId: string,
  partitions: Assignment,
): CoordinatorRecord => ({
  type: 'consumer-group-target-assignment-member',
  key: { groupId, memberId },
  value: { topicPartitions: topicPartitionsOf(partitions) },
});

export const targetEpochRecord = (
  groupId: string,
  assignmentEpoch: number,
  assignmentTimestamp: number,
): CoordinatorRecord => ({
  type: 'consumer-group-target-assignment-metadata',
  key: { groupId },
  value: { assignmentEpoch, assignmentTimestamp },
});

export const expressionRecord = (
  groupId: string,
  { expression, topics, version, timestampMs }: ResolvedExpression,
): CoordinatorRecord => ({
  type: 'consumer-group-regular-expression',
  key: { groupId, regularExpression: expression },
  value: { topics, version, timestamp: timestampMs },
});

export const expressionTombstone = (groupId: string, expression: string): CoordinatorRecord => ({
  type: 'consumer-group-regular-expression',
  key: { groupId, regularExpression: expression },
  value: null,
});

const perMember = [
  'consumer-group-current-member-assignment',
  'consumer-group-target-assignment-member',
  'consumer-group-member-metadata',
] as const;

/** In this order: a member is none any more when its last record goes. */
export const memberTombstones = (groupId: string, memberId: string): CoordinatorRecord[] =>
  perMember.map((type) => ({ type, key: { groupId, memberId }, value: null }));

/** Everything that was ever written of the group, its own epoch last. */
export function groupTombstones(group: ConsumerGroup): CoordinatorRecord[] {
  const { groupId } = group;
  const key = { groupId };
  return [
    ...[...group.members.values()].flatMap(({ memberId }) => memberTombstones(groupId, memberId)),
    { type: 'consumer-group-target-assignment-metadata', key, value: null },
    ...[...group.expressions.values()].map(({ expression }) =>
      expressionTombstone(groupId, expression),
    ),
    { type: 'consumer-group-partition-metadata', key, value: null },
    { type: 'consumer-group-metadata', key, value: null },
  ];
}
