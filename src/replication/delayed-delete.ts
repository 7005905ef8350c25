import { ErrorCode } from '../protocol/error-code.ts';
import { awaitOutcomes } from './await-outcomes.ts';
import type { Partition } from './partition.ts';
import type { Purgatory } from './purgatory.ts';

/** Records have been deleted on the leader; its followers learn of the new start as they fetch. */
export interface PendingDeletion {
  readonly partition: Partition;
  readonly requiredOffset: number;
}

interface DeletionOutcome {
  readonly errorCode: ErrorCode;
  readonly lowWatermark: number;
}

/** Replies once the low watermark of each partition has come up to what was deleted. */
export function awaitLowWatermark(
  purgatory: Purgatory,
  items: readonly PendingDeletion[],
  timeoutMs: number,
  reply: (outcomes: readonly DeletionOutcome[]) => void,
): void {
  awaitOutcomes(purgatory, { items, timeoutMs, outcomeOf, timedOut, reply });
}

const timedOut = ({ partition }: PendingDeletion): DeletionOutcome => ({
  errorCode: ErrorCode.REQUEST_TIMED_OUT,
  lowWatermark: partition.leadership?.lowWatermark() ?? -1,
});

function outcomeOf({ partition, requiredOffset }: PendingDeletion): DeletionOutcome | undefined {
  const lowWatermark = partition.leadership?.lowWatermark();
  if (lowWatermark === undefined) {
    return { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, lowWatermark: -1 };
  }
  return lowWatermark >= requiredOffset ? { errorCode: ErrorCode.NONE, lowWatermark } : undefined;
}
