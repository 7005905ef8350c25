import { api, type Request, type Response } from '../api.ts';
import { since, until, withDefault } from '../struct.ts';
import {
  array,
  int16,
  int32,
  nullable,
  nullableString,
  string,
  uuid,
  ZERO_UUID,
} from '../types.ts';

const topics = array({
  name: withDefault(nullableString, null), // null: by id
  topicId: uuid,
});

/**
 * Deletes topics (KIP-4).
 *
 * 3 TOPIC_DELETION_DISABLED (KIP-322) · 5 error messages, THROTTLING_QUOTA_EXCEEDED (KIP-599) ·
 * 6 by name or by id (KIP-516)
 */
export const DeleteTopics = api({
  key: 20,
  name: 'DeleteTopics',
  versions: [1, 6],
  flexible: 4,
  request: {
    topics: since(6, topics, []),
    topicNames: until(5, array(string), []),
    timeoutMs: int32,
  },
  response: {
    throttleTimeMs: since(1, int32, 0),
    responses: array({
      name: nullable(string, 6),
      topicId: since(6, uuid, ZERO_UUID),
      errorCode: int16,
      errorMessage: since(5, nullableString, null),
    }),
  },
});

export type DeleteTopicsRequest = Request<typeof DeleteTopics>;
export type DeleteTopicsResponse = Response<typeof DeleteTopics>;
