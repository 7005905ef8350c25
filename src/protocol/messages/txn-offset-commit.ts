import { api, type Request, type Response } from '../api.ts';
import { since } from '../struct.ts';
import { array, int16, int32, int64, nullableString, string } from '../types.ts';

/**
 * Commits offsets of a group as part of a transaction (KIP-98).
 *
 * 2 leader epoch (KIP-320) · 3 the group's member (KIP-447) · 4 TRANSACTION_ABORTABLE, 5 adds the
 * group to the transaction itself (KIP-890)
 */
export const TxnOffsetCommit = api({
  key: 28,
  name: 'TxnOffsetCommit',
  versions: [0, 5],
  flexible: 3,
  request: {
    transactionalId: string,
    groupId: string,
    producerId: int64,
    producerEpoch: int16,
    generationId: since(3, int32, -1),
    memberId: since(3, string, ''),
    groupInstanceId: since(3, nullableString, null),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: since(2, int32, -1),
        committedMetadata: nullableString,
      }),
    }),
  },
  response: {
    throttleTimeMs: int32,
    topics: array({
      name: string,
      partitions: array({ partitionIndex: int32, errorCode: int16 }),
    }),
  },
});

export type TxnOffsetCommitRequest = Request<typeof TxnOffsetCommit>;
export type TxnOffsetCommitResponse = Response<typeof TxnOffsetCommit>;
