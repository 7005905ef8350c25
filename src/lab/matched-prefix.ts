import type { PartitionLog } from '../log/partition-log.ts';
import { batchesOf } from './batches.ts';
import type { CommittedHistory } from './committed-history.ts';

/** How far each replica's log agrees with what was committed, worked out only for what is new. */
export class MatchedPrefix {
  readonly #history: CommittedHistory;
  readonly #matched = new Map<number, number>();

  constructor(history: CommittedHistory) {
    this.#history = history;
  }

  /** The log of `brokerId` was cut: what lay above is not matched any more. */
  truncated(brokerId: number, logEndOffset: number): void {
    const matched = this.#matched.get(brokerId);
    if (matched !== undefined) this.#matched.set(brokerId, Math.min(matched, logEndOffset));
  }

  /** The history itself was cut: nobody has matched what comes in its place. */
  historyCut(offset: number): void {
    for (const [brokerId, matched] of this.#matched) {
      if (matched > offset) this.#matched.set(brokerId, offset);
    }
  }

  /** Up to which offset, at most the history's end, the log is what was committed. */
  of(brokerId: number, log: PartitionLog): number {
    const history = this.#history;
    let matched = Math.min(this.#matched.get(brokerId) ?? 0, log.logEndOffset, history.end);
    if (matched < log.logStartOffset) matched = Math.min(log.logStartOffset, history.end);
    const until = Math.min(log.logEndOffset, history.end);
    if (matched < until) {
      for (const batch of batchesOf(log, matched, until)) {
        if (batch.baseOffset > matched || !history.agreesWith(batch)) break;
        matched = batch.lastOffset + 1;
      }
    }
    this.#matched.set(brokerId, matched);
    return matched;
  }
}
