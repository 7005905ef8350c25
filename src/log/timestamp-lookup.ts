import { recordsOf } from '../protocol/records/batch-records.ts';
import { maxTimestampOf } from '../protocol/records/record-batch.ts';
import type { Segment } from './segment.ts';

export interface TimestampAndOffset {
  readonly offset: number;
  readonly timestampMs: number;
  readonly leaderEpoch: number;
}

/** The first record at or above `startOffset` whose timestamp is at least `timestampMs`. */
export function findTimestamp(
  segments: readonly Segment[],
  timestampMs: number,
  startOffset: number,
): TimestampAndOffset | undefined {
  for (const segment of segments) {
    for (let at = segment.indexOfTimestamp(timestampMs); at < segment.count; at++) {
      const batch = segment.batchAt(at);
      if (maxTimestampOf(batch, 0) < timestampMs) continue;
      const found = recordsOf(batch, 0)?.find(
        (record) => record.timestampMs >= timestampMs && record.offset >= startOffset,
      );
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The first record that has the greatest timestamp of all. */
export function findMaxTimestamp(segments: readonly Segment[]): TimestampAndOffset | undefined {
  let best: Segment | undefined;
  for (const segment of segments) {
    if (segment.count === 0) continue;
    if (best === undefined || segment.maxTimestampMs > best.maxTimestampMs) best = segment;
  }
  if (best === undefined) return undefined;
  const batch = best.batchAt(best.indexOfTimestamp(best.maxTimestampMs));
  const timestampMs = maxTimestampOf(batch, 0);
  return recordsOf(batch, 0)?.find((record) => record.timestampMs === timestampMs);
}
