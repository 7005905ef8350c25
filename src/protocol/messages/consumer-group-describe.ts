import { api, type Response } from '../api.ts';
import { since, struct, withDefault } from '../struct.ts';
import { array, boolean, int8, int16, int32, nullableString, string, uuid } from '../types.ts';
import { OPERATIONS_NOT_REQUESTED } from './authorized-operations.ts';

const assignment = struct({
  topicPartitions: array({
    topicId: uuid,
    topicName: string,
    partitions: array(int32),
  }),
});

/**
 * Describes consumer groups (KIP-848).
 *
 * 1 protocol of each member (KIP-1099)
 */
export const ConsumerGroupDescribe = api({
  key: 69,
  name: 'ConsumerGroupDescribe',
  versions: [0, 1],
  flexible: 0,
  request: {
    groupIds: array(string),
    includeAuthorizedOperations: boolean,
  },
  response: {
    throttleTimeMs: int32,
    groups: array({
      errorCode: int16,
      errorMessage: withDefault(nullableString, null),
      groupId: string,
      groupState: string,
      groupEpoch: int32,
      assignmentEpoch: int32,
      assignorName: string,
      members: array({
        memberId: string,
        instanceId: withDefault(nullableString, null),
        rackId: withDefault(nullableString, null),
        memberEpoch: int32,
        clientId: string,
        clientHost: string,
        subscribedTopicNames: array(string),
        subscribedTopicRegex: withDefault(nullableString, null),
        assignment,
        targetAssignment: assignment,
        memberType: since(1, int8, -1), // 0 classic, 1 consumer
      }),
      authorizedOperations: withDefault(int32, OPERATIONS_NOT_REQUESTED),
    }),
  },
});

export type ConsumerDescribeResponse = Response<typeof ConsumerGroupDescribe>;
