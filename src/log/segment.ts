import { lastOffsetOf } from '../protocol/records/record-batch.ts';

/** Batches that follow each other in memory as they do in the segment. */
interface Run {
  /** Position in the segment of the run's first byte. */
  readonly position: number;
  /** A view of the whole block that the bytes lie in, and where in it the run starts. */
  readonly block: Buffer;
  readonly blockPosition: number;
}

// One for all segments without a batch, and there may be ten thousand.
const noInts = new Int32Array();
const noDoubles = new Float64Array();

const int32Max = 2 ** 31 - 1;
const firstCapacity = 8;

/**
 * Some consecutive batches of a log: an index in typed arrays over bytes that lie in blocks, which
 * other replicas' segments may index too. Positions count the segment's bytes from 0.
 */
export class Segment {
  readonly baseOffset: number;
  #count = 0;
  #sizeBytes = 0;
  #relativeOffsets = noInts;
  #positions = noInts;
  /** Entry i: the greatest max timestamp of the batches 0..i, so that it can be searched. */
  #greatestTimestamps = noDoubles;
  #runs: Run[] = [];
  #firstAppendMs = 0;
  #lastAppendMs = 0;

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset;
  }

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The greatest timestamp of any batch, -1 if none has one. */
  get maxTimestampMs(): number {
    return this.#count === 0 ? -1 : this.#greatestTimestamps[this.#count - 1]!;
  }

  /** Of the first batch, -1 if there is none or it has none. */
  get firstTimestampMs(): number {
    return this.#count === 0 ? -1 : this.#greatestTimestamps[0]!;
  }

  get lastAppendMs(): number {
    return this.#lastAppendMs;
  }

  /** What retention goes by: the time of the last append where records carry none. */
  get largestTimestampMs(): number {
    return this.maxTimestampMs >= 0 ? this.maxTimestampMs : this.#lastAppendMs;
  }

  /**
   * How old the segment is for `segment.ms` when a batch with that timestamp comes: records are
   * compared with the first batch; only if that has no timestamp it counts since when it is there.
   */
  ageMs(timestampMs: number, nowMs: number): number {
    if (this.#count === 0) return 0;
    const { firstTimestampMs } = this;
    return firstTimestampMs >= 0 ? timestampMs - firstTimestampMs : nowMs - this.#firstAppendMs;
  }

  /** Whether offsets up to `lastOffset` and `sizeBytes` more bytes stay within int32. */
  hasRoomFor(lastOffset: number, sizeBytes: number): boolean {
    return lastOffset - this.baseOffset <= int32Max && this.#sizeBytes + sizeBytes <= int32Max;
  }

  /** Indexes one batch that stands at `blockPosition` of `block`, by reference. */
  append(
    block: Buffer,
    blockPosition: number,
    sizeBytes: number,
    baseOffset: number,
    maxTimestampMs: number,
    nowMs: number,
  ): void {
    const index = this.#count;
    if (index === this.#positions.length) this.#grow();
    const run = this.#runs.at(-1);
    if (
      run?.block !== block ||
      run.blockPosition + (this.#sizeBytes - run.position) !== blockPosition
    ) {
      this.#runs.push({ position: this.#sizeBytes, block, blockPosition });
    }
    this.#relativeOffsets[index] = baseOffset - this.baseOffset;
    this.#positions[index] = this.#sizeBytes;
    this.#greatestTimestamps[index] = Math.max(this.maxTimestampMs, maxTimestampMs);
    this.#sizeBytes += sizeBytes;
    if (index === 0) this.#firstAppendMs = nowMs;
    this.#lastAppendMs = nowMs;
    this.#count = index + 1;
  }

  /** The view of the block that this segment's newest batch lies in, for the next one to share. */
  get lastBlock(): Buffer | undefined {
    return this.#runs.at(-1)?.block;
  }

  /** Forgets the batches from index `count` on. */
  truncate(count: number): void {
    if (count >= this.#count) return;
    this.#sizeBytes = this.#positions[count]!;
    this.#count = count;
    while (this.#runs.length > 0 && this.#runs.at(-1)!.position >= this.#sizeBytes) {
      this.#runs.pop();
    }
  }

  baseOffsetAt(index: number): number {
    return this.baseOffset + this.#relativeOffsets[index]!;
  }

  lastOffsetAt(index: number): number {
    const run = this.#runs[this.#runIndex(this.#positions[index]!)]!;
    return lastOffsetOf(run.block, run.blockPosition + this.#positions[index]! - run.position);
  }

  /** The batch as a view of its own: byte 0 is the first of its header. */
  batchAt(index: number): Buffer {
    const position = this.#positions[index]!;
    const run = this.#runs[this.#runIndex(position)]!;
    const start = run.blockPosition + position - run.position;
    return run.block.subarray(start, start + this.positionAt(index + 1) - position);
  }

  /** Where the batch starts; the size of the segment for the index after the last. */
  positionAt(index: number): number {
    return index < this.#count ? this.#positions[index]! : this.#sizeBytes;
  }

  /** The first batch that ends at or above `offset`; `count` if none does. */
  indexOfOffset(offset: number): number {
    const relative = offset - this.baseOffset;
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#relativeOffsets[middle]! <= relative) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return 0;
    return this.lastOffsetAt(low - 1) >= offset ? low - 1 : low;
  }

  /** How many batches there are from the start that end below `offset`. */
  countBelow(offset: number): number {
    if (this.#count === 0 || this.lastOffsetAt(this.#count - 1) < offset) return this.#count;
    return this.indexOfOffset(offset);
  }

  /** The first batch with a max timestamp of at least `timestampMs`; `count` if none has. */
  indexOfTimestamp(timestampMs: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#greatestTimestamps[middle]! < timestampMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many batches there are from the start that end at or before `position`. */
  countWithin(position: number): number {
    if (position >= this.#sizeBytes) return this.#count;
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.positionAt(middle + 1) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The bytes of the batches [from, until), one chunk for what lies together in memory. */
  chunks(from: number, until: number): Buffer[] {
    const start = this.positionAt(from);
    const end = this.positionAt(until);
    const chunks: Buffer[] = [];
    for (let index = this.#runIndex(start); index < this.#runs.length; index++) {
      const run = this.#runs[index]!;
      if (run.position >= end) break;
      const runEnd = this.#runs[index + 1]?.position ?? this.#sizeBytes;
      const shift = run.blockPosition - run.position;
      chunks.push(
        run.block.subarray(Math.max(start, run.position) + shift, Math.min(end, runEnd) + shift),
      );
    }
    return chunks;
  }

  /** The run that holds the byte at `position`. There are few, and the last is asked for most. */
  #runIndex(position: number): number {
    let index = this.#runs.length - 1;
    while (index > 0 && this.#runs[index]!.position > position) index--;
    return index;
  }

  #grow(): void {
    const capacity = Math.max(firstCapacity, this.#positions.length * 2);
    const copy = <T extends Int32Array | Float64Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.#relativeOffsets = copy(new Int32Array(capacity), this.#relativeOffsets);
    this.#positions = copy(new Int32Array(capacity), this.#positions);
    this.#greatestTimestamps = copy(new Float64Array(capacity), this.#greatestTimestamps);
  }
}
