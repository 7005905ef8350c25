import { ErrorCode } from '../protocol/error-code.ts';
import {
  baseOffsetOf,
  headerSizeBytes,
  isCrcValid,
  lastOffsetOf,
  magicOf,
  prefixSizeBytes,
  sizeOf,
} from '../protocol/records/record-batch.ts';
import { isVerifiedBlock } from './block-arena.ts';

/** What a follower has to know of fetched bytes before it takes them. */
export interface FetchedBatches {
  readonly errorCode: ErrorCode;
  readonly count: number;
  /** Of whole batches; a part of one at the end of a chunk does not count. */
  readonly sizeBytes: number;
  /** Base and last offset of the first batch. */
  readonly baseOffset: number;
  readonly firstLastOffset: number;
}

const bad = (errorCode: ErrorCode): FetchedBatches => ({
  errorCode,
  count: 0,
  sizeBytes: 0,
  baseOffset: -1,
  firstLastOffset: -1,
});

/**
 * Checks fetched bytes as bytes are checked: sizes, magic, growing offsets, CRC. The CRC is skipped
 * for bytes that lie in a leader's own block, in this process: they were checked when they came in,
 * and nobody writes to them since. Bytes that a fault has changed are copies, and are checked.
 */
export function checkFetched(chunks: readonly Uint8Array[]): FetchedBatches {
  let count = 0;
  let sizeBytes = 0;
  let baseOffset = -1;
  let firstLastOffset = -1;
  let lastOffset = -1;
  for (const chunk of chunks) {
    const verified = isVerifiedBlock(chunk.buffer);
    for (let at = 0; chunk.length - at >= prefixSizeBytes; ) {
      const size = sizeOf(chunk, at);
      if (size < headerSizeBytes) return bad(ErrorCode.CORRUPT_MESSAGE);
      if (size > chunk.length - at) break;
      if (magicOf(chunk, at) !== 2) return bad(ErrorCode.CORRUPT_MESSAGE);
      if (!verified && !isCrcValid(chunk, at, size)) return bad(ErrorCode.CORRUPT_MESSAGE);
      const first = baseOffsetOf(chunk, at);
      const last = lastOffsetOf(chunk, at);
      if (first <= lastOffset || last < first) return bad(ErrorCode.OFFSET_OUT_OF_RANGE);
      if (count === 0) {
        baseOffset = first;
        firstLastOffset = last;
      }
      lastOffset = last;
      count++;
      sizeBytes += size;
      at += size;
    }
  }
  return { errorCode: ErrorCode.NONE, count, sizeBytes, baseOffset, firstLastOffset };
}
