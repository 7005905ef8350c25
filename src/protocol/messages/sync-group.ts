import { api, type Request, type Response } from '../api.ts';
import { since } from '../struct.ts';
import { array, bytes, int16, int32, nullableString, string } from '../types.ts';

/**
 * Takes the leader's assignments, and gives each member its own.
 *
 * 3 static members (KIP-345) · 5 protocol type and name (KIP-559)
 */
export const SyncGroup = api({
  key: 14,
  name: 'SyncGroup',
  versions: [0, 5],
  flexible: 4,
  request: {
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: since(3, nullableString, null),
    protocolType: since(5, nullableString, null),
    protocolName: since(5, nullableString, null),
    assignments: array({ memberId: string, assignment: bytes }), // none: not from the leader
  },
  response: {
    throttleTimeMs: since(1, int32, 0),
    errorCode: int16,
    protocolType: since(5, nullableString, null),
    protocolName: since(5, nullableString, null),
    assignment: bytes,
  },
});

export type SyncGroupRequest = Request<typeof SyncGroup>;
export type SyncGroupResponse = Response<typeof SyncGroup>;
