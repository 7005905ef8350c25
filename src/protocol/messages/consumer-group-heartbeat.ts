import { api, type Request, type Response } from '../api.ts';
import { since, struct, withDefault } from '../struct.ts';
import { array, int16, int32, nullable, nullableString, string, uuid } from '../types.ts';

const topicPartitions = array({
  topicId: uuid,
  partitions: array(int32),
});

/**
 * Joins a consumer group, keeps a member alive, tells what it owns and what it should, and leaves
 * (KIP-848). Null means "as before".
 *
 * 1 subscription by regular expression · 1 the member makes its own id (KIP-1082)
 */
export const ConsumerGroupHeartbeat = api({
  key: 68,
  name: 'ConsumerGroupHeartbeat',
  versions: [0, 1],
  flexible: 0,
  request: {
    groupId: string,
    memberId: string,
    memberEpoch: int32, // 0 joins, -1 leaves, -2 leaves for a while (static members)
    instanceId: withDefault(nullableString, null),
    rackId: withDefault(nullableString, null),
    rebalanceTimeoutMs: withDefault(int32, -1),
    subscribedTopicNames: withDefault(nullable(array(string)), null),
    subscribedTopicRegex: since(1, nullableString, null),
    serverAssignor: withDefault(nullableString, null),
    topicPartitions: withDefault(nullable(topicPartitions), null), // what the member owns
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: withDefault(nullableString, null),
    memberId: withDefault(nullableString, null),
    memberEpoch: int32,
    heartbeatIntervalMs: int32,
    assignment: withDefault(nullable(struct({ topicPartitions })), null),
  },
});

export type ConsumerHeartbeatRequest = Request<typeof ConsumerGroupHeartbeat>;
export type ConsumerHeartbeatResponse = Response<typeof ConsumerGroupHeartbeat>;
