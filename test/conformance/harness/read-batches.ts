import { type Codec, decompress } from './codecs.ts';
import { crc32c } from './crc32c.ts';

export interface ReadBatch {
  readonly bytes: Buffer;
  readonly baseOffset: number;
  readonly partitionLeaderEpoch: number;
  readonly magic: number;
  readonly crcIsRight: boolean;
  readonly attributes: number;
  readonly codec: Codec;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly count: number;
  readonly records: readonly ReadRecord[];
}

export interface ReadRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[];
}

const codecs: readonly Codec[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** Reads what a Fetch brought. A batch cut short at the end is left out. */
export function readBatches(bytes: Buffer): ReadBatch[] {
  const batches: ReadBatch[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    batches.push(readBatch(bytes.subarray(at, end)));
    at = end;
  }
  return batches;
}

function readBatch(bytes: Buffer): ReadBatch {
  const attributes = bytes.readInt16BE(21);
  const header = {
    bytes,
    baseOffset: int64(bytes, 0),
    partitionLeaderEpoch: bytes.readInt32BE(12),
    magic: bytes.readInt8(16),
    crcIsRight: bytes.readUInt32BE(17) === crc32c(bytes.subarray(21)),
    attributes,
    codec: codecs[attributes & 7]!,
    lastOffsetDelta: bytes.readInt32BE(23),
    baseTimestamp: int64(bytes, 27),
    maxTimestamp: int64(bytes, 35),
    producerId: int64(bytes, 43),
    producerEpoch: bytes.readInt16BE(51),
    baseSequence: bytes.readInt32BE(53),
    count: bytes.readInt32BE(57),
  };
  return { ...header, records: readRecords(header) };
}

function readRecords(header: Omit<ReadBatch, 'records'>): ReadRecord[] {
  const cursor = { bytes: decompress(header.codec, header.bytes.subarray(61)), at: 0 };
  return Array.from({ length: header.count }, () => {
    varint(cursor);
    cursor.at += 1;
    const timestampDelta = varint(cursor);
    const offset = header.baseOffset + varint(cursor);
    const key = sized(cursor);
    const value = sized(cursor);
    const headers = Array.from({ length: varint(cursor) }, () => {
      const name = sized(cursor) ?? '';
      return [name, sized(cursor)] as const;
    });
    const stamped = (header.attributes & 8) !== 0;
    const timestamp = stamped ? header.maxTimestamp : header.baseTimestamp + timestampDelta;
    return { offset, timestamp, key, value, headers };
  });
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

function sized(cursor: Cursor): string | null {
  const length = varint(cursor);
  if (length < 0) return null;
  cursor.at += length;
  return cursor.bytes.toString('utf8', cursor.at - length, cursor.at);
}

function varint(cursor: Cursor): number {
  let raw = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = cursor.bytes.readUInt8(cursor.at++);
    raw |= BigInt(byte & 127) << shift;
    if (byte < 128) return Number((raw >> 1n) ^ -(raw & 1n));
  }
}

function int64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigInt64BE(at));
}
