import { api, type Request, type Response } from '../api.ts';
import { since, withDefault } from '../struct.ts';
import { array, boolean, int16, int32, nullable, nullableString, string } from '../types.ts';

/**
 * Moves partitions to other brokers, or stops moving them (KIP-455).
 *
 * 1 may insist on the number of replicas (KIP-860)
 */
export const AlterPartitionReassignments = api({
  key: 45,
  name: 'AlterPartitionReassignments',
  versions: [0, 1],
  flexible: 0,
  request: {
    timeoutMs: withDefault(int32, 60_000),
    allowReplicationFactorChange: since(1, boolean, true),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        replicas: withDefault(nullable(array(int32)), null), // null: cancel
      }),
    }),
  },
  response: {
    throttleTimeMs: int32,
    allowReplicationFactorChange: since(1, boolean, true),
    errorCode: int16,
    errorMessage: nullableString,
    responses: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        errorMessage: nullableString,
      }),
    }),
  },
});

export type AlterPartitionReassignmentsRequest = Request<typeof AlterPartitionReassignments>;
export type AlterPartitionReassignmentsResponse = Response<typeof AlterPartitionReassignments>;
