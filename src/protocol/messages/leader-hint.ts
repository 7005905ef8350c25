import { struct, withDefault } from '../struct.ts';
import { array, int32, nullableString, string } from '../types.ts';

/** Who leads a partition now: spares a client that asked the wrong broker a Metadata (KIP-951). */
export const leaderIdAndEpoch = struct({
  leaderId: withDefault(int32, -1),
  leaderEpoch: withDefault(int32, -1),
});

/** Where the leaders named in the same response can be reached. */
export const nodeEndpoints = array({
  nodeId: int32,
  host: string,
  port: int32,
  rack: withDefault(nullableString, null),
});
