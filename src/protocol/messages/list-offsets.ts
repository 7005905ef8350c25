import { api, type Request, type Response } from '../api.ts';
import { since } from '../struct.ts';
import { array, int8, int16, int32, int64, string } from '../types.ts';

/**
 * Finds the offset for a time or for a special place in a partition.
 *
 * 2 isolation level (KIP-98) · 4 leader epoch (KIP-320) · 5 OFFSET_NOT_AVAILABLE (KIP-207) ·
 * 7 largest timestamp (KIP-734) · 8 first local offset (KIP-405) · 9 last tiered offset
 * (KIP-1005) · 10 timeout (KIP-1075) · 11 first offset not yet tiered (KIP-1023)
 */
export const ListOffsets = api({
  key: 2,
  name: 'ListOffsets',
  versions: [1, 11],
  flexible: 6,
  request: {
    replicaId: int32, // -1 a consumer, -2 a debugger that may read a follower
    isolationLevel: since(2, int8, 0), // 0 read uncommitted, 1 read committed
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        currentLeaderEpoch: since(4, int32, -1),
        // -1 latest, -2 earliest, -3 largest timestamp, -4 earliest local, -5 latest tiered,
        // -6 earliest not yet tiered
        timestamp: int64,
      }),
    }),
    timeoutMs: since(10, int32, 0),
  },
  response: {
    throttleTimeMs: since(2, int32, 0),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        timestamp: since(1, int64, -1),
        offset: since(1, int64, -1),
        leaderEpoch: since(4, int32, -1),
      }),
    }),
  },
});

export type ListOffsetsRequest = Request<typeof ListOffsets>;
export type ListOffsetsResponse = Response<typeof ListOffsets>;
