import { api, type Response } from '../api.ts';
import { since } from '../struct.ts';
import { array, boolean, bytes, int16, int32, nullableString, string } from '../types.ts';
import { OPERATIONS_NOT_REQUESTED } from './authorized-operations.ts';

/**
 * Describes classic groups.
 *
 * 3 authorized operations (KIP-430) · 4 static members (KIP-345) · 6 GROUP_ID_NOT_FOUND with a
 * message (KIP-1043)
 */
export const DescribeGroups = api({
  key: 15,
  name: 'DescribeGroups',
  versions: [0, 6],
  flexible: 5,
  request: {
    groups: array(string),
    includeAuthorizedOperations: since(3, boolean, false),
  },
  response: {
    throttleTimeMs: since(1, int32, 0),
    groups: array({
      errorCode: int16,
      errorMessage: since(6, nullableString, null),
      groupId: string,
      groupState: string,
      protocolType: string,
      protocolData: string, // the protocol's name; empty unless the group is stable
      members: array({
        memberId: string,
        groupInstanceId: since(4, nullableString, null),
        clientId: string,
        clientHost: string,
        memberMetadata: bytes,
        memberAssignment: bytes,
      }),
      authorizedOperations: since(3, int32, OPERATIONS_NOT_REQUESTED),
    }),
  },
});

export type DescribeGroupsResponse = Response<typeof DescribeGroups>;
