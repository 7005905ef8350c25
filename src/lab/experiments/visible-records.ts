import type { PartitionLog } from '../../log/partition-log.ts';
import { type LogRecord, recordsOf } from '../../protocol/records/batch-records.ts';
import {
  isControl,
  isTransactional,
  lastOffsetOf,
  producerIdOf,
  sizeOf,
} from '../../protocol/records/record-batch.ts';
import { placesOf } from '../batches.ts';

/** Where a batch stands. */
interface BatchPlace {
  readonly chunk: Uint8Array;
  readonly at: number;
}

/** As a response to Fetch lists it. */
interface Aborted {
  readonly producerId: number;
  readonly firstOffset: number;
}

export function* batchesIn(chunks: readonly Uint8Array[]): Iterable<BatchPlace> {
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += sizeOf(chunk, at)) yield { chunk, at };
  }
}

/** What a consumer makes of batches: markers are not for it, nor what was `aborted`. */
export function* visibleRecords(
  batches: Iterable<BatchPlace>,
  aborted: readonly Aborted[],
): Iterable<LogRecord> {
  const ahead = [...aborted].sort((one, other) => one.firstOffset - other.firstOffset);
  const aborting = new Set<number>();
  for (const { chunk, at } of batches) {
    while (ahead.length > 0 && ahead[0]!.firstOffset <= lastOffsetOf(chunk, at)) {
      aborting.add(ahead.shift()!.producerId);
    }
    const producerId = producerIdOf(chunk, at);
    if (isControl(chunk, at)) aborting.delete(producerId);
    else if (!isTransactional(chunk, at) || !aborting.has(producerId)) {
      yield* recordsOf(chunk, at) ?? [];
    }
  }
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
