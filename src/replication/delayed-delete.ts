import { ErrorCode } from '../protocol/error-code.ts';
import type { Partition, PartitionListener } from './partition.ts';
import type { ParkedOperation, Purgatory, Ticket } from './purgatory.ts';

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
  deletions: readonly PendingDeletion[],
  timeoutMs: number,
  reply: (outcomes: readonly DeletionOutcome[]) => void,
): void {
  const operation = new DelayedDelete(deletions, reply);
  if (operation.tryComplete()) return;
  operation.ticket = purgatory.park(operation, timeoutMs);
  for (const { partition } of deletions) partition.subscribe(operation);
}

class DelayedDelete implements ParkedOperation, PartitionListener {
  ticket: Ticket | undefined;
  readonly #deletions: readonly PendingDeletion[];
  readonly #reply: (outcomes: readonly DeletionOutcome[]) => void;

  constructor(
    deletions: readonly PendingDeletion[],
    reply: (outcomes: readonly DeletionOutcome[]) => void,
  ) {
    this.#deletions = deletions;
    this.#reply = reply;
  }

  partitionChanged(): void {
    this.ticket?.wake();
  }

  tryComplete(): boolean {
    const outcomes = this.#deletions.map(outcomeOf);
    if (outcomes.includes(undefined)) return false;
    this.#complete(outcomes);
    return true;
  }

  expire(): void {
    this.#complete(this.#deletions.map(outcomeOf));
  }

  #complete(outcomes: readonly (DeletionOutcome | undefined)[]): void {
    for (const { partition } of this.#deletions) partition.unsubscribe(this);
    this.#reply(outcomes.map((outcome) => outcome ?? timedOut));
  }
}

const timedOut: DeletionOutcome = { errorCode: ErrorCode.REQUEST_TIMED_OUT, lowWatermark: -1 };

function outcomeOf({ partition, requiredOffset }: PendingDeletion): DeletionOutcome | undefined {
  const lowWatermark = partition.leadership?.lowWatermark();
  if (lowWatermark === undefined) {
    return { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, lowWatermark: -1 };
  }
  return lowWatermark >= requiredOffset ? { errorCode: ErrorCode.NONE, lowWatermark } : undefined;
}
