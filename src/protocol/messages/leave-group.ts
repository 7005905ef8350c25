import { api, type Request, type Response } from '../api.ts';
import { since, until } from '../struct.ts';
import { array, int16, int32, nullableString, string } from '../types.ts';

const leavingMembers = array({
  memberId: string, // may be empty with an instance id
  groupInstanceId: since(3, nullableString, null),
  reason: since(5, nullableString, null),
});

const formerMembers = array({
  memberId: string,
  groupInstanceId: nullableString,
  errorCode: int16,
});

/**
 * Leaves a group at once, without waiting for the session to end.
 *
 * 3 many members at once, static ones among them (KIP-345) · 5 reason (KIP-800)
 */
export const LeaveGroup = api({
  key: 13,
  name: 'LeaveGroup',
  versions: [0, 5],
  flexible: 4,
  request: {
    groupId: string,
    memberId: until(2, string, ''),
    members: since(3, leavingMembers, []),
  },
  response: {
    throttleTimeMs: since(1, int32, 0),
    errorCode: int16,
    members: since(3, formerMembers, []),
  },
});

export type LeaveGroupRequest = Request<typeof LeaveGroup>;
export type LeaveGroupResponse = Response<typeof LeaveGroup>;
