import type { CallName, CallRequest, CallResponse } from '../../controller/controller-call.ts';
import type { Broker } from '../broker.ts';

/** Any broker takes what only the controller can decide, and passes it on (KIP-590). */
export const forward =
  <Call extends CallName>(call: Call) =>
  (
    broker: Broker,
    request: CallRequest<Call>,
    _context: unknown,
    reply: (outcome: CallResponse<Call> | 'close') => void,
  ): void => {
    broker.callController(call, request, (response) => reply(response ?? 'close'));
  };
