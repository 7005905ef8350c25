import { api, type Response } from '../api.ts';
import { array, int16, int32, int64, string } from '../types.ts';

/** Moves the start of a log forward (KIP-107). */
export const DeleteRecords = api({
  key: 21,
  name: 'DeleteRecords',
  versions: [0, 2],
  flexible: 2,
  request: {
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        offset: int64, // -1: the high watermark
      }),
    }),
    timeoutMs: int32,
  },
  response: {
    throttleTimeMs: int32,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        lowWatermark: int64,
        errorCode: int16,
      }),
    }),
  },
});

export type DeleteRecordsResponse = Response<typeof DeleteRecords>;
