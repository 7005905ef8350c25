import { since } from '../struct.ts';
import { array, bytes, int32, int64, nullableString, string } from '../types.ts';
import { record } from './record-table.ts';

/** A classic group at the beginning of a generation, with its members and their assignments. */
export const GroupMetadataRecord = record({
  number: 2,
  versions: [0, 4],
  flexible: 4,
  key: {
    group: string,
  },
  value: {
    protocolType: string,
    generation: int32,
    protocol: nullableString,
    leader: nullableString,
    currentStateTimestamp: since(2, int64, -1),
    members: array({
      memberId: string,
      groupInstanceId: since(3, nullableString, null),
      clientId: string,
      clientHost: string,
      rebalanceTimeout: since(1, int32, -1),
      sessionTimeout: int32,
      subscription: bytes,
      assignment: bytes,
    }),
  },
  writtenAt: () => 3,
});
