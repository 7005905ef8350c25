import { assert } from '../../assert.ts';
import { type CompressionType, compress, compressionTypes } from './compression.ts';
import { type BatchRecord, type RecordHeader, recordsSize, writeRecords } from './record.ts';
import { headerSizeBytes, writeHeader } from './record-batch.ts';

/** A record to be written; what is left out is null, empty, or without a timestamp (-1). */
export interface RecordToWrite {
  readonly key?: Uint8Array | null;
  readonly value?: Uint8Array | null;
  readonly headers?: readonly RecordHeader[];
  readonly timestampMs?: number;
  /** Its place in the batch; default its index. */
  readonly offsetDelta?: number;
}

export interface BatchOptions {
  readonly compressionType?: CompressionType;
  /** Of the batch. Default 0, which is what a client has to send. */
  readonly baseOffset?: number;
  readonly leaderEpoch?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly transactional?: boolean;
  readonly control?: boolean;
  /** The time at which the log took the batch; makes it a LogAppendTime batch. */
  readonly logAppendTimeMs?: number;
}

/** One batch of magic 2 with a valid CRC. */
export function buildBatch(
  records: readonly RecordToWrite[],
  options: BatchOptions = {},
): Uint8Array {
  assert(records.length > 0, 'a batch holds at least one record');
  const baseTimestampMs = records[0]!.timestampMs ?? -1;
  let maxTimestampMs = -1;
  const relative = records.map((record, index): BatchRecord => {
    const timestampMs = record.timestampMs ?? -1;
    maxTimestampMs = Math.max(maxTimestampMs, timestampMs);
    return {
      offsetDelta: record.offsetDelta ?? index,
      timestampDeltaMs: timestampMs - baseTimestampMs,
      key: record.key ?? null,
      value: record.value ?? null,
      headers: record.headers ?? [],
    };
  });
  const type = options.compressionType ?? 'none';
  const room = new Uint8Array(headerSizeBytes + recordsSize(relative));
  writeRecords(room, headerSizeBytes, relative);
  const packed = type === 'none' ? room : packRecords(room, type);
  writeHeader(packed, 0, {
    baseOffset: options.baseOffset ?? 0,
    sizeBytes: packed.length,
    leaderEpoch: options.leaderEpoch ?? -1,
    compressionId: compressionTypes.indexOf(type),
    logAppendTime: options.logAppendTimeMs !== undefined,
    transactional: options.transactional ?? false,
    control: options.control ?? false,
    lastOffsetDelta: relative.at(-1)!.offsetDelta,
    baseTimestampMs,
    maxTimestampMs: options.logAppendTimeMs ?? maxTimestampMs,
    producerId: options.producerId ?? -1,
    producerEpoch: options.producerEpoch ?? -1,
    baseSequence: options.baseSequence ?? -1,
    recordCount: relative.length,
  });
  return packed;
}

function packRecords(room: Uint8Array, type: CompressionType): Uint8Array {
  const packed = compress(type, room.subarray(headerSizeBytes));
  const batch = new Uint8Array(headerSizeBytes + packed.length);
  batch.set(packed, headerSizeBytes);
  return batch;
}
