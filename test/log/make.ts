import { defaultLogConfig, type LogConfig } from '../../src/log/log-config.ts';
import type { LogEvent } from '../../src/log/log-event.ts';
import { PartitionLog } from '../../src/log/partition-log.ts';
import {
  type BatchOptions,
  buildBatch,
  type RecordToWrite,
} from '../../src/protocol/records/batch-builder.ts';
import { recordsOf } from '../../src/protocol/records/batch-records.ts';
import { crc32c } from '../../src/protocol/records/crc32c.ts';
import { sizeOf } from '../../src/protocol/records/record-batch.ts';

export const nowMs = 1_700_000_000_000;

/** A log whose config may be changed at any time, and what it has told. */
export function makeLog(config: Partial<LogConfig> = {}) {
  const configs = { ...defaultLogConfig, verifyTransactions: false, ...config };
  const events: LogEvent[] = [];
  const log = new PartitionLog({ config: () => configs, emit: (event) => events.push(event) });
  return { log, events, configs: configs as { -readonly [K in keyof LogConfig]: LogConfig[K] } };
}

/** A batch of `count` records with keys, in time unless told otherwise. */
export function batchOf(
  count: number,
  record: RecordToWrite = {},
  options: BatchOptions = {},
): Buffer {
  const records = Array.from({ length: count }, (_, index) => ({
    key: Buffer.from(`k${index}`),
    value: Buffer.from(`value ${index}`),
    timestampMs: nowMs,
    ...record,
  }));
  return Buffer.from(buildBatch(records, options));
}

/** The batch with some bytes changed, and a CRC that says it should be so. */
export function edited(batch: Buffer, edit: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(batch);
  edit(bytes);
  bytes.writeUInt32BE(crc32c(bytes, 21, bytes.length), 17);
  return bytes;
}

/** Every record in some chunks. */
export function recordsIn(chunks: readonly Uint8Array[]) {
  return chunks.flatMap((chunk) => {
    const records = [];
    for (let at = 0; at < chunk.length; at += sizeOf(chunk, at)) {
      records.push(...recordsOf(chunk, at)!);
    }
    return records;
  });
}

/** Everything a log holds, from its start to its end, in reads of one batch or of many. */
export function readAll(log: PartitionLog, maxSizeBytes = 1) {
  const all = [];
  for (let offset = log.logStartOffset; offset < log.logEndOffset; ) {
    const { chunks, nextOffset } = log.read(offset, {
      maxSizeBytes,
      untilOffset: log.logEndOffset,
      atLeastOneBatch: true,
    });
    if (nextOffset === offset) break;
    all.push(...recordsIn(chunks));
    offset = nextOffset;
  }
  return all;
}
