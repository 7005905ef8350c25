import type { PartitionLog } from '../../log/partition-log.ts';
import { type LogRecord, recordsOf } from '../../protocol/records/batch-records.ts';
import { placesOf } from '../batches.ts';
import { visibleBatches } from '../visible-batches.ts';

/** What a consumer makes of batches: markers are not for it, nor what was `aborted`. */
export function* visibleRecords(
  ...[batches, aborted]: Parameters<typeof visibleBatches>
): Iterable<LogRecord> {
  for (const { chunk, at } of visibleBatches(batches, aborted)) yield* recordsOf(chunk, at) ?? [];
}

/** Everything that was ever appended, aborted or not. */
export const allRecords = (log: PartitionLog): LogRecord[] => [
  ...visibleRecords(placesOf(log, log.logStartOffset, log.logEndOffset), []),
];

/** What can be read with isolation.level=read_committed. */
export function committedRecords(log: PartitionLog): LogRecord[] {
  const { logStartOffset, lastStableOffset, producers } = log;
  const aborted = producers.abortedWithin(logStartOffset, lastStableOffset);
  return [...visibleRecords(placesOf(log, logStartOffset, lastStableOffset), aborted)];
}
