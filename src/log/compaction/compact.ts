import { type LogRecord, recordsOf } from '../../protocol/records/batch-records.ts';
import {
  baseOffsetOf,
  baseTimestampOf,
  hasDeleteHorizon,
  isControl,
  lastOffsetOf,
  maxTimestampOf,
  recordCountOf,
} from '../../protocol/records/record-batch.ts';
import { retainedBatch } from '../../protocol/records/retained-batch.ts';
import { BlockArena } from '../block-arena.ts';
import { Segment } from '../segment.ts';
import type { DecidedTransactions } from './decided-transactions.ts';

interface Compaction {
  /** All that are to be compacted; those from `firstDirty` on have not been before. */
  readonly segments: readonly Segment[];
  readonly firstDirty: number;
  readonly transactions: DecidedTransactions;
  /** Whether the state of its producer follows from this batch. */
  readonly isLastOfProducer: (batch: Uint8Array) => boolean;
  readonly segmentBytes: number;
  readonly deleteRetentionMs: number;
  readonly nowMs: number;
}

interface Compacted {
  readonly segments: Segment[];
  /** Offsets of markers that are there no more, or say nothing any more. */
  readonly markersGone: ReadonlySet<number>;
}

const nameOf = (key: Uint8Array): string =>
  Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');

/**
 * The same segments with each key's latest record alone, copied, so that the memory of the others
 * goes. Offsets stay what they are. Tombstones, and markers without a transaction, stay for
 * `delete.retention.ms` after the first time; the last batch of all and that of each producer
 * always, be it empty: where the log ends is in it, and what the producer is to write next.
 */
export function compact(compaction: Compaction): Compacted {
  const { segments, segmentBytes } = compaction;
  const latest = latestOffsets(compaction);
  const lastOffset = segments.at(-1)!.lastOffsetAt(segments.at(-1)!.count - 1);
  const arena = new BlockArena();
  let compacted = new Segment(segments[0]!.baseOffset);
  const all = [compacted];
  const markersGone = new Set<number>();
  for (const segment of segments) {
    for (let index = 0; index < segment.count; index++) {
      const batch = segment.batchAt(index);
      const isLast = lastOffsetOf(batch, 0) === lastOffset;
      const bytes = retained(batch, isLast, latest, compaction);
      const isEmpty = bytes === undefined || recordCountOf(bytes, 0) === 0;
      if (isEmpty && isControl(batch, 0)) markersGone.add(baseOffsetOf(batch, 0));
      if (bytes === undefined) continue;
      const baseOffset = baseOffsetOf(bytes, 0);
      const isFull = compacted.count > 0 && compacted.sizeBytes > segmentBytes - bytes.length;
      if (isFull || !compacted.hasRoomFor(lastOffsetOf(bytes, 0), bytes.length)) {
        compacted = new Segment(baseOffset);
        all.push(compacted);
      }
      const at = arena.reserve(bytes.length);
      arena.block.set(bytes, at);
      const timestampMs = maxTimestampOf(bytes, 0);
      const { lastAppendMs } = segment;
      compacted.append(arena.block, at, bytes.length, baseOffset, timestampMs, lastAppendMs);
    }
  }
  return { segments: all, markersGone };
}

/** By key, where its latest record among the dirty ones is. */
function latestOffsets(compaction: Compaction): ReadonlyMap<string, number> {
  const { segments, firstDirty } = compaction;
  const { aborted } = compaction.transactions;
  const latest = new Map<string, number>();
  for (const segment of segments.slice(firstDirty)) {
    for (let index = 0; index < segment.count; index++) {
      const batch = segment.batchAt(index);
      if (isControl(batch, 0) || aborted.has(baseOffsetOf(batch, 0))) continue;
      for (const { key, offset } of recordsOf(batch, 0) ?? []) {
        if (key !== null) latest.set(nameOf(key), offset);
      }
    }
  }
  return latest;
}

/** What stays of a batch; undefined: nothing. */
function retained(
  batch: Uint8Array,
  isLast: boolean,
  latest: ReadonlyMap<string, number>,
  { transactions, isLastOfProducer, deleteRetentionMs, nowMs }: Compaction,
): Uint8Array | undefined {
  const horizonMs = hasDeleteHorizon(batch, 0) ? baseTimestampOf(batch, 0) : undefined;
  const isPastHorizon = horizonMs !== undefined && nowMs >= horizonMs;
  const isHollow = transactions.hollowMarkers.has(baseOffsetOf(batch, 0));
  const isAborted = transactions.aborted.has(baseOffsetOf(batch, 0));
  const stays = ({ key, value, offset }: LogRecord) => {
    if (isControl(batch, 0)) return !(isHollow && isPastHorizon);
    const isLatest = key !== null && offset >= (latest.get(nameOf(key)) ?? -1);
    return isLatest && !isAborted && (value !== null || !isPastHorizon);
  };
  const all = recordsOf(batch, 0) ?? [];
  const records = all.filter(stays);
  if (records.length === 0) {
    return isLast || isLastOfProducer(batch) ? retainedBatch(batch, []) : undefined;
  }
  const mayGoLater = isHollow || records.some(({ value }) => value === null);
  const isNewHorizon = horizonMs === undefined && mayGoLater;
  if (records.length === all.length && !isNewHorizon) return batch;
  return retainedBatch(batch, records, isNewHorizon ? nowMs + deleteRetentionMs : horizonMs);
}
