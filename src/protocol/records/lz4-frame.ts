import { packLz4Block } from './lz4-block.ts';
import { copyLiterals, copyMatch, GrowingOutput } from './output-limit.ts';
import { xxHash32 } from './xx-hash32.ts';

/*
 * lz4js is not used. Its blocks break the rules for their last bytes, so that Java refuses some of
 * them; its frames lack the flag that Java insists on; its reader makes garbage of bad bytes.
 */

const magic = 0x184d2204;
const blockSizes = [0, 0, 0, 0, 0x1_0000, 0x4_0000, 0x10_0000, 0x40_0000];
const independentBlocks = 0x20;
const blockChecksums = 0x10;
const contentSize = 0x08;
const contentChecksum = 0x04;
const dictionaryId = 0x01;

const corrupt = (): never => {
  throw new Error('corrupt lz4 frame');
};

const readUint32 = (b: Uint8Array, at: number): number =>
  at + 4 > b.length
    ? corrupt()
    : (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0;

/** The rest of a length whose nibble was 15; `lengthEnd` is where it ends. */
let lengthEnd = 0;
function readLength(bytes: Uint8Array, at: number, end: number): number {
  let length = 15;
  for (;;) {
    if (at >= end) corrupt();
    const byte = bytes[at++]!;
    length += byte;
    if (byte !== 255) break;
  }
  lengthEnd = at;
  return length;
}

/** One block, which may refer back to all that the frame has unfolded before. */
function readBlock(bytes: Uint8Array, start: number, end: number, output: GrowingOutput): void {
  let at = start;
  for (;;) {
    if (at >= end) corrupt();
    const token = bytes[at++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      literals = readLength(bytes, at, end);
      at = lengthEnd;
    }
    if (literals > end - at) corrupt();
    copyLiterals(bytes, at, output.reserve(literals), output.sizeBytes, literals);
    output.sizeBytes += literals;
    at += literals;
    if (at === end) return;
    if (end - at < 2) corrupt();
    const offset = bytes[at]! | (bytes[at + 1]! << 8);
    at += 2;
    let match = token & 15;
    if (match === 15) {
      match = readLength(bytes, at, end);
      at = lengthEnd;
    }
    match += 4;
    if (offset === 0 || offset > output.sizeBytes) corrupt();
    copyMatch(output.reserve(match), output.sizeBytes, offset, match);
    output.sizeBytes += match;
  }
}

/** Unpacks one lz4 frame: linked or independent blocks, checksums checked where they stand. */
export function readLz4Frame(bytes: Uint8Array, limitBytes: number): Uint8Array {
  if (readUint32(bytes, 0) !== magic || bytes.length < 7) corrupt();
  const flags = bytes[4]!;
  if (flags >>> 6 !== 1 || flags & dictionaryId) corrupt();
  const blockSize = blockSizes[(bytes[5]! >>> 4) & 7]!;
  if (blockSize === 0) corrupt();
  let at = flags & contentSize ? 14 : 6;
  if (at >= bytes.length || ((xxHash32(bytes, 4, at) >>> 8) & 0xff) !== bytes[at]) corrupt();
  at += 1;
  const output = new GrowingOutput(Math.min(blockSize, bytes.length * 4), limitBytes);
  for (;;) {
    const word = readUint32(bytes, at);
    at += 4;
    if (word === 0) break;
    const size = word & 0x7fffffff;
    if (size > bytes.length - at || size > blockSize) corrupt();
    const before = output.sizeBytes;
    if (word >>> 31) output.write(bytes.subarray(at, at + size));
    else readBlock(bytes, at, at + size, output);
    if (output.sizeBytes - before > blockSize) corrupt();
    at += size;
    if (flags & blockChecksums) {
      if (readUint32(bytes, at) !== xxHash32(bytes, at - size, at)) corrupt();
      at += 4;
    }
  }
  const opened = output.finish();
  if (flags & contentChecksum && readUint32(bytes, at) !== xxHash32(opened, 0, opened.length)) {
    corrupt();
  }
  return opened;
}

const writeUint32 = (bytes: Uint8Array, at: number, value: number): void => {
  for (let index = 0; index < 4; index++) bytes[at + index] = value >>> (8 * index);
};

/**
 * Packs into one frame of independent blocks of 64 KiB, without checksums, as Java's client does.
 */
export function writeLz4Frame(bytes: Uint8Array): Uint8Array {
  const blockSize = blockSizes[4]!;
  const blocks = Math.ceil(bytes.length / blockSize);
  const frame = new Uint8Array(7 + bytes.length + blocks * 4 + 4);
  writeUint32(frame, 0, magic);
  frame[4] = 0x40 | independentBlocks;
  frame[5] = 4 << 4;
  frame[6] = xxHash32(frame, 4, 6) >>> 8;
  const packed = new Uint8Array(blockSize + Math.ceil(blockSize / 255) + 16);
  let at = 7;
  for (let start = 0; start < bytes.length; start += blockSize) {
    const block = bytes.subarray(start, start + blockSize);
    const size = packLz4Block(block, packed);
    const plain = size >= block.length;
    const chosen = plain ? block : packed.subarray(0, size);
    writeUint32(frame, at, plain ? chosen.length | 0x80000000 : chosen.length);
    frame.set(chosen, at + 4);
    at += 4 + chosen.length;
  }
  return frame.subarray(0, at + 4);
}
