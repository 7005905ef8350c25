import type { LogConfig } from '../log-config.ts';
import type { Segment } from '../segment.ts';

interface LogState {
  /** Where the last compaction ended. */
  readonly firstDirtyOffset: number;
  readonly lastStableOffset: number;
}

/** How many segments, from the oldest on, may be compacted now, and how many of them are clean. */
interface Cleanable {
  readonly count: number;
  readonly cleanCount: number;
}

/** Whole segments of decided records, never the active one, and none of `min.compaction.lag.ms`. */
export function cleanableSegments(
  segments: readonly Segment[],
  { firstDirtyOffset, lastStableOffset }: LogState,
  { minCompactionLagMs }: LogConfig,
  nowMs: number,
): Cleanable {
  let cleanCount = 0;
  let count = 0;
  for (const [index, segment] of segments.slice(0, -1).entries()) {
    const endOffset = segments[index + 1]!.baseOffset;
    const isClean = endOffset <= firstDirtyOffset;
    const isTooNew = minCompactionLagMs > 0 && segment.maxTimestampMs > nowMs - minCompactionLagMs;
    if (endOffset > lastStableOffset || (!isClean && isTooNew)) break;
    count++;
    if (isClean) cleanCount++;
  }
  return { count, cleanCount };
}

/** Whether it is worth while, by `min.cleanable.dirty.ratio`, or high time. */
export function isDue(
  segments: readonly Segment[],
  { count, cleanCount }: Cleanable,
  { minCleanableDirtyRatio, maxCompactionLagMs }: LogConfig,
  nowMs: number,
): boolean {
  const cleanBytes = sizeOf(segments.slice(0, cleanCount));
  const dirty = segments.slice(cleanCount, count);
  const dirtyBytes = sizeOf(dirty);
  if (dirtyBytes === 0) return false;
  const isOld = ({ firstTimestampMs }: Segment) =>
    firstTimestampMs > 0 && firstTimestampMs < nowMs - maxCompactionLagMs;
  return dirtyBytes / (cleanBytes + dirtyBytes) > minCleanableDirtyRatio || dirty.some(isOld);
}

const sizeOf = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
