import { api, type Request, type Response } from '../api.ts';
import { since, withDefault } from '../struct.ts';
import { array, boolean, bytes, int16, int32, nullable, nullableString, string } from '../types.ts';

/**
 * Joins a group, or joins it again: the reply comes when the next generation begins.
 *
 * 1 rebalance timeout (KIP-62) · 4 a member id is asked for first (KIP-394) · 5 static members
 * (KIP-345) · 7 protocol type (KIP-559) · 8 reason (KIP-800) · 9 a leader may skip assigning
 * (KIP-814)
 */
export const JoinGroup = api({
  key: 11,
  name: 'JoinGroup',
  versions: [0, 9],
  flexible: 6,
  request: {
    groupId: string,
    sessionTimeoutMs: int32,
    rebalanceTimeoutMs: since(1, int32, -1), // -1: the session timeout
    memberId: string,
    groupInstanceId: since(5, nullableString, null),
    protocolType: string,
    protocols: array({ name: string, metadata: bytes }),
    reason: since(8, nullableString, null),
  },
  response: {
    throttleTimeMs: since(2, int32, 0),
    errorCode: int16,
    generationId: withDefault(int32, -1),
    protocolType: since(7, nullableString, null),
    protocolName: nullable(string, 7),
    leader: string,
    skipAssignment: since(9, boolean, false),
    memberId: string,
    members: array({
      memberId: string,
      groupInstanceId: since(5, nullableString, null),
      metadata: bytes,
    }),
  },
});

export type JoinGroupRequest = Request<typeof JoinGroup>;
export type JoinGroupResponse = Response<typeof JoinGroup>;
