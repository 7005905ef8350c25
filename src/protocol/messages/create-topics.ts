import { api, type Request, type Response } from '../api.ts';
import { since, tagged, withDefault } from '../struct.ts';
import {
  array,
  boolean,
  int8,
  int16,
  int32,
  nullable,
  nullableString,
  string,
  uuid,
  ZERO_UUID,
} from '../types.ts';

const configs = array({
  name: string,
  value: nullableString,
  readOnly: boolean,
  configSource: withDefault(int8, -1),
  isSensitive: boolean,
});

/**
 * Creates topics (KIP-4).
 *
 * 1 validate only · 4 counts may be left to the broker (KIP-464) · 5 answers with the configs
 * (KIP-525) · 6 THROTTLING_QUOTA_EXCEEDED (KIP-599) · 7 answers with the topic id (KIP-516)
 */
export const CreateTopics = api({
  key: 19,
  name: 'CreateTopics',
  versions: [2, 7],
  flexible: 5,
  request: {
    topics: array({
      name: string,
      numPartitions: int32, // -1: the broker's default, or as assigned
      replicationFactor: int16, // -1: the broker's default, or as assigned
      assignments: array({
        partitionIndex: int32,
        brokerIds: array(int32),
      }),
      configs: array({
        name: string,
        value: nullableString,
      }),
    }),
    timeoutMs: withDefault(int32, 60_000),
    validateOnly: since(1, boolean, false),
  },
  response: {
    throttleTimeMs: since(2, int32, 0),
    topics: array({
      name: string,
      topicId: since(7, uuid, ZERO_UUID),
      errorCode: int16,
      errorMessage: since(1, nullableString, ''),
      topicConfigErrorCode: tagged(0, 5, int16, 0), // why the configs are null
      numPartitions: since(5, int32, -1),
      replicationFactor: since(5, int16, -1),
      configs: since(5, nullable(configs), []),
    }),
  },
});

export type CreateTopicsRequest = Request<typeof CreateTopics>;
export type CreateTopicsResponse = Response<typeof CreateTopics>;
