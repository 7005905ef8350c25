import type { ErrorCode } from '../../protocol/error-code.ts';

/** Why a request is not done; its client is told so. */
export interface Refusal {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
}

export const refusal = (errorCode: ErrorCode, errorMessage: string): Refusal => ({
  errorCode,
  errorMessage,
});

export const isRefusal = (result: object): result is Refusal => 'errorMessage' in result;
