import { api, type Request, type Response } from '../api.ts';
import { since, tagged, until, withDefault } from '../struct.ts';
import {
  array,
  int16,
  int32,
  int64,
  nullableString,
  records,
  string,
  uuid,
  ZERO_UUID,
} from '../types.ts';
import { leaderIdAndEpoch, nodeEndpoints } from './leader-hint.ts';

const recordErrors = array({
  batchIndex: int32,
  batchIndexErrorMessage: withDefault(nullableString, null),
});

/**
 * Appends record batches to partitions.
 *
 * 3 transactional id (KIP-98) · 5 log start offset (KIP-107) · 7 zstd allowed (KIP-110) · 8 record
 * errors (KIP-467) · 10 leader hints (KIP-951) · 11 TRANSACTION_ABORTABLE, 12 adds the partition to
 * the transaction itself (KIP-890) · 13 topic ids (KIP-516)
 */
export const Produce = api({
  key: 0,
  name: 'Produce',
  versions: [3, 13],
  // librdkafka turns compression off unless 0 is on offer (KAFKA-18659); 0 to 2 are refused.
  advertised: [0, 13],
  flexible: 9,
  request: {
    transactionalId: since(3, nullableString, null),
    acks: int16, // 0 none, 1 the leader, -1 the in-sync replicas
    timeoutMs: int32,
    topicData: array({
      name: until(12, string, ''),
      topicId: since(13, uuid, ZERO_UUID),
      partitionData: array({
        index: int32,
        records: records,
      }),
    }),
  },
  response: {
    responses: array({
      name: until(12, string, ''),
      topicId: since(13, uuid, ZERO_UUID),
      partitionResponses: array({
        index: int32,
        errorCode: int16,
        baseOffset: int64,
        logAppendTimeMs: since(2, int64, -1), // -1: the topic keeps the producer's times
        logStartOffset: since(5, int64, -1),
        recordErrors: since(8, recordErrors, []),
        errorMessage: since(8, nullableString, null),
        currentLeader: tagged(0, 10, leaderIdAndEpoch, null),
      }),
    }),
    throttleTimeMs: since(1, int32, 0),
    nodeEndpoints: tagged(0, 10, nodeEndpoints, []),
  },
});

export type ProduceRequest = Request<typeof Produce>;
export type ProduceResponse = Response<typeof Produce>;
