import type { PartitionLog } from '../log/partition-log.ts';
import type { RecordToWrite } from '../protocol/records/batch-builder.ts';
import { type LogRecord, recordsOf } from '../protocol/records/batch-records.ts';
import { sizeOf } from '../protocol/records/record-batch.ts';

/** A record to be sent. Text is UTF-8. */
export interface NewRecord {
  /** Decides the partition, as with Kafka's own clients, unless `partition` does. Default null. */
  readonly key?: string | Uint8Array | null;
  /** Null is a tombstone. */
  readonly value: string | Uint8Array | null;
  readonly headers?: Readonly<Record<string, string | Uint8Array | null>>;
  /** Default: by key; without one, by turns. */
  readonly partition?: number;
  /** Milliseconds since the Unix epoch; default: the cluster's now. */
  readonly timestamp?: number;
}

/** Where a record went. */
export interface RecordPlace {
  readonly partition: number;
  readonly offset: bigint;
}

/** A record as it stands in the log. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  /** As UTF-8; the bytes themselves are in `keyBytes`. */
  readonly key: string | null;
  readonly value: string | null;
  readonly keyBytes: Uint8Array | null;
  readonly valueBytes: Uint8Array | null;
  /** In their order, since a name may stand twice. */
  readonly headers: readonly { readonly key: string; readonly value: string | null }[];
}

const pieceMaxBytes = 1 << 20;

const toBytes = (value: string | Uint8Array | null): Uint8Array | null =>
  typeof value === 'string' ? Buffer.from(value) : value;

const toText = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString();

/** The log's own bytes are nobody's to keep or to change. */
const copyOf = (bytes: Uint8Array | null): Uint8Array | null =>
  bytes === null ? null : Uint8Array.from(bytes);

export function keyBytesOf({ key = null }: NewRecord): Uint8Array | null {
  return toBytes(key);
}

export function recordToWrite(record: NewRecord, nowMs: number): RecordToWrite {
  return {
    key: keyBytesOf(record),
    value: toBytes(record.value),
    timestampMs: record.timestamp ?? nowMs,
    headers: Object.entries(record.headers ?? {}).map(([key, value]) => ({
      key,
      value: toBytes(value),
    })),
  };
}

/** What consumers see of a log: records below the high watermark, without the log's own markers. */
export function committedRecords(
  log: PartitionLog,
  place: { readonly topic: string; readonly partition: number },
): KafkaRecord[] {
  const found: KafkaRecord[] = [];
  const { highWatermark: untilOffset } = log;
  for (let offset = log.logStartOffset; offset < untilOffset; ) {
    const options = { maxSizeBytes: pieceMaxBytes, untilOffset, atLeastOneBatch: true };
    const { chunks, nextOffset } = log.read(offset, options);
    if (chunks.length === 0) break;
    for (const record of chunks.flatMap(recordsIn)) {
      const isAsked = record.offset >= log.logStartOffset && !record.control;
      if (isAsked) found.push(publicRecord(record, place));
    }
    offset = nextOffset;
  }
  return found;
}

function recordsIn(chunk: Uint8Array): LogRecord[] {
  const records: LogRecord[] = [];
  for (let at = 0; at < chunk.length; at += sizeOf(chunk, at)) {
    records.push(...(recordsOf(chunk, at) ?? []));
  }
  return records;
}

function publicRecord(
  { offset, timestampMs, key, value, headers }: LogRecord,
  { topic, partition }: { readonly topic: string; readonly partition: number },
): KafkaRecord {
  return {
    topic,
    partition,
    offset: BigInt(offset),
    timestamp: timestampMs,
    key: toText(key),
    value: toText(value),
    keyBytes: copyOf(key),
    valueBytes: copyOf(value),
    headers: headers.map((header) => ({ key: header.key, value: toText(header.value) })),
  };
}
