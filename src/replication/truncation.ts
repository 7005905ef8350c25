import type { PartitionLog } from '../log/partition-log.ts';

/**
 * Cuts a follower's log back to where it parts from its leader's (KIP-101, KIP-279). The leader
 * has said which epoch, at most the follower's, it knows of, and where that epoch ends.
 */
export function truncateToDivergence(
  log: PartitionLog,
  leader: { readonly epoch: number; readonly endOffset: number },
): void {
  const own = log.endOffsetForEpoch(leader.epoch);
  // Without any common epoch only what is committed can be trusted.
  const target =
    own.leaderEpoch < 0 ? log.highWatermark : Math.min(own.endOffset, leader.endOffset);
  log.truncateTo(Math.min(target, log.logEndOffset));
}
