import { ErrorCode } from '../protocol/error-code.ts';

/** What went wrong with one thing of a request, as its entry in the response says it. */
export interface CallError {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
}

export const callError = (errorCode: ErrorCode, errorMessage: string | null): CallError => ({
  errorCode,
  errorMessage,
});

export const noError: CallError = callError(ErrorCode.NONE, null);
