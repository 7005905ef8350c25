import { api } from '../api.ts';
import { since } from '../struct.ts';
import { array, int16, int32, string } from '../types.ts';

/**
 * Lists the groups that a broker coordinates.
 *
 * 4 states (KIP-518) · 5 types (KIP-848)
 */
export const ListGroups = api({
  key: 16,
  name: 'ListGroups',
  versions: [0, 5],
  flexible: 3,
  request: {
    statesFilter: since(4, array(string), []), // none: all states
    typesFilter: since(5, array(string), []),
  },
  response: {
    throttleTimeMs: since(1, int32, 0),
    errorCode: int16,
    groups: array({
      groupId: string,
      protocolType: string,
      groupState: since(4, string, ''),
      groupType: since(5, string, ''),
    }),
  },
});
