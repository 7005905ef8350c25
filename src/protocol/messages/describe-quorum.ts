import { api, type Request, type Response } from '../api.ts';
import { since } from '../struct.ts';
import {
  array,
  int16,
  int32,
  int64,
  nullableString,
  string,
  uint16,
  uuid,
  ZERO_UUID,
} from '../types.ts';

const replica = {
  replicaId: int32,
  replicaDirectoryId: since(2, uuid, ZERO_UUID),
  logEndOffset: int64,
  lastFetchTimestamp: since(1, int64, -1),
  lastCaughtUpTimestamp: since(1, int64, -1),
};

/**
 * Tells who leads the metadata quorum, and how far the others have come (KIP-595).
 *
 * 1 when each replica has fetched (KIP-836) · 2 directories and listeners (KIP-853)
 */
export const DescribeQuorum = api({
  key: 55,
  name: 'DescribeQuorum',
  versions: [0, 2],
  flexible: 0,
  request: {
    topics: array({ topicName: string, partitions: array({ partitionIndex: int32 }) }),
  },
  response: {
    errorCode: int16,
    errorMessage: since(2, nullableString, ''),
    topics: array({
      topicName: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        errorMessage: since(2, nullableString, ''),
        leaderId: int32,
        leaderEpoch: int32,
        highWatermark: int64,
        currentVoters: array(replica),
        observers: array(replica),
      }),
    }),
    nodes: since(
      2,
      array({
        nodeId: int32,
        listeners: array({ name: string, host: string, port: uint16 }),
      }),
      [],
    ),
  },
});

export type DescribeQuorumRequest = Request<typeof DescribeQuorum>;
export type DescribeQuorumResponse = Response<typeof DescribeQuorum>;
