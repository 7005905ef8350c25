interface EpochStart {
  readonly leaderEpoch: number;
  readonly startOffset: number;
}

/** An epoch and where it ends; -1 and -1 when nothing is known. */
export interface EpochEndOffset {
  readonly leaderEpoch: number;
  readonly endOffset: number;
}

const unknown: EpochEndOffset = { leaderEpoch: -1, endOffset: -1 };

/** Which leader epoch started at which offset. Both only grow from entry to entry (KIP-101). */
export class EpochHistory {
  #entries: EpochStart[] = [];

  get latest(): EpochStart | undefined {
    return this.#entries.at(-1);
  }

  get earliest(): EpochStart | undefined {
    return this.#entries[0];
  }

  /**
   * Notes that `leaderEpoch` writes from `startOffset` on; the newer word wins over what conflicts.
   */
  assign(leaderEpoch: number, startOffset: number): void {
    const latest = this.latest;
    if (latest?.leaderEpoch === leaderEpoch && latest.startOffset <= startOffset) return;
    while (this.#entries.length > 0) {
      const last = this.#entries.at(-1)!;
      if (last.leaderEpoch < leaderEpoch && last.startOffset < startOffset) break;
      this.#entries.pop();
    }
    // A list of one is made as such: most logs have no more, and a push makes room for seventeen.
    if (this.#entries.length === 0) this.#entries = [{ leaderEpoch, startOffset }];
    else this.#entries.push({ leaderEpoch, startOffset });
  }

  /** The largest known epoch ≤ `leaderEpoch`, and where the next one starts. */
  endOffsetFor(leaderEpoch: number, logEndOffset: number): EpochEndOffset {
    if (leaderEpoch < 0) return unknown;
    if (this.latest?.leaderEpoch === leaderEpoch) return { leaderEpoch, endOffset: logEndOffset };
    const higher = this.#entries.findIndex((entry) => entry.leaderEpoch > leaderEpoch);
    if (higher === -1) return unknown;
    const endOffset = this.#entries[higher]!.startOffset;
    return { leaderEpoch: this.#entries[higher - 1]?.leaderEpoch ?? leaderEpoch, endOffset };
  }

  /** Forgets epochs that start at or above `endOffset`. */
  truncateFromEnd(endOffset: number): void {
    this.#entries = this.#entries.filter((entry) => entry.startOffset < endOffset);
  }

  /** Forgets what lies below `startOffset`; the epoch that reaches across it starts there now. */
  truncateFromStart(startOffset: number): void {
    const above = this.#entries.filter((entry) => entry.startOffset > startOffset);
    const across = this.#entries[this.#entries.length - above.length - 1];
    this.#entries = across ? [{ leaderEpoch: across.leaderEpoch, startOffset }, ...above] : above;
  }

  clear(): void {
    this.#entries = [];
  }
}
