import { api, type Request, type Response } from '../api.ts';
import { between, since, until, withDefault } from '../struct.ts';
import {
  array,
  boolean,
  int16,
  int32,
  int64,
  nullable,
  nullableString,
  string,
  uuid,
  ZERO_UUID,
} from '../types.ts';

const askedTopics = array({
  name: string,
  partitionIndexes: array(int32),
});

const askedGroups = array({
  groupId: string,
  memberId: since(9, nullableString, null),
  memberEpoch: since(9, int32, -1),
  topics: nullable(
    array({
      name: until(9, string, ''),
      topicId: since(10, uuid, ZERO_UUID),
      partitionIndexes: array(int32),
    }),
  ),
});

const offset = {
  partitionIndex: int32,
  committedOffset: int64, // -1: none
};

const topics = array({
  name: string,
  partitions: array({
    ...offset,
    committedLeaderEpoch: since(5, int32, -1),
    metadata: nullableString,
    errorCode: int16,
  }),
});

const groups = array({
  groupId: string,
  topics: array({
    name: until(9, string, ''),
    topicId: since(10, uuid, ZERO_UUID),
    partitions: array({
      ...offset,
      committedLeaderEpoch: withDefault(int32, -1),
      metadata: nullableString,
      errorCode: int16,
    }),
  }),
  errorCode: int16,
});

/**
 * Tells the committed offsets of groups; of all topics when none are named.
 *
 * 2 all topics, top-level error (KIP-88) · 5 leader epoch (KIP-320) · 7 stable offsets only
 * (KIP-447) · 8 many groups at once (KIP-709) · 9 member id and epoch (KIP-848) · 10 topic ids
 * (KIP-848)
 */
export const OffsetFetch = api({
  key: 9,
  name: 'OffsetFetch',
  versions: [1, 10],
  flexible: 6,
  request: {
    groupId: until(7, string, ''),
    topics: until(7, nullable(askedTopics, 2), []),
    groups: since(8, askedGroups, []),
    requireStable: since(7, boolean, false),
  },
  response: {
    throttleTimeMs: since(3, int32, 0),
    topics: until(7, topics, []),
    errorCode: between(2, 7, int16, 0),
    groups: since(8, groups, []),
  },
});

export type OffsetFetchRequest = Request<typeof OffsetFetch>;
export type OffsetFetchResponse = Response<typeof OffsetFetch>;
