import { ErrorCode } from '../protocol/error-code.ts';
import { unregisterBroker as strikeOff } from './broker-changes.ts';
import { callError, noError } from './call-error.ts';
import type { CallHandler } from './controller-call.ts';

/** A broker that will not come back is struck off. One that runs may be, too. */
export const unregisterBroker: CallHandler<'unregisterBroker'> = (context, { brokerId }) => {
  if (context.metadata.brokers.has(brokerId)) {
    const { errorCode } = noError;
    const response = { throttleTimeMs: 0, errorCode, errorMessage: '' };
    return { records: strikeOff(context, brokerId), response };
  }
  const message = `Broker ID ${brokerId} is not currently registered`;
  const error = callError(ErrorCode.BROKER_ID_NOT_REGISTERED, message);
  return { records: [], response: { throttleTimeMs: 0, ...error } };
};
