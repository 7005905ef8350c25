import { crc32c } from './crc32c.ts';
import { readInt16, readInt32, readInt64, writeInt16, writeInt32, writeInt64 } from './int64.ts';

/**
 * The header of a record batch, magic 2, read and stamped in place at (bytes, position):
 *
 *     0 base offset (8)         21 attributes (2)         43 producer id (8)
 *     8 length (4)              23 last offset delta (4)  51 producer epoch (2)
 *    12 leader epoch (4)        27 base timestamp (8)     53 base sequence (4)
 *    16 magic (1), 17 crc (4)   35 max timestamp (8)      57 record count (4)
 *
 * The CRC covers everything from the attributes on, so a base offset and a leader epoch can be
 * stamped without a new one.
 */
export const headerSizeBytes = 61;
/** What `length` does not count: base offset and length itself. */
export const prefixSizeBytes = 12;

const crcStart = 21;
const compressionMask = 0x07;
const logAppendTimeBit = 0x08;
const transactionalBit = 0x10;
const controlBit = 0x20;
const deleteHorizonBit = 0x40;

export const baseOffsetOf = (bytes: Uint8Array, at: number): number => readInt64(bytes, at);
/** The whole batch, header included. */
export const sizeOf = (bytes: Uint8Array, at: number): number =>
  readInt32(bytes, at + 8) + prefixSizeBytes;
export const leaderEpochOf = (bytes: Uint8Array, at: number): number => readInt32(bytes, at + 12);
export const magicOf = (bytes: Uint8Array, at: number): number => (bytes[at + 16]! << 24) >> 24;
const crcOf = (bytes: Uint8Array, at: number): number => readInt32(bytes, at + 17) >>> 0;
export const compressionIdOf = (bytes: Uint8Array, at: number): number =>
  bytes[at + 22]! & compressionMask;
export const isLogAppendTime = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at + 22]! & logAppendTimeBit) !== 0;
export const isTransactional = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at + 22]! & transactionalBit) !== 0;
export const isControl = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at + 22]! & controlBit) !== 0;
/** The base timestamp is when its tombstones may go (KIP-534). */
export const hasDeleteHorizon = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at + 22]! & deleteHorizonBit) !== 0;
export const lastOffsetDeltaOf = (bytes: Uint8Array, at: number): number =>
  readInt32(bytes, at + 23);
export const lastOffsetOf = (bytes: Uint8Array, at: number): number =>
  readInt64(bytes, at) + readInt32(bytes, at + 23);
export const baseTimestampOf = (bytes: Uint8Array, at: number): number => readInt64(bytes, at + 27);
export const maxTimestampOf = (bytes: Uint8Array, at: number): number => readInt64(bytes, at + 35);
/** -1: the batch has no producer id. */
export const producerIdOf = (bytes: Uint8Array, at: number): number => readInt64(bytes, at + 43);
export const producerEpochOf = (bytes: Uint8Array, at: number): number => readInt16(bytes, at + 51);
export const baseSequenceOf = (bytes: Uint8Array, at: number): number => readInt32(bytes, at + 53);
export const recordCountOf = (bytes: Uint8Array, at: number): number => readInt32(bytes, at + 57);

export function isCrcValid(bytes: Uint8Array, at: number, sizeBytes: number): boolean {
  return crc32c(bytes, at + crcStart, at + sizeBytes) === crcOf(bytes, at);
}

/** Both fields lie before the range of the CRC. */
export function stampOffsetAndEpoch(
  bytes: Uint8Array,
  at: number,
  baseOffset: number,
  leaderEpoch: number,
): void {
  writeInt64(bytes, at, baseOffset);
  writeInt32(bytes, at + 12, leaderEpoch);
}

/** Sets max timestamp and timestamp type; writes a new CRC if that changed anything. */
export function stampTimestamp(
  bytes: Uint8Array,
  at: number,
  maxTimestampMs: number,
  logAppendTime: boolean,
): void {
  if (isLogAppendTime(bytes, at) === logAppendTime && maxTimestampOf(bytes, at) === maxTimestampMs)
    return;
  const attributes = bytes[at + 22]!;
  bytes[at + 22] = logAppendTime ? attributes | logAppendTimeBit : attributes & ~logAppendTimeBit;
  writeInt64(bytes, at + 35, maxTimestampMs);
  writeInt32(bytes, at + 17, crc32c(bytes, at + crcStart, at + sizeOf(bytes, at)));
}

interface BatchHeader {
  readonly baseOffset: number;
  readonly sizeBytes: number;
  readonly leaderEpoch: number;
  readonly compressionId: number;
  readonly logAppendTime: boolean;
  readonly transactional: boolean;
  readonly control: boolean;
  /** Says that the base timestamp is when tombstones may go. */
  readonly deleteHorizon?: boolean;
  readonly lastOffsetDelta: number;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

/** Writes all 61 bytes, the CRC last: the records must stand behind them already. */
export function writeHeader(bytes: Uint8Array, at: number, header: BatchHeader): void {
  writeInt64(bytes, at, header.baseOffset);
  writeInt32(bytes, at + 8, header.sizeBytes - prefixSizeBytes);
  writeInt32(bytes, at + 12, header.leaderEpoch);
  bytes[at + 16] = 2;
  const attributes =
    header.compressionId |
    (header.logAppendTime ? logAppendTimeBit : 0) |
    (header.transactional ? transactionalBit : 0) |
    (header.control ? controlBit : 0) |
    (header.deleteHorizon ? deleteHorizonBit : 0);
  writeInt16(bytes, at + 21, attributes);
  writeInt32(bytes, at + 23, header.lastOffsetDelta);
  writeInt64(bytes, at + 27, header.baseTimestampMs);
  writeInt64(bytes, at + 35, header.maxTimestampMs);
  writeInt64(bytes, at + 43, header.producerId);
  writeInt16(bytes, at + 51, header.producerEpoch);
  writeInt32(bytes, at + 53, header.baseSequence);
  writeInt32(bytes, at + 57, header.recordCount);
  writeInt32(bytes, at + 17, crc32c(bytes, at + crcStart, at + header.sizeBytes));
}
