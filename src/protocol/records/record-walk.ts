import { malformed, readVarint, readVarlong, varintEnd } from './varint.ts';

/** What a walk over the records of one batch has found out. */
export interface RecordWalk {
  /** Every record has the structure it claims, and together they fill the range exactly. */
  readonly wellFormed: boolean;
  /** -1 if no record has a timestamp above that. */
  readonly maxTimestampMs: number;
  /** Over the records that have a timestamp, that is, one other than -1; Infinity if none has. */
  readonly minTimestampMs: number;
  readonly hasNullKey: boolean;
  /** Offset deltas are 0, 1, 2, …. */
  readonly consecutive: boolean;
}

/** Reused by every walk, for there is one per produced batch. */
const walked = {
  wellFormed: false,
  maxTimestampMs: -1,
  minTimestampMs: Number.POSITIVE_INFINITY,
  hasNullKey: false,
  consecutive: true,
};

function seeTimestamp(timestampMs: number): void {
  if (timestampMs > walked.maxTimestampMs) walked.maxTimestampMs = timestampMs;
  if (timestampMs < walked.minTimestampMs && timestampMs !== -1) {
    walked.minTimestampMs = timestampMs;
  }
}

function skipHeaders(bytes: Uint8Array, start: number, end: number): number {
  const count = readVarint(bytes, start, end);
  let at = varintEnd;
  if (at === malformed || count < 0 || count > end - at) return malformed;
  for (let index = 0; index < count; index++) {
    const keySize = readVarint(bytes, at, end);
    if (varintEnd === malformed || keySize < 0 || keySize > end - varintEnd) return malformed;
    const valueSize = readVarint(bytes, varintEnd + keySize, end);
    if (varintEnd === malformed || valueSize > end - varintEnd) return malformed;
    at = varintEnd + Math.max(valueSize, 0);
  }
  return at;
}

/** The general case: any lengths, any headers. Returns the end of the record, or `malformed`. */
function walkRecord(
  bytes: Uint8Array,
  start: number,
  end: number,
  index: number,
  baseTimestampMs: number,
): number {
  const sizeBytes = readVarint(bytes, start, end);
  if (varintEnd === malformed || sizeBytes < 1 || sizeBytes > end - varintEnd) return malformed;
  const recordEnd = varintEnd + sizeBytes;
  seeTimestamp(baseTimestampMs + readVarlong(bytes, varintEnd + 1, recordEnd));
  if (varintEnd === malformed) return malformed;
  if (readVarint(bytes, varintEnd, recordEnd) !== index) walked.consecutive = false;
  if (varintEnd === malformed) return malformed;
  const keySize = readVarint(bytes, varintEnd, recordEnd);
  if (varintEnd === malformed || keySize > recordEnd - varintEnd) return malformed;
  if (keySize < 0) walked.hasNullKey = true;
  const valueAt = keySize > 0 ? varintEnd + keySize : varintEnd;
  const valueSize = readVarint(bytes, valueAt, recordEnd);
  if (varintEnd === malformed || valueSize > recordEnd - varintEnd) return malformed;
  const headersAt = valueSize > 0 ? varintEnd + valueSize : varintEnd;
  return skipHeaders(bytes, headersAt, recordEnd) === recordEnd ? recordEnd : malformed;
}

/**
 * The usual record, read without a call: varints of one or two bytes, no headers. Returns its end,
 * or `malformed` for whatever it does not recognise, which `walkRecord` then looks at.
 * Three times as fast as `walkRecord`, and there are millions a second.
 */
function walkPlainRecord(
  bytes: Uint8Array,
  start: number,
  end: number,
  index: number,
  baseTimestampMs: number,
): number {
  if (end - start < 16) return malformed; // room for all varints, so that none needs a check
  let at = start;
  let byte = bytes[at++]!;
  let zigzag = byte < 0x80 ? byte : (byte & 0x7f) | (bytes[at++]! << 7);
  const recordEnd = at + (zigzag >>> 1);
  if (zigzag & 1 || zigzag > 0x3fff || recordEnd > end) return malformed;
  byte = bytes[++at]!; // past the attributes
  const delta = byte < 0x80 ? byte : (byte & 0x7f) | (bytes[++at]! << 7);
  byte = bytes[++at]!;
  const offset = byte < 0x80 ? byte : (byte & 0x7f) | (bytes[++at]! << 7);
  if (delta & 1 || delta > 0x3fff || offset !== index << 1 || offset > 0x3fff) return malformed;
  byte = bytes[++at]!;
  const key = byte < 0x80 ? byte : (byte & 0x7f) | (bytes[++at]! << 7);
  at += 1 + (key & 1 ? 0 : key >>> 1);
  if (key > 0x3fff || at + 3 > end) return malformed;
  byte = bytes[at]!;
  zigzag = byte < 0x80 ? byte : (byte & 0x7f) | (bytes[++at]! << 7);
  at += 1 + (zigzag & 1 ? 0 : zigzag >>> 1);
  if (zigzag > 0x3fff || at + 1 !== recordEnd || bytes[at] !== 0) return malformed;
  if (key & 1) walked.hasNullKey = true;
  seeTimestamp(baseTimestampMs + (delta >>> 1));
  return recordEnd;
}

/**
 * Reads the structure of `count` uncompressed records in bytes[start, end): lengths, deltas, key
 * sizes; no key and no value is touched. The result is valid until the next walk.
 */
export function walkRecords(
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
  baseTimestampMs: number,
): RecordWalk {
  walked.maxTimestampMs = -1;
  walked.minTimestampMs = Number.POSITIVE_INFINITY;
  walked.hasNullKey = false;
  walked.consecutive = true;
  let at = start;
  for (let index = 0; index < count && at !== malformed; index++) {
    const plainEnd = walkPlainRecord(bytes, at, end, index, baseTimestampMs);
    at = plainEnd === malformed ? walkRecord(bytes, at, end, index, baseTimestampMs) : plainEnd;
  }
  walked.wellFormed = at === end;
  return walked;
}
