import { ErrorCode } from '../protocol/error-code.ts';
import type { Partition, PartitionListener } from './partition.ts';
import type { ParkedOperation, Purgatory, Ticket } from './purgatory.ts';

/** A batch that has been appended on the leader and is not yet known to be on enough replicas. */
export interface PendingWrite {
  readonly partition: Partition;
  /** The high watermark that commits it: its last offset + 1. */
  readonly requiredOffset: number;
  readonly leaderEpoch: number;
}

type WriteOutcome = ErrorCode | undefined;

/**
 * Where `acks=all` waits. Replies with one error code per write, in order, once each has one:
 *
 * A the broker leads the partition no more                      NOT_LEADER_OR_FOLLOWER,
 *   because its topic is deleted                                UNKNOWN_TOPIC_OR_PARTITION
 * B the high watermark has reached it, with enough in sync      NONE
 * C the same, with fewer than `min.insync.replicas` in sync     NOT_ENOUGH_REPLICAS_AFTER_APPEND
 * D the deadline has come                                       REQUEST_TIMED_OUT
 *
 * C and D leave the batch in the log: the client does not know whether it is written.
 */
export function awaitReplication(
  purgatory: Purgatory,
  writes: readonly PendingWrite[],
  timeoutMs: number,
  reply: (errorCodes: readonly ErrorCode[]) => void,
): void {
  const operation = new DelayedProduce(writes, reply);
  if (operation.tryComplete()) return;
  operation.ticket = purgatory.park(operation, timeoutMs);
  for (const { partition } of writes) partition.subscribe(operation);
}

class DelayedProduce implements ParkedOperation, PartitionListener {
  ticket: Ticket | undefined;
  readonly #writes: readonly PendingWrite[];
  readonly #outcomes: WriteOutcome[];
  readonly #reply: (errorCodes: readonly ErrorCode[]) => void;

  constructor(writes: readonly PendingWrite[], reply: (errorCodes: readonly ErrorCode[]) => void) {
    this.#writes = writes;
    this.#outcomes = writes.map(() => undefined);
    this.#reply = reply;
  }

  partitionChanged(): void {
    this.ticket?.wake();
  }

  tryComplete(): boolean {
    let waiting = false;
    this.#writes.forEach((write, index) => {
      this.#outcomes[index] ??= outcomeOf(write);
      waiting ||= this.#outcomes[index] === undefined;
    });
    if (waiting) return false;
    this.#complete();
    return true;
  }

  expire(): void {
    this.#writes.forEach((_, index) => {
      this.#outcomes[index] ??= ErrorCode.REQUEST_TIMED_OUT;
    });
    this.#complete();
  }

  #complete(): void {
    for (const { partition } of this.#writes) partition.unsubscribe(this);
    this.#reply(this.#outcomes.map((outcome) => outcome ?? ErrorCode.NONE));
  }
}

function outcomeOf({ partition, requiredOffset, leaderEpoch }: PendingWrite): WriteOutcome {
  const { leadership } = partition;
  if (partition.role.name === 'Deleted') return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  if (leadership === undefined || leadership.leaderEpoch !== leaderEpoch) {
    return ErrorCode.NOT_LEADER_OR_FOLLOWER;
  }
  if (partition.log.highWatermark < requiredOffset) return undefined;
  return leadership.hasEnoughReplicas ? ErrorCode.NONE : ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND;
}
