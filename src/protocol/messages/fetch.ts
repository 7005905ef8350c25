import { api, type Request, type Response } from '../api.ts';
import { since, struct, tagged, until, withDefault } from '../struct.ts';
import {
  array,
  int8,
  int16,
  int32,
  int64,
  nullable,
  nullableString,
  records,
  string,
  uuid,
  ZERO_UUID,
} from '../types.ts';
import { leaderIdAndEpoch, nodeEndpoints } from './leader-hint.ts';

/** A high watermark that a replica does not report at all: the largest int64. */
const HIGH_WATERMARK_NOT_REPORTED = 2 ** 63;

const replicaState = struct({
  replicaId: withDefault(int32, -1),
  replicaEpoch: withDefault(int64, -1),
});

const forgottenTopics = array({
  topic: until(12, string, ''),
  topicId: since(13, uuid, ZERO_UUID),
  partitions: array(int32),
});

const divergingEpoch = struct({
  epoch: withDefault(int32, -1),
  endOffset: withDefault(int64, -1),
});

const snapshotId = struct({
  endOffset: withDefault(int64, -1),
  epoch: withDefault(int32, -1),
});

const abortedTransactions = array({
  producerId: int64,
  firstOffset: int64,
});

/**
 * Reads record batches: for consumers, and for followers, which name themselves by replica id.
 *
 * 3 max bytes (KIP-74) · 4 isolation level (KIP-98) · 5 log start offset (KIP-107) · 7 sessions
 * (KIP-227) · 9 leader epoch (KIP-320) · 10 zstd allowed (KIP-110) · 11 rack and preferred replica
 * (KIP-392) · 12 divergence (KIP-595) · 13 topic ids (KIP-516) · 14 tiered storage (KIP-405) ·
 * 15 replica state (KIP-903) · 16 leader hints (KIP-951) · 17 directory ids (KIP-853) · 18 high
 * watermark of the replica (KIP-1166)
 */
export const Fetch = api({
  key: 1,
  name: 'Fetch',
  versions: [4, 18],
  flexible: 12,
  request: {
    clusterId: tagged(0, 12, nullableString, null),
    replicaId: until(14, int32, -1), // -1: a consumer; from 15 on in replicaState
    replicaState: tagged(1, 15, replicaState, null),
    maxWaitMs: int32,
    minBytes: int32,
    maxBytes: since(3, int32, 0x7fff_ffff),
    isolationLevel: since(4, int8, 0), // 0 read uncommitted, 1 read committed
    sessionId: since(7, int32, 0),
    sessionEpoch: since(7, int32, -1),
    topics: array({
      topic: until(12, string, ''),
      topicId: since(13, uuid, ZERO_UUID),
      partitions: array({
        partition: int32,
        currentLeaderEpoch: since(9, int32, -1),
        fetchOffset: int64,
        lastFetchedEpoch: since(12, int32, -1),
        logStartOffset: since(5, int64, -1), // the follower's own
        partitionMaxBytes: int32,
        replicaDirectoryId: tagged(0, 17, uuid, ZERO_UUID),
        highWatermark: tagged(1, 18, int64, HIGH_WATERMARK_NOT_REPORTED),
      }),
    }),
    forgottenTopicsData: since(7, forgottenTopics, []),
    rackId: since(11, string, ''),
  },
  response: {
    throttleTimeMs: since(1, int32, 0),
    errorCode: since(7, int16, 0),
    sessionId: since(7, int32, 0), // 0: no session
    responses: array({
      topic: until(12, string, ''),
      topicId: since(13, uuid, ZERO_UUID),
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        highWatermark: int64,
        lastStableOffset: since(4, int64, -1),
        logStartOffset: since(5, int64, -1),
        divergingEpoch: tagged(0, 12, divergingEpoch, null),
        currentLeader: tagged(1, 12, leaderIdAndEpoch, null),
        snapshotId: tagged(2, 12, snapshotId, null),
        abortedTransactions: since(4, nullable(abortedTransactions), []),
        preferredReadReplica: since(11, int32, -1),
        records: records,
      }),
    }),
    nodeEndpoints: tagged(0, 16, nodeEndpoints, []),
  },
});

export type FetchRequest = Request<typeof Fetch>;
export type FetchResponse = Response<typeof Fetch>;
