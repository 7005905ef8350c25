import { type Codec, compress } from './codecs.ts';
import { crc32c } from './crc32c.ts';

interface RecordInput {
  readonly key?: string | null;
  readonly value?: string | Uint8Array | null;
  /** Milliseconds; the batch's first timestamp when left out. */
  readonly timestamp?: number;
  readonly headers?: readonly (readonly [string, string | null])[];
  /** What the record claims; its place in the batch when left out. */
  readonly offsetDelta?: number;
}

/** Every field of a batch header that a test may want to be wrong. */
export interface BatchFields {
  readonly baseOffset?: number;
  readonly partitionLeaderEpoch?: number;
  readonly magic?: number;
  readonly crc?: number;
  readonly attributes?: number;
  readonly lastOffsetDelta?: number;
  readonly baseTimestamp?: number;
  readonly maxTimestamp?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly count?: number;
  readonly codec?: Codec;
  /** Replaces the bytes after the header. */
  readonly payload?: Uint8Array;
}

const headerSizeBytes = 61;
const codecIds: Record<Codec, number> = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 };

/** Flags of the attributes field. */
export const attributes = { logAppendTime: 8, transactional: 16, control: 32 } as const;

/**
 * A record batch, magic 2, written field by field and without the code under test. The CRC is right
 * for whatever the fields say, unless `crc` is given.
 */
export function batch(records: readonly RecordInput[], fields: BatchFields = {}): Buffer {
  const now = Date.now();
  const baseTimestamp = fields.baseTimestamp ?? records[0]?.timestamp ?? now;
  const times = records.map((record) => record.timestamp ?? baseTimestamp);
  const codec = fields.codec ?? 'none';
  const plain = Buffer.concat(
    records.map((record, index) => encodeRecord(record, index, times[index]! - baseTimestamp)),
  );
  const payload = fields.payload ?? compress(codec, plain);
  const bytes = Buffer.alloc(headerSizeBytes + payload.length);
  bytes.writeBigInt64BE(BigInt(fields.baseOffset ?? 0), 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt32BE(fields.partitionLeaderEpoch ?? -1, 12);
  bytes.writeInt8(fields.magic ?? 2, 16);
  bytes.writeInt16BE((fields.attributes ?? 0) | codecIds[codec], 21);
  bytes.writeInt32BE(fields.lastOffsetDelta ?? records.length - 1, 23);
  bytes.writeBigInt64BE(BigInt(baseTimestamp), 27);
  bytes.writeBigInt64BE(BigInt(fields.maxTimestamp ?? Math.max(baseTimestamp, ...times)), 35);
  bytes.writeBigInt64BE(BigInt(fields.producerId ?? -1), 43);
  bytes.writeInt16BE(fields.producerEpoch ?? -1, 51);
  bytes.writeInt32BE(fields.baseSequence ?? -1, 53);
  bytes.writeInt32BE(fields.count ?? records.length, 57);
  bytes.set(payload, headerSizeBytes);
  bytes.writeUInt32BE(fields.crc ?? crc32c(bytes.subarray(21)), 17);
  return bytes;
}

/** One record `{ value }` per argument. */
export function values(...texts: readonly string[]): Buffer {
  return batch(texts.map((value) => ({ value })));
}

function encodeRecord(record: RecordInput, index: number, timestampDelta: number): Buffer {
  const headers = record.headers ?? [];
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(timestampDelta),
    varint(record.offsetDelta ?? index),
    sized(record.key ?? null),
    sized(record.value ?? null),
    varint(headers.length),
    ...headers.flatMap(([name, value]) => [sized(name), sized(value)]),
  ]);
  return Buffer.concat([varint(body.length), body]);
}

function sized(content: string | Uint8Array | null): Buffer {
  if (content === null) return varint(-1);
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(bytes.length), bytes]);
}

/** Zigzag, seven bits a byte. BigInt, because a timestamp delta may need 64 bits. */
function varint(value: number): Buffer {
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
