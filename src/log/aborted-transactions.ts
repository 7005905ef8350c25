/** An aborted transaction, in the form that consumers are told of it. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** Of its marker. */
  readonly lastOffset: number;
}

/** The transactions of a log that were aborted, in the order of their markers. */
export class AbortedTransactions {
  #aborted: AbortedTransaction[] = [];

  add(transaction: AbortedTransaction): void {
    this.#aborted.push(transaction);
  }

  /** Those that have something in [fromOffset, untilOffset). */
  within(fromOffset: number, untilOffset: number): AbortedTransaction[] {
    return this.#aborted
      .slice(this.#firstEndingAt(fromOffset))
      .filter(({ firstOffset }) => firstOffset < untilOffset);
  }

  /** What ended before is not read any more. */
  forgetBefore(logStartOffset: number): void {
    this.#aborted.splice(0, this.#firstEndingAt(logStartOffset));
  }

  /** Those whose marker was at one of these offsets. */
  forget(markers: ReadonlySet<number>): void {
    this.#aborted = this.#aborted.filter(({ lastOffset }) => !markers.has(lastOffset));
  }

  clear(): void {
    this.#aborted = [];
  }

  #firstEndingAt(offset: number): number {
    let [low, high] = [0, this.#aborted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#aborted[middle]!.lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
