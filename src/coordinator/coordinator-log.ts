import type { ErrorCode } from '../protocol/error-code.ts';

/** The one thing that a coordinator needs of its partition: it writes there, and reads at load. */
export interface CoordinatorLog {
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly highWatermark: number;
  /** As the leader, with enough in sync (acks=all). On an error nothing is written. */
  append(
    batch: Uint8Array,
    transaction: { readonly guard?: number | undefined; readonly transactionVersion?: number },
  ): { readonly errorCode: ErrorCode; readonly lastOffset: number };
  /** Whole batches from `fromOffset` on; none at the end. */
  read(fromOffset: number): {
    readonly chunks: readonly Uint8Array[];
    readonly nextOffset: number;
  };
}
