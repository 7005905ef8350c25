import type { Knobs } from '../config/knobs.ts';
import type { EpochEndOffset } from '../log/epoch-history.ts';
import type { PartitionLog } from '../log/partition-log.ts';

/**
 * Asks a leader where an epoch ends, or the largest below it that it knows; undefined: no answer.
 */
export type AskEpochEnd = (
  leaderEpoch: number,
  reply: (end: EpochEndOffset | undefined) => void,
) => void;

/**
 * Cuts a follower's log before it fetches, as followers did when leaders did not yet tell of a
 * divergence in the course of it. `then` hears whether it could be done.
 *
 * hw      all above the own high watermark: what was committed may go with it
 * kip101  where the leader's log parts from the own last epoch, as far as the leader knows that one
 * kip279  the same, epoch by epoch down to one that both know
 */
export function truncateFirst(
  log: PartitionLog,
  truncation: Exclude<Knobs['truncation'], 'kip320'>,
  ask: AskEpochEnd,
  then: (done: boolean) => void,
): void {
  if (truncation === 'hw' || log.latestEpoch < 0) {
    log.truncateTo(log.highWatermark);
    then(true);
    return;
  }
  ask(log.latestEpoch, (leader) => {
    if (leader === undefined) {
      then(false);
      return;
    }
    const own = log.endOffsetForEpoch(leader.leaderEpoch);
    const isShared = own.leaderEpoch === leader.leaderEpoch;
    if (leader.endOffset < 0) log.truncateTo(log.highWatermark);
    else if (truncation === 'kip101' || own.leaderEpoch < 0) log.truncateTo(leader.endOffset);
    else if (isShared) log.truncateTo(Math.min(own.endOffset, leader.endOffset));
    else {
      // The leader's epoch is none of ours: what we wrote after the last one below it is not there.
      log.truncateTo(own.endOffset);
      truncateFirst(log, truncation, ask, then);
      return;
    }
    then(true);
  });
}
