import { api } from '../api.ts';
import { since, withDefault } from '../struct.ts';
import { array, int16, int32, int64, string } from '../types.ts';

/**
 * Tells where a leader epoch ended, so that its reader finds where two logs part (KIP-101).
 *
 * 2 current leader epoch (KIP-320) · 3 replica id (KIP-392)
 */
export const OffsetForLeaderEpoch = api({
  key: 23,
  name: 'OffsetForLeaderEpoch',
  versions: [2, 4],
  flexible: 4,
  request: {
    replicaId: since(3, int32, -2), // -1 a consumer, -2 a debugger that may read past the end
    topics: array({
      topic: string,
      partitions: array({
        partition: int32,
        currentLeaderEpoch: since(2, int32, -1),
        leaderEpoch: int32,
      }),
    }),
  },
  response: {
    throttleTimeMs: since(2, int32, 0),
    topics: array({
      topic: string,
      partitions: array({
        errorCode: int16,
        partition: int32,
        leaderEpoch: since(1, int32, -1),
        endOffset: withDefault(int64, -1),
      }),
    }),
  },
});
