import { ErrorCode } from '../protocol/error-code.ts';
import { type CallError, callError } from './call-error.ts';
import type { CallHandler, CallName, CallRequest, CallResponse } from './controller-call.ts';

/** Those that say how long they may take. */
type TimedCall = {
  [Name in CallName]: CallRequest<Name> extends { readonly timeoutMs: number } ? Name : never;
}[CallName];

const timedOut = callError(ErrorCode.REQUEST_TIMED_OUT, null);

/** What may take no time at all is too late before it begins, so that nothing of it is done. */
export const withDeadline =
  <Name extends TimedCall>(
    handler: CallHandler<Name>,
    refuseAll: (request: CallRequest<Name>, error: CallError) => CallResponse<Name>,
  ): CallHandler<Name> =>
  (context, request) =>
    request.timeoutMs > 0
      ? handler(context, request)
      : { records: [], response: refuseAll(request, timedOut) };
