import { api, type Response } from '../api.ts';
import { between, since, until } from '../struct.ts';
import { array, int8, int16, int32, nullableString, string } from '../types.ts';

const coordinators = array({
  key: string,
  nodeId: int32,
  host: string,
  port: int32,
  errorCode: int16,
  errorMessage: nullableString,
});

/**
 * Tells which broker coordinates a group, a transactional id or a share partition.
 *
 * 1 key type (KIP-98) · 4 many keys at once (KIP-699) · 5 TRANSACTION_ABORTABLE (KIP-890) ·
 * 6 share groups (KIP-932)
 */
export const FindCoordinator = api({
  key: 10,
  name: 'FindCoordinator',
  versions: [0, 6],
  flexible: 3,
  request: {
    key: until(3, string, ''),
    keyType: since(1, int8, 0), // 0 group, 1 transaction, 2 share (key: group:topicId:partition)
    coordinatorKeys: since(4, array(string), []),
  },
  response: {
    throttleTimeMs: since(1, int32, 0),
    errorCode: until(3, int16, 0),
    errorMessage: between(1, 3, nullableString, ''),
    nodeId: until(3, int32, 0),
    host: until(3, string, ''),
    port: until(3, int32, 0),
    coordinators: since(4, coordinators, []),
  },
});

export type FindCoordinatorResponse = Response<typeof FindCoordinator>;
