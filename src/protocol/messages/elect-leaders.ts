import { api, type Request, type Response } from '../api.ts';
import { since, withDefault } from '../struct.ts';
import { array, int8, int16, int32, nullable, nullableString, string } from '../types.ts';

const topicPartitions = array({
  topic: string,
  partitions: array(int32),
});

/**
 * Elects leaders on demand (KIP-183).
 *
 * 1 unclean elections (KIP-460)
 */
export const ElectLeaders = api({
  key: 43,
  name: 'ElectLeaders',
  versions: [0, 2],
  flexible: 2,
  request: {
    electionType: since(1, int8, 0), // 0 preferred, 1 unclean
    topicPartitions: nullable(topicPartitions), // null: all
    timeoutMs: withDefault(int32, 60_000),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: since(1, int16, 0),
    replicaElectionResults: array({
      topic: string,
      partitionResult: array({
        partitionId: int32,
        errorCode: int16,
        errorMessage: nullableString,
      }),
    }),
  },
});

export type ElectLeadersRequest = Request<typeof ElectLeaders>;
export type ElectLeadersResponse = Response<typeof ElectLeaders>;
