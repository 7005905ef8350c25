import { api, type Request, type Response } from '../api.ts';
import { since } from '../struct.ts';
import { array, boolean, int8, int16, int32, int64, string } from '../types.ts';

/**
 * Writes the ends of transactions into their partitions. The coordinator sends it to the leaders.
 *
 * 2 transaction version (KIP-1228)
 */
export const WriteTxnMarkers = api({
  key: 27,
  name: 'WriteTxnMarkers',
  versions: [1, 2],
  flexible: 1,
  request: {
    markers: array({
      producerId: int64,
      producerEpoch: int16,
      transactionResult: boolean, // true: committed
      topics: array({ name: string, partitionIndexes: array(int32) }),
      coordinatorEpoch: int32,
      transactionVersion: since(2, int8, 0),
    }),
  },
  response: {
    markers: array({
      producerId: int64,
      topics: array({
        name: string,
        partitions: array({ partitionIndex: int32, errorCode: int16 }),
      }),
    }),
  },
});

export type WriteTxnMarkersRequest = Request<typeof WriteTxnMarkers>;
export type WriteTxnMarkersResponse = Response<typeof WriteTxnMarkers>;
