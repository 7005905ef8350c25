import { api, type Request, type Response } from '../api.ts';
import { between, since, until } from '../struct.ts';
import { array, int16, int32, int64, nullableString, string, uuid, ZERO_UUID } from '../types.ts';

/**
 * Commits offsets of a group.
 *
 * 5 no retention time (KIP-211) · 6 leader epoch (KIP-320) · 7 static members (KIP-345) ·
 * 9 consumer groups and their errors (KIP-848) · 10 topic ids (KIP-848)
 */
export const OffsetCommit = api({
  key: 8,
  name: 'OffsetCommit',
  versions: [2, 10],
  flexible: 8,
  request: {
    groupId: string,
    generationIdOrMemberEpoch: since(1, int32, -1),
    memberId: since(1, string, ''),
    groupInstanceId: since(7, nullableString, null),
    retentionTimeMs: between(2, 4, int64, -1), // -1: the broker's offsets.retention.minutes
    topics: array({
      name: until(9, string, ''),
      topicId: since(10, uuid, ZERO_UUID),
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: since(6, int32, -1),
        committedMetadata: nullableString,
      }),
    }),
  },
  response: {
    throttleTimeMs: since(3, int32, 0),
    topics: array({
      name: until(9, string, ''),
      topicId: since(10, uuid, ZERO_UUID),
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
      }),
    }),
  },
});

export type OffsetCommitRequest = Request<typeof OffsetCommit>;
export type OffsetCommitResponse = Response<typeof OffsetCommit>;
