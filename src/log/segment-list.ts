import { assert } from '../assert.ts';
import { Segment } from './segment.ts';

/** The segments of a log by base offset. There is always at least one; the last takes appends. */
export class SegmentList {
  #segments: Segment[];

  constructor(baseOffset: number) {
    this.#segments = [new Segment(baseOffset)];
  }

  get active(): Segment {
    return this.#segments[this.#segments.length - 1]!;
  }

  get all(): readonly Segment[] {
    return this.#segments;
  }

  get sizeBytes(): number {
    let sum = 0;
    for (const segment of this.#segments) sum += segment.sizeBytes;
    return sum;
  }

  /**
   * The segment whose range holds `offset`: the last one that starts at or below it, or the first.
   */
  indexOf(offset: number): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#segments[middle]!.baseOffset <= offset) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** Starts a new active segment; an empty one is replaced. */
  roll(baseOffset: number): void {
    assert(baseOffset >= this.active.baseOffset, 'segments are in the order of their offsets');
    if (this.active.count === 0) this.#segments.pop();
    this.#segments.push(new Segment(baseOffset));
  }

  removeFirst(count: number): void {
    assert(count < this.#segments.length, 'one segment stays');
    this.#segments.splice(0, count);
  }

  /** Puts others, of the same offsets, in the place of the first `count`. */
  replaceFirst(count: number, segments: readonly Segment[]): void {
    assert(count < this.#segments.length, 'the active segment stays');
    this.#segments.splice(0, count, ...segments);
  }

  /** Drops every batch that ends at or above `offset`. */
  truncate(offset: number): void {
    const index = this.indexOf(offset);
    this.#segments.length = index + 1;
    this.active.truncate(this.active.indexOfOffset(offset));
  }

  /** Calls `see` with every batch as a view, in order. */
  forEachBatch(see: (batch: Buffer) => void): void {
    for (const segment of this.#segments) {
      for (let index = 0; index < segment.count; index++) see(segment.batchAt(index));
    }
  }
}
