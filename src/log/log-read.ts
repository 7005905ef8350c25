import type { SegmentList } from './segment-list.ts';

export interface ReadOptions {
  readonly maxSizeBytes: number;
  /** Exclusive: only batches that end below it (high watermark, last stable offset or log end). */
  readonly untilOffset: number;
  /** The first batch comes whole even if it is larger than `maxSizeBytes`. */
  readonly atLeastOneBatch: boolean;
}

export interface ReadResult {
  /** `fromOffset` < log start or > log end; then there are no chunks. */
  readonly outOfRange: boolean;
  /** Whole batches, by reference, never to be written to; neighbours in memory are one chunk. */
  readonly chunks: readonly Uint8Array[];
  readonly sizeBytes: number;
  /** Base offset of the first batch (may be below `fromOffset`), -1 if there is none. */
  readonly baseOffset: number;
  /** The offset after the last batch read; `fromOffset` if there is none. */
  readonly nextOffset: number;
}

export const nothingRead = (fromOffset: number, outOfRange: boolean): ReadResult => ({
  outOfRange,
  chunks: [],
  sizeBytes: 0,
  baseOffset: -1,
  nextOffset: fromOffset,
});

/** What there is to read from `fromOffset`, which lies in the log, all from one segment. */
export function readSegments(
  segments: SegmentList,
  fromOffset: number,
  options: ReadOptions,
): ReadResult {
  const { all } = segments;
  for (let index = segments.indexOf(fromOffset); index < all.length; index++) {
    const segment = all[index]!;
    const first = segment.indexOfOffset(fromOffset);
    // Nothing is left here: the segment's end was compacted away, or it is the active one.
    if (first === segment.count) continue;
    const within = segment.countWithin(segment.positionAt(first) + options.maxSizeBytes);
    const wanted = Math.max(within, options.atLeastOneBatch ? first + 1 : first);
    const end = Math.min(wanted, segment.countBelow(options.untilOffset));
    if (end <= first) break;
    return {
      outOfRange: false,
      chunks: segment.chunks(first, end),
      sizeBytes: segment.positionAt(end) - segment.positionAt(first),
      baseOffset: segment.baseOffsetAt(first),
      nextOffset: segment.lastOffsetAt(end - 1) + 1,
    };
  }
  return nothingRead(fromOffset, false);
}
