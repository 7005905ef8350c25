// As much of Kafka's wire as the bench speaks itself: integers, strings and frames of the
// versions that have plain headers, and what the one message needs that has no such version.

export class Writer {
  constructor(sizeBytes = 512) {
    this.bytes = Buffer.allocUnsafe(sizeBytes);
    this.at = 4; // behind the frame's own size
  }
  int8(value) {
    this.at = this.bytes.writeInt8(value, this.at);
    return this;
  }
  int16(value) {
    this.at = this.bytes.writeInt16BE(value, this.at);
    return this;
  }
  int32(value) {
    this.at = this.bytes.writeInt32BE(value, this.at);
    return this;
  }
  int64(value) {
    this.at = this.bytes.writeBigInt64BE(BigInt(value), this.at);
    return this;
  }
  string(value) {
    if (value === null) return this.int16(-1);
    this.int16(value.length);
    this.at += this.bytes.latin1Write(value, this.at);
    return this;
  }
  uvarint(value) {
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.bytes[this.at++] = (rest & 127) | 128;
    this.bytes[this.at++] = rest;
    return this;
  }
  /** A string of a flexible version; null has the length 0. */
  compact(value) {
    if (value === null) return this.uvarint(0);
    this.uvarint(value.length + 1);
    this.at += this.bytes.latin1Write(value, this.at);
    return this;
  }
  /** Bytes behind their size. */
  sized(bytes) {
    return this.int32(bytes.length).raw(bytes);
  }
  raw(bytes) {
    this.at += bytes.copy(this.bytes, this.at);
    return this;
  }
  /** The frame; `restBytes` of it are sent separately. */
  frame(restBytes = 0) {
    this.bytes.writeInt32BE(this.at - 4 + restBytes, 0);
    return this.bytes.subarray(0, this.at);
  }
}

export class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  int8() {
    return this.bytes[this.at++];
  }
  int16() {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }
  int32() {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }
  int64() {
    this.at += 8;
    return Number(this.bytes.readBigInt64BE(this.at - 8));
  }
  string() {
    const size = Math.max(0, this.int16());
    this.at += size;
    return this.bytes.latin1Slice(this.at - size, this.at);
  }
  uvarint() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
  compact() {
    const size = Math.max(0, this.uvarint() - 1);
    this.at += size;
    return this.bytes.latin1Slice(this.at - size, this.at);
  }
  sized() {
    const size = this.int32();
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }
  skip(sizeBytes) {
    this.at += sizeBytes;
    return this;
  }
  /** `read` once per element of an array. */
  array(read) {
    return Array.from({ length: Math.max(0, this.int32()) }, (_, index) => read(index));
  }
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc;
});

function crc32c(bytes) {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255];
  return ~crc;
}

function varint(value) {
  const bytes = [];
  let rest = value * 2;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** A record batch of `count` records with a value of `sizeBytes` and nothing else. */
export function recordBatch(count, sizeBytes) {
  const records = [];
  const value = Buffer.alloc(sizeBytes, 'x');
  for (let offset = 0; offset < count; offset++) {
    const head = [Buffer.from([0, 0]), varint(offset), Buffer.from([1]), varint(sizeBytes)];
    const record = Buffer.concat([...head, value, Buffer.from([0])]);
    records.push(varint(record.length), record);
  }
  const batch = Buffer.concat([Buffer.alloc(61), ...records]);
  const now = BigInt(Date.now());
  batch.writeInt32BE(batch.length - 12, 8);
  batch[16] = 2; // magic
  batch.writeInt32BE(count - 1, 23);
  batch.writeBigInt64BE(now, 27);
  batch.writeBigInt64BE(now, 35);
  batch.fill(255, 43, 57); // no producer id, epoch or sequence
  batch.writeInt32BE(count, 57);
  batch.writeInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}
