import type { LogConfig } from './log-config.ts';
import type { Segment } from './segment.ts';

export type RetentionReason = 'log-start' | 'retention-size' | 'retention-time';

interface LogBounds {
  readonly logStartOffset: number;
  readonly highWatermark: number;
  readonly logEndOffset: number;
}

/** How many segments may go, counted from the oldest, while `isExpired` says so of each. */
function countExpired(
  segments: readonly Segment[],
  bounds: LogBounds,
  isExpired: (segment: Segment, next: Segment | undefined) => boolean,
): number {
  let count = 0;
  for (const segment of segments) {
    const next = segments[count + 1];
    const endOffset = next?.baseOffset ?? bounds.logEndOffset;
    // What is not committed stays, so that the log start never passes the high watermark.
    if (bounds.highWatermark < endOffset || !isExpired(segment, next)) break;
    if (next === undefined && segment.count === 0) break;
    count++;
  }
  return count;
}

/**
 * How many segments each rule lets go, to be applied one after the other. The active segment may be
 * among them. Without the policy `delete` only those below the log start go.
 */
export const retentionRules: Record<
  RetentionReason,
  (segments: readonly Segment[], bounds: LogBounds, config: LogConfig, nowMs: number) => number
> = {
  'log-start': (segments, bounds) =>
    countExpired(
      segments,
      bounds,
      (_, next) => next !== undefined && next.baseOffset <= bounds.logStartOffset,
    ),

  'retention-size': (segments, bounds, config) => {
    if (!config.cleanupPolicy.delete || config.retentionBytes < 0) return 0;
    let excessBytes = -config.retentionBytes;
    for (const segment of segments) excessBytes += segment.sizeBytes;
    return countExpired(segments, bounds, (segment) => {
      excessBytes -= segment.sizeBytes;
      return excessBytes >= 0;
    });
  },

  'retention-time': (segments, bounds, config, nowMs) => {
    if (!config.cleanupPolicy.delete || config.retentionMs < 0) return 0;
    return countExpired(
      segments,
      bounds,
      (segment) => nowMs - segment.largestTimestampMs > config.retentionMs,
    );
  },
};
