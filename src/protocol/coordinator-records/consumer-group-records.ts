import { struct, tagged, withDefault } from '../struct.ts';
import type { Type } from '../type.ts';
import {
  array,
  bytes,
  int8,
  int32,
  int64,
  nullable,
  nullableString,
  string,
  uuid,
} from '../types.ts';
import { record } from './record-table.ts';

// The records of a consumer group (KIP-848): one of the group, one of its target assignment, three
// of each member, and one of each regular expression that a member has subscribed to.

const groupKey = {
  groupId: string,
};

const memberKey = {
  groupId: string,
  memberId: string,
};

export const ConsumerGroupMetadataRecord = record({
  number: 3,
  key: groupKey,
  value: {
    epoch: int32,
    metadataHash: tagged(0, 0, int64, 0), // of the topics that are subscribed to (KIP-1101)
  },
});

/** Kafka before 4.1 wrote it; now only its tombstone is. */
export const ConsumerGroupPartitionMetadataRecord = record({
  number: 4,
  key: groupKey,
  value: {
    topics: array({
      topicId: uuid,
      topicName: string,
      numPartitions: int32,
      partitionMetadata: array({
        partition: int32,
        racks: array(string),
      }),
    }),
  },
});

/** Of a member that speaks the classic protocol in a consumer group. */
const classicMember = struct({
  sessionTimeoutMs: int32,
  supportedProtocols: array({
    name: string,
    metadata: bytes,
  }),
});

/** As a tagged field a struct says with a varint of its own whether it is there. */
const classicMemberOrNull: Type<typeof classicMember.zero | null> = {
  description: { kind: 'nullable', first: 0, of: classicMember.description },
  zero: null,
  at(version) {
    const codec = classicMember.at(version);
    return {
      minimumBytes: 1,
      read: (from) => (from.uvarint() === 0 ? null : codec.read(from)),
      write(to, value) {
        to.uvarint(value === null ? 0 : 1);
        if (value !== null) codec.write(to, value);
      },
    };
  },
};

export const ConsumerGroupMemberMetadataRecord = record({
  number: 5,
  key: memberKey,
  value: {
    instanceId: nullableString,
    rackId: nullableString,
    clientId: string,
    clientHost: string,
    subscribedTopicNames: array(string),
    subscribedTopicRegex: nullableString,
    rebalanceTimeoutMs: withDefault(int32, -1),
    serverAssignor: nullableString,
    classicMemberMetadata: tagged(0, 0, classicMemberOrNull, classicMember.zero),
  },
});

export const ConsumerGroupTargetAssignmentMetadataRecord = record({
  number: 6,
  key: groupKey,
  value: {
    assignmentEpoch: int32,
    assignmentTimestamp: tagged(0, 0, int64, 0), // when it was computed (KIP-1263)
  },
});

export const ConsumerGroupTargetAssignmentMemberRecord = record({
  number: 7,
  key: memberKey,
  value: {
    topicPartitions: array({
      topicId: uuid,
      partitions: array(int32),
    }),
  },
});

const topicPartitionsWithEpochs = array({
  topicId: uuid,
  partitions: array(int32),
  assignmentEpochs: tagged(0, 0, nullable(array(int32)), []), // one per partition (KIP-1251)
});

export const ConsumerGroupCurrentMemberAssignmentRecord = record({
  number: 8,
  key: memberKey,
  value: {
    memberEpoch: int32,
    previousMemberEpoch: int32,
    state: int8, // 0 stable, 1 unrevoked partitions, 2 unreleased partitions
    assignedPartitions: topicPartitionsWithEpochs,
    partitionsPendingRevocation: topicPartitionsWithEpochs,
  },
});

export const ConsumerGroupRegularExpressionRecord = record({
  number: 16,
  key: {
    groupId: string,
    regularExpression: string,
  },
  value: {
    topics: array(string),
    version: int64, // of the metadata image in which it was resolved
    timestamp: int64,
  },
});
