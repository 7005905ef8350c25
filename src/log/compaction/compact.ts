import { type LogRecord, recordsOf } from '../../protocol/records/batch-records.ts';
import {
  baseOffsetOf,
  baseTimestampOf,
  hasDeleteHorizon,
  isControl,
  lastOffsetOf,
  maxTimestampOf,
  producerIdOf,
} from '../../protocol/records/record-batch.ts';
import { retainedBatch } from '../../protocol/records/retained-batch.ts';
import { BlockArena } from '../block-arena.ts';
import { Segment } from '../segment.ts';

interface Compaction {
  /** All that are to be compacted; those from `firstDirty` on have not been before. */
  readonly segments: readonly Segment[];
  readonly firstDirty: number;
  /** Base offsets of batches whose transaction was aborted. */
  readonly aborted: ReadonlySet<number>;
  /** Last offsets of the batches from which the next sequence number of a producer follows. */
  readonly lastOfProducers: ReadonlySet<number>;
  readonly segmentBytes: number;
  readonly deleteRetentionMs: number;
  readonly nowMs: number;
}

const nameOf = (key: Uint8Array): string =>
  Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');

/**
 * The same segments with each key's latest record alone, copied, so that the memory of the others
 * goes. Offsets stay what they are. Tombstones stay for `delete.retention.ms` after the first time,
 * control batches for ever, and the last batch always, be it empty: where the log ends is in it.
 */
export function compact(compaction: Compaction): Segment[] {
  const { segments, segmentBytes } = compaction;
  const latest = latestOffsets(compaction);
  const lastOffset = segments.at(-1)!.lastOffsetAt(segments.at(-1)!.count - 1);
  const arena = new BlockArena();
  let compacted = new Segment(segments[0]!.baseOffset);
  const all = [compacted];
  for (const segment of segments) {
    for (let index = 0; index < segment.count; index++) {
      const batch = segment.batchAt(index);
      const isLast = lastOffsetOf(batch, 0) === lastOffset;
      const bytes = retained(batch, isLast, latest, compaction);
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
  return all;
}

/** By key, where its latest record among the dirty ones is. */
function latestOffsets({ segments, firstDirty, aborted }: Compaction): ReadonlyMap<string, number> {
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
  { aborted, lastOfProducers, deleteRetentionMs, nowMs }: Compaction,
): Uint8Array | undefined {
  if (isControl(batch, 0)) return batch;
  const horizonMs = hasDeleteHorizon(batch, 0) ? baseTimestampOf(batch, 0) : undefined;
  const mayTombstonesGo = horizonMs !== undefined && nowMs >= horizonMs;
  const stays = ({ key, value, offset }: LogRecord) =>
    key !== null &&
    offset >= (latest.get(nameOf(key)) ?? -1) &&
    (value !== null || !mayTombstonesGo);
  const all = recordsOf(batch, 0) ?? [];
  const records = aborted.has(baseOffsetOf(batch, 0)) ? [] : all.filter(stays);
  if (records.length === 0) {
    const isLastOfProducer =
      producerIdOf(batch, 0) >= 0 && lastOfProducers.has(lastOffsetOf(batch, 0));
    return isLast || isLastOfProducer ? retainedBatch(batch, []) : undefined;
  }
  const isNewHorizon = horizonMs === undefined && records.some(({ value }) => value === null);
  if (records.length === all.length && !isNewHorizon) return batch;
  return retainedBatch(batch, records, isNewHorizon ? nowMs + deleteRetentionMs : horizonMs);
}
