import { api, type Response } from '../api.ts';
import { since } from '../struct.ts';
import { array, boolean, int16, int32, int64, nullable, string } from '../types.ts';

const topics = array({
  topic: string,
  partitions: array(int32),
});

/**
 * Describes what lies on a broker's disks (KIP-113).
 *
 * 3 top-level error · 4 sizes of the volume (KIP-827) · 5 cordoned (KIP-1066)
 */
export const DescribeLogDirs = api({
  key: 35,
  name: 'DescribeLogDirs',
  versions: [1, 5],
  flexible: 2,
  request: {
    topics: nullable(topics), // null: all
  },
  response: {
    throttleTimeMs: int32,
    errorCode: since(3, int16, 0),
    results: array({
      errorCode: int16,
      logDir: string,
      topics: array({
        name: string,
        partitions: array({
          partitionIndex: int32,
          partitionSize: int64,
          offsetLag: int64,
          isFutureKey: boolean,
        }),
      }),
      totalBytes: since(4, int64, -1),
      usableBytes: since(4, int64, -1),
      isCordoned: since(5, boolean, false),
    }),
  },
});

export type DescribeLogDirsResponse = Response<typeof DescribeLogDirs>;
