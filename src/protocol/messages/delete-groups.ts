import { api, type Response } from '../api.ts';
import { array, int16, int32, string } from '../types.ts';

/** Deletes groups without members, and their offsets (KIP-229). */
export const DeleteGroups = api({
  key: 42,
  name: 'DeleteGroups',
  versions: [0, 2],
  flexible: 2,
  request: {
    groupsNames: array(string),
  },
  response: {
    throttleTimeMs: int32,
    results: array({ groupId: string, errorCode: int16 }),
  },
});

export type DeleteGroupsResponse = Response<typeof DeleteGroups>;
