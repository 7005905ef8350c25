import { api, type Request, type Response } from '../api.ts';
import { between, since } from '../struct.ts';
import {
  array,
  boolean,
  int16,
  int32,
  nullable,
  nullableString,
  string,
  uuid,
  ZERO_UUID,
} from '../types.ts';
import { OPERATIONS_NOT_REQUESTED } from './authorized-operations.ts';

const topics = array({
  topicId: since(10, uuid, ZERO_UUID),
  name: nullable(string, 10), // null: by id, which works from 12 on
});

/**
 * Tells brokers, topics, partitions and who leads them.
 *
 * 1 rack, controller · 2 cluster id (KIP-78) · 4 auto-creation by choice · 5 offline replicas
 * (KIP-112) · 7 leader epoch (KIP-320) · 8 authorized operations (KIP-430), 11 no longer the
 * cluster's (KIP-700) · 10 topic ids, 12 asking by them (KIP-516) · 13 top-level error (KIP-1102)
 */
export const Metadata = api({
  key: 3,
  name: 'Metadata',
  versions: [0, 13],
  flexible: 9,
  request: {
    topics: nullable(topics, 1), // all topics: null, but at version 0 an empty list
    allowAutoTopicCreation: since(4, boolean, true),
    includeClusterAuthorizedOperations: between(8, 10, boolean, false),
    includeTopicAuthorizedOperations: since(8, boolean, false),
  },
  response: {
    throttleTimeMs: since(3, int32, 0),
    brokers: array({
      nodeId: int32,
      host: string,
      port: int32,
      rack: since(1, nullableString, null),
    }),
    clusterId: since(2, nullableString, null),
    controllerId: since(1, int32, -1),
    topics: array({
      errorCode: int16,
      name: nullable(string, 12),
      topicId: since(10, uuid, ZERO_UUID),
      isInternal: since(1, boolean, false),
      partitions: array({
        errorCode: int16,
        partitionIndex: int32,
        leaderId: int32, // -1: none
        leaderEpoch: since(7, int32, -1),
        replicaNodes: array(int32),
        isrNodes: array(int32),
        offlineReplicas: since(5, array(int32), []),
      }),
      topicAuthorizedOperations: since(8, int32, OPERATIONS_NOT_REQUESTED),
    }),
    clusterAuthorizedOperations: between(8, 10, int32, OPERATIONS_NOT_REQUESTED),
    errorCode: since(13, int16, 0),
  },
});

export type MetadataRequest = Request<typeof Metadata>;
export type MetadataResponse = Response<typeof Metadata>;
