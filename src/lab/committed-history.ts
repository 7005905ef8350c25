import { type BatchIdentity, sameBatch } from './batches.ts';

/**
 * What a partition has ever shown as committed, kept by the checker and by nobody else: below its
 * end nothing may ever change again.
 */
export class CommittedHistory {
  #batches: BatchIdentity[] = [];
  /** What was committed once and is gone, by offset and CRC: a loss that was to be expected. */
  readonly #lost = new Set<string>();

  /** One past the last offset that any leader has exposed. */
  get end(): number {
    return (this.#batches.at(-1)?.lastOffset ?? -1) + 1;
  }

  /** The batch that holds `offset`, if it is committed. */
  at(offset: number): BatchIdentity | undefined {
    let low = 0;
    let high = this.#batches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#batches[middle]!.lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    const found = this.#batches[low];
    return found !== undefined && found.baseOffset <= offset ? found : undefined;
  }

  /** False if something else was shown in this place. */
  agreesWith(batch: BatchIdentity): boolean {
    const known = this.at(batch.baseOffset);
    return known === undefined || sameBatch(known, batch);
  }

  /** A leader shows `batch`. */
  add(batch: BatchIdentity): void {
    if (batch.baseOffset >= this.end) this.#batches.push(batch);
  }

  digest(): string {
    return this.#batches.map(({ leaderEpoch, crc }) => `${leaderEpoch}.${crc}`).join();
  }

  /** A loss that was to be expected: what lies at or above `offset` is gone for good. */
  forgetFrom(offset: number): void {
    while (this.#batches.length > 0 && this.#batches.at(-1)!.lastOffset >= offset) {
      this.#lost.add(keyOf(this.#batches.pop()!));
    }
  }

  /** `batch` was said to be committed when it was void already. */
  addLost(batch: { readonly baseOffset: number; readonly crc: number }): void {
    this.#lost.add(keyOf(batch));
  }

  hasLost(batch: { readonly baseOffset: number; readonly crc: number }): boolean {
    return this.#lost.has(keyOf(batch));
  }
}

const keyOf = ({ baseOffset, crc }: { readonly baseOffset: number; readonly crc: number }) =>
  `${baseOffset} ${crc}`;
