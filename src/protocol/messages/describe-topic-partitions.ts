import { api } from '../api.ts';
import { struct, withDefault } from '../struct.ts';
import { array, boolean, int16, int32, nullable, nullableString, string, uuid } from '../types.ts';
import { OPERATIONS_NOT_REQUESTED } from './authorized-operations.ts';

const cursor = struct({
  topicName: string,
  partitionIndex: int32,
});

/** Describes topics page by page, with their eligible leader replicas (KIP-966). */
export const DescribeTopicPartitions = api({
  key: 75,
  name: 'DescribeTopicPartitions',
  versions: [0, 0],
  flexible: 0,
  request: {
    topics: array({ name: string }), // none: all topics
    responsePartitionLimit: withDefault(int32, 2000),
    cursor: withDefault(nullable(cursor), null), // where the page before ended
  },
  response: {
    throttleTimeMs: int32,
    topics: array({
      errorCode: int16,
      name: nullableString,
      topicId: uuid,
      isInternal: boolean,
      partitions: array({
        errorCode: int16,
        partitionIndex: int32,
        leaderId: int32,
        leaderEpoch: withDefault(int32, -1),
        replicaNodes: array(int32),
        isrNodes: array(int32),
        eligibleLeaderReplicas: withDefault(nullable(array(int32)), null),
        lastKnownElr: withDefault(nullable(array(int32)), null),
        offlineReplicas: array(int32),
      }),
      topicAuthorizedOperations: withDefault(int32, OPERATIONS_NOT_REQUESTED),
    }),
    nextCursor: withDefault(nullable(cursor), null),
  },
});
