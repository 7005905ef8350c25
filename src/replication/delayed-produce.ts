import { ErrorCode } from '../protocol/error-code.ts';
import { awaitOutcomes } from './await-outcomes.ts';
import type { Partition } from './partition.ts';
import type { Purgatory } from './purgatory.ts';

/** A batch that has been appended on the leader and is not yet known to be on enough replicas. */
export interface PendingWrite {
  readonly partition: Partition;
  /** The high watermark that commits it: its last offset + 1. */
  readonly requiredOffset: number;
  readonly leaderEpoch: number;
}

/**
 * Where `acks=all` waits. Replies with one error code per write, in order, once each has one:
 *
 * A the broker has not led the partition ever since             NOT_LEADER_OR_FOLLOWER,
 *   because its topic is deleted                                UNKNOWN_TOPIC_OR_PARTITION
 * B the high watermark has reached it, with enough in sync      NONE
 * C the same, with fewer than `min.insync.replicas` in sync     NOT_ENOUGH_REPLICAS_AFTER_APPEND
 * D the deadline has come                                       REQUEST_TIMED_OUT
 *
 * C and D leave the batch in the log: the client does not know whether it is written.
 */
export function awaitReplication(
  purgatory: Purgatory,
  items: readonly PendingWrite[],
  timeoutMs: number,
  reply: (errorCodes: readonly ErrorCode[]) => void,
): void {
  const timedOut = () => ErrorCode.REQUEST_TIMED_OUT;
  awaitOutcomes<PendingWrite, ErrorCode>(purgatory, {
    items,
    timeoutMs,
    outcomeOf,
    timedOut,
    reply,
  });
}

function outcomeOf({
  partition,
  requiredOffset,
  leaderEpoch,
}: PendingWrite): ErrorCode | undefined {
  const { leadership } = partition;
  if (partition.role.name === 'Deleted') return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  if (leadership === undefined || partition.leadsSinceEpoch > leaderEpoch) {
    return ErrorCode.NOT_LEADER_OR_FOLLOWER;
  }
  if (partition.log.highWatermark < requiredOffset) return undefined;
  return leadership.hasEnoughReplicas ? ErrorCode.NONE : ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND;
}
