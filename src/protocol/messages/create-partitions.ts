import { api, type Request, type Response } from '../api.ts';
import { withDefault } from '../struct.ts';
import { array, boolean, int16, int32, nullable, nullableString, string } from '../types.ts';

const assignments = array({
  brokerIds: array(int32),
});

/**
 * Adds partitions to topics (KIP-195).
 *
 * 3 THROTTLING_QUOTA_EXCEEDED (KIP-599)
 */
export const CreatePartitions = api({
  key: 37,
  name: 'CreatePartitions',
  versions: [0, 3],
  flexible: 2,
  request: {
    topics: array({
      name: string,
      count: int32, // of all partitions, the old ones included
      assignments: nullable(assignments), // of the new ones; null: as the controller likes
    }),
    timeoutMs: int32,
    validateOnly: boolean,
  },
  response: {
    throttleTimeMs: int32,
    results: array({
      name: string,
      errorCode: int16,
      errorMessage: withDefault(nullableString, null),
    }),
  },
});

export type CreatePartitionsRequest = Request<typeof CreatePartitions>;
export type CreatePartitionsResponse = Response<typeof CreatePartitions>;
