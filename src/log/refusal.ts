import type { ErrorCode } from '../protocol/error-code.ts';

/** Why one record of a batch was refused. */
export interface RecordError {
  readonly batchIndex: number;
  readonly batchIndexErrorMessage: string | null;
}

/** Why a batch was refused. */
export interface Refusal {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
  readonly recordErrors: readonly RecordError[];
}
