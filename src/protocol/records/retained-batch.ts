import type { LogRecord } from './batch-records.ts';
import { compress, compressionTypes } from './compression.ts';
import { recordsSize, writeRecords } from './record.ts';
import {
  baseOffsetOf,
  baseSequenceOf,
  compressionIdOf,
  headerSizeBytes,
  isControl,
  isLogAppendTime,
  isTransactional,
  lastOffsetDeltaOf,
  leaderEpochOf,
  maxTimestampOf,
  producerEpochOf,
  producerIdOf,
  writeHeader,
} from './record-batch.ts';

/**
 * The batch with some of its records left. It keeps its range of offsets, and what it says of its
 * producer, so that it stands for the same in the log; without any records it is a header.
 */
export function retainedBatch(
  batch: Uint8Array,
  records: readonly LogRecord[],
  deleteHorizonMs?: number,
): Uint8Array {
  const baseOffset = baseOffsetOf(batch, 0);
  const isStampedByLog = isLogAppendTime(batch, 0);
  const firstTimestampMs = records[0]?.timestampMs ?? -1;
  // The field has two meanings, which the flag tells apart (KIP-534).
  const baseTimestampMs = deleteHorizonMs ?? firstTimestampMs;
  const relative = records.map(({ offset, timestampMs, key, value, headers }) => ({
    offsetDelta: offset - baseOffset,
    timestampDeltaMs: timestampMs - baseTimestampMs,
    ...{ key, value, headers },
  }));
  const plain = new Uint8Array(recordsSize(relative));
  writeRecords(plain, 0, relative);
  const compressionId = records.length === 0 ? 0 : compressionIdOf(batch, 0);
  const packed = compress(compressionTypes[compressionId]!, plain);
  const bytes = new Uint8Array(headerSizeBytes + packed.length);
  bytes.set(packed, headerSizeBytes);
  const greatestMs = records.reduce((most, { timestampMs }) => Math.max(most, timestampMs), -1);
  writeHeader(bytes, 0, {
    baseOffset,
    sizeBytes: bytes.length,
    leaderEpoch: leaderEpochOf(batch, 0),
    compressionId,
    logAppendTime: isStampedByLog,
    transactional: isTransactional(batch, 0),
    control: isControl(batch, 0),
    deleteHorizon: deleteHorizonMs !== undefined,
    lastOffsetDelta: lastOffsetDeltaOf(batch, 0),
    baseTimestampMs,
    maxTimestampMs: isStampedByLog || records.length === 0 ? maxTimestampOf(batch, 0) : greatestMs,
    producerId: producerIdOf(batch, 0),
    producerEpoch: producerEpochOf(batch, 0),
    baseSequence: baseSequenceOf(batch, 0),
    recordCount: records.length,
  });
  return bytes;
}
