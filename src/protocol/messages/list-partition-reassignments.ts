import { api, type Request, type Response } from '../api.ts';
import { withDefault } from '../struct.ts';
import { array, int16, int32, nullable, nullableString, string } from '../types.ts';

const topics = array({
  name: string,
  partitionIndexes: array(int32),
});

/** Lists the partitions that are being moved (KIP-455). */
export const ListPartitionReassignments = api({
  key: 46,
  name: 'ListPartitionReassignments',
  versions: [0, 0],
  flexible: 0,
  request: {
    timeoutMs: withDefault(int32, 60_000),
    topics: withDefault(nullable(topics), null), // null: all
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: nullableString,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        replicas: array(int32),
        addingReplicas: array(int32),
        removingReplicas: array(int32),
      }),
    }),
  },
});

export type ListPartitionReassignmentsRequest = Request<typeof ListPartitionReassignments>;
export type ListPartitionReassignmentsResponse = Response<typeof ListPartitionReassignments>;
