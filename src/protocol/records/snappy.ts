import { compress as compressBlock } from 'snappyjs';
import { readInt32, writeInt32 } from './int64.ts';
import { copyLiterals, copyMatch, GrowingOutput, OutputTooLarge } from './output-limit.ts';

/*
 * snappyjs writes, but does not read here: on hostile bytes its reader loops for ever (a literal of
 * negative length), writes out of bounds without a word, and calls short output whole.
 */

const corrupt = (): never => {
  throw new Error('corrupt snappy block');
};

function readLittleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = 0; index < count; index++) value += bytes[at + index]! * 2 ** (8 * index);
  return value;
}

/** The length a block says it unfolds to, and where its elements start. */
function readPreamble(bytes: Uint8Array, start: number, end: number): [number, number] {
  let length = 0;
  for (let at = start, scale = 1; at < end && at < start + 5; at++, scale *= 128) {
    length += (bytes[at]! & 0x7f) * scale;
    if (bytes[at]! < 0x80) return [length, at + 1];
  }
  return corrupt();
}

/** One raw snappy block: bytes[start, end). */
function readBlock(bytes: Uint8Array, start: number, end: number, output: GrowingOutput): void {
  const [length, elementsAt] = readPreamble(bytes, start, end);
  // An element of three bytes unfolds to 64 at most: do not believe a longer claim.
  if (length > (end - elementsAt) * 64) corrupt();
  const out = output.reserve(length);
  const first = output.sizeBytes;
  const last = first + length;
  let to = first;
  let at = elementsAt;
  while (at < end) {
    const tag = bytes[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let count = tag >>> 2;
      if (count >= 60) {
        const extra = count - 59;
        if (extra > end - at) corrupt();
        count = readLittleEndian(bytes, at, extra);
        at += extra;
      }
      count += 1;
      if (count > end - at || count > last - to) corrupt();
      copyLiterals(bytes, at, out, to, count);
      at += count;
      to += count;
    } else {
      const extra = kind === 3 ? 4 : kind;
      if (extra > end - at) corrupt();
      const low = readLittleEndian(bytes, at, extra);
      at += extra;
      const count = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
      const offset = kind === 1 ? low + ((tag >>> 5) << 8) : low;
      if (offset === 0 || offset > to - first || count > last - to) corrupt();
      copyMatch(out, to, offset, count);
      to += count;
    }
  }
  if (to !== last) corrupt();
  output.sizeBytes = last;
}

/** What xerial's stream starts with; then version and compatible version, 4 bytes each. */
const xerialMagic = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00];
const xerialHeaderSize = 16;

/** Snappy as clients send it: xerial's stream of blocks (Java), or one raw block (librdkafka). */
export function readSnappy(bytes: Uint8Array, limitBytes: number): Uint8Array {
  if (!xerialMagic.every((byte, index) => bytes[index] === byte)) {
    const [length] = readPreamble(bytes, 0, bytes.length);
    if (length > limitBytes) throw new OutputTooLarge();
    const output = new GrowingOutput(Math.min(length, bytes.length * 64), limitBytes);
    readBlock(bytes, 0, bytes.length, output);
    return output.finish();
  }
  const output = new GrowingOutput(bytes.length * 4, limitBytes);
  let at = xerialHeaderSize;
  while (at < bytes.length) {
    if (bytes.length - at < 4) corrupt();
    const size = readInt32(bytes, at);
    at += 4;
    if (size < 0 || size > bytes.length - at) corrupt();
    readBlock(bytes, at, at + size, output);
    at += size;
  }
  return output.finish();
}

const xerialBlockSize = 32 * 1024;

/** Packs as Java's client does: xerial's stream, blocks of 32 KiB. */
export function writeSnappy(bytes: Uint8Array): Uint8Array {
  const header = new Uint8Array(xerialHeaderSize);
  header.set(xerialMagic);
  writeInt32(header, 8, 1);
  writeInt32(header, 12, 1);
  const chunks: Uint8Array[] = [header];
  for (let start = 0; start < bytes.length; start += xerialBlockSize) {
    const packed = compressBlock(bytes.subarray(start, start + xerialBlockSize));
    const sizeBytes = new Uint8Array(4);
    writeInt32(sizeBytes, 0, packed.length);
    chunks.push(sizeBytes, packed);
  }
  return Buffer.concat(chunks);
}
