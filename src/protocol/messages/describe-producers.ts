import { api, type Response } from '../api.ts';
import { withDefault } from '../struct.ts';
import { array, int16, int32, int64, nullableString, string } from '../types.ts';

/** Lists the producers that the leader of a partition knows (KIP-664). */
export const DescribeProducers = api({
  key: 61,
  name: 'DescribeProducers',
  versions: [0, 0],
  flexible: 0,
  request: {
    topics: array({ name: string, partitionIndexes: array(int32) }),
  },
  response: {
    throttleTimeMs: int32,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        errorMessage: withDefault(nullableString, null),
        activeProducers: array({
          producerId: int64,
          producerEpoch: int32,
          lastSequence: withDefault(int32, -1),
          lastTimestamp: withDefault(int64, -1),
          coordinatorEpoch: int32,
          currentTxnStartOffset: withDefault(int64, -1),
        }),
      }),
    }),
  },
});

export type DescribeProducersResponse = Response<typeof DescribeProducers>;
