import { api, type Request } from '../api.ts';
import { since } from '../struct.ts';
import { int16, int32, nullableString, string } from '../types.ts';

/**
 * Keeps a member of a classic group alive, and tells it of a rebalance.
 *
 * 3 static members (KIP-345)
 */
export const Heartbeat = api({
  key: 12,
  name: 'Heartbeat',
  versions: [0, 4],
  flexible: 4,
  request: {
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: since(3, nullableString, null),
  },
  response: {
    throttleTimeMs: since(1, int32, 0),
    errorCode: int16,
  },
});

export type HeartbeatRequest = Request<typeof Heartbeat>;
