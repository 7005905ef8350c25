import { Decompress } from 'fzstd';
import { GrowingOutput, OutputTooLarge } from './output-limit.ts';

/** Larger windows are refused, as by zstd's own decoder unless told otherwise. */
const windowSizeMaxBytes = 2 ** 27;
/**
 * fzstd moves its whole window once per block; a frame of tiny blocks could keep it busy for ever.
 */
const movedBytesMax = 2 ** 32;

interface Frame {
  readonly windowSizeBytes: number;
  readonly blockCount: number;
}

/** Reads the headers of the first frame and of its blocks, and nothing else. */
function scanFrame(bytes: Uint8Array): Frame {
  const descriptor = bytes[4] ?? 0;
  const singleSegment = (descriptor & 0x20) !== 0;
  const contentSizeAt = (singleSegment ? 5 : 6) + [0, 1, 2, 4][descriptor & 3]!;
  const sizeFlag = descriptor >>> 6;
  const contentSizeBytes = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 1 << sizeFlag;
  let windowSizeBytes = sizeFlag === 1 ? 256 : 0;
  if (singleSegment) {
    for (let index = 0; index < contentSizeBytes; index++) {
      windowSizeBytes += (bytes[contentSizeAt + index] ?? 0) * 2 ** (8 * index);
    }
  } else {
    const base = 2 ** (10 + ((bytes[5] ?? 0) >>> 3));
    windowSizeBytes = base + (base / 8) * ((bytes[5] ?? 0) & 7);
  }
  let blockCount = 0;
  let at = contentSizeAt + contentSizeBytes;
  for (let last = 0; last === 0 && at + 3 <= bytes.length; blockCount++) {
    const header = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    last = header & 1;
    const repeated = ((header >>> 1) & 3) === 1;
    at += 3 + (repeated ? 1 : header >>> 3);
  }
  return { windowSizeBytes, blockCount };
}

/** Reads zstd where Node cannot (before 22.15). It throws on bad bytes. */
export function readZstd(bytes: Uint8Array, limitBytes: number): Uint8Array {
  const { windowSizeBytes, blockCount } = scanFrame(bytes);
  if (windowSizeBytes > Math.min(windowSizeMaxBytes, limitBytes)) throw new OutputTooLarge();
  if (windowSizeBytes * blockCount > movedBytesMax) throw new OutputTooLarge();
  const output = new GrowingOutput(bytes.length * 4, limitBytes);
  const stream = new Decompress((chunk) => output.write(chunk));
  stream.push(bytes, true);
  return output.finish();
}

const magicNumber = 0xfd2fb528;
/** A single segment, with its size in four bytes. */
const descriptor = 0xa0;
const blockSizeMaxBytes = 2 ** 17;

/**
 * Writes a zstd frame where Node cannot (before 22.15): valid for every reader, and made of stored
 * blocks, so nothing gets smaller (RFC 8878, 3.1.1).
 */
export function writeStoredZstd(bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(9);
  header.writeUInt32LE(magicNumber, 0);
  header[4] = descriptor;
  header.writeUInt32LE(bytes.length, 5);
  const parts: Uint8Array[] = [header];
  let at = 0;
  do {
    const block = bytes.subarray(at, at + blockSizeMaxBytes);
    at += block.length;
    const isLast = at === bytes.length ? 1 : 0;
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE((block.length << 3) | isLast, 0, 3);
    parts.push(blockHeader, block);
  } while (at < bytes.length);
  return Buffer.concat(parts);
}
