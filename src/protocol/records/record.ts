import { assert } from '../../assert.ts';
import {
  malformed,
  readVarint,
  readVarlong,
  varintEnd,
  varintSize,
  varlongSize,
  writeVarint,
  writeVarlong,
} from './varint.ts';

export interface RecordHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** A record as it stands in its batch: offset and time are relative to the batch's. */
export interface BatchRecord {
  readonly offsetDelta: number;
  readonly timestampDeltaMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

const noHeaders: readonly RecordHeader[] = [];

class RecordReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  at: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.#end = end;
    this.at = at;
  }

  varint(): number {
    const value = readVarint(this.#bytes, this.at, this.#end);
    assert(varintEnd !== malformed, 'records were walked before they are read');
    this.at = varintEnd;
    return value;
  }

  varlong(): number {
    const value = readVarlong(this.#bytes, this.at, this.#end);
    assert(varintEnd !== malformed, 'records were walked before they are read');
    this.at = varintEnd;
    return value;
  }

  nullableBytes(): Uint8Array | null {
    const sizeBytes = this.varint();
    if (sizeBytes < 0) return null;
    this.at += sizeBytes;
    return this.#bytes.subarray(this.at - sizeBytes, this.at);
  }

  headers(): readonly RecordHeader[] {
    const count = this.varint();
    if (count === 0) return noHeaders;
    const headers: RecordHeader[] = [];
    for (let index = 0; index < count; index++) {
      const key = Buffer.from(this.nullableBytes()!).toString('utf8');
      headers.push({ key, value: this.nullableBytes() });
    }
    return headers;
  }
}

/** The records in bytes[start, end), which a walk has found to be well formed. Values are views. */
export function readRecords(
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
): BatchRecord[] {
  const reader = new RecordReader(bytes, start, end);
  const records: BatchRecord[] = [];
  for (let index = 0; index < count; index++) {
    reader.varint(); // size
    reader.at += 1; // attributes, of which records have none
    const timestampDeltaMs = reader.varlong();
    const offsetDelta = reader.varint();
    const key = reader.nullableBytes();
    const value = reader.nullableBytes();
    records.push({ offsetDelta, timestampDeltaMs, key, value, headers: reader.headers() });
  }
  return records;
}

const nullableSize = (value: Uint8Array | null): number =>
  value === null ? 1 : varintSize(value.length) + value.length;

function bodySize(record: BatchRecord): number {
  let size =
    1 +
    varlongSize(record.timestampDeltaMs) +
    varintSize(record.offsetDelta) +
    nullableSize(record.key) +
    nullableSize(record.value) +
    varintSize(record.headers.length);
  for (const { key, value } of record.headers) {
    const keySize = Buffer.byteLength(key);
    size += varintSize(keySize) + keySize + nullableSize(value);
  }
  return size;
}

function writeNullable(bytes: Uint8Array, at: number, value: Uint8Array | null): number {
  if (value === null) return writeVarint(bytes, at, -1);
  const start = writeVarint(bytes, at, value.length);
  bytes.set(value, start);
  return start + value.length;
}

/** Room that the records take, size prefixes included. */
export function recordsSize(records: readonly BatchRecord[]): number {
  let size = 0;
  for (const record of records) {
    const body = bodySize(record);
    size += varintSize(body) + body;
  }
  return size;
}

/** Writes the records from `at` on; there must be room. Returns the position after the last. */
export function writeRecords(
  bytes: Uint8Array,
  at: number,
  records: readonly BatchRecord[],
): number {
  for (const record of records) {
    at = writeVarint(bytes, at, bodySize(record));
    bytes[at++] = 0;
    at = writeVarlong(bytes, at, record.timestampDeltaMs);
    at = writeVarint(bytes, at, record.offsetDelta);
    at = writeNullable(bytes, at, record.key);
    at = writeNullable(bytes, at, record.value);
    at = writeVarint(bytes, at, record.headers.length);
    for (const { key, value } of record.headers) {
      at = writeNullable(bytes, at, Buffer.from(key));
      at = writeNullable(bytes, at, value);
    }
  }
  return at;
}
