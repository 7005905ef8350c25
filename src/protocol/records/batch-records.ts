import { decompress } from './compression.ts';
import { type RecordHeader, readRecords } from './record.ts';
import {
  baseOffsetOf,
  baseTimestampOf,
  compressionIdOf,
  headerSizeBytes,
  isControl,
  isLogAppendTime,
  leaderEpochOf,
  maxTimestampOf,
  recordCountOf,
  sizeOf,
} from './record-batch.ts';
import { walkRecords } from './record-walk.ts';

/** A record with its place and time in the log. */
export interface LogRecord {
  readonly offset: number;
  readonly timestampMs: number;
  readonly leaderEpoch: number;
  /** A marker of the log's own (end of a transaction), which consumers skip. */
  readonly control: boolean;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

/** The records of the batch at `at`, opened if it is compressed; undefined if its bytes are bad. */
export function recordsOf(bytes: Uint8Array, at: number): LogRecord[] | undefined {
  const end = at + sizeOf(bytes, at);
  const opened = decompress(compressionIdOf(bytes, at), bytes.subarray(at + headerSizeBytes, end));
  if ('problem' in opened) return undefined;
  const count = recordCountOf(bytes, at);
  const baseTimestampMs = baseTimestampOf(bytes, at);
  const size = opened.bytes.length;
  if (!walkRecords(opened.bytes, 0, size, count, baseTimestampMs).wellFormed) return undefined;
  const baseOffset = baseOffsetOf(bytes, at);
  const leaderEpoch = leaderEpochOf(bytes, at);
  const control = isControl(bytes, at);
  const appendTimeMs = isLogAppendTime(bytes, at) ? maxTimestampOf(bytes, at) : undefined;
  return readRecords(opened.bytes, 0, size, count).map((record) => ({
    offset: baseOffset + record.offsetDelta,
    timestampMs: appendTimeMs ?? baseTimestampMs + record.timestampDeltaMs,
    leaderEpoch,
    control,
    key: record.key,
    value: record.value,
    headers: record.headers,
  }));
}
