import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/protocol/error-code.ts';
import { buildBatch } from '../../../src/protocol/records/batch-builder.ts';
import { checkProduced } from '../../../src/protocol/records/produced.ts';

const batch = Buffer.from(buildBatch([{ value: Buffer.from('abc'), timestampMs: 1 }]));

function changed(edit: (bytes: Buffer) => void, sizeBytes = batch.length): Buffer {
  const bytes = Buffer.from(batch.subarray(0, sizeBytes));
  edit(bytes);
  return bytes;
}
const withLength = (length: number) => changed((bytes) => bytes.writeInt32BE(length, 8));
const ofSize = (sizeBytes: number) =>
  changed((bytes) => bytes.writeInt32BE(sizeBytes - 12, 8), sizeBytes);
const withMagic = (magic: number) => changed((bytes) => bytes.writeInt8(magic, 16));
const zstd = changed((bytes) => {
  bytes[22] = 4;
});

/** Every line was asked of Apache Kafka 4.3.1. */
const cases: [string, Buffer, ErrorCode][] = [
  ['one batch', batch, ErrorCode.NONE],
  ['nothing', Buffer.alloc(0), ErrorCode.INVALID_RECORD],
  ['10 bytes', batch.subarray(0, 10), ErrorCode.INVALID_RECORD],
  ['17 bytes', batch.subarray(0, 17), ErrorCode.INVALID_RECORD],
  ['a batch without its last byte', batch.subarray(0, -1), ErrorCode.INVALID_RECORD],
  ['a batch and 5 bytes', Buffer.concat([batch, Buffer.alloc(5)]), ErrorCode.NONE],
  ['a batch and 20 zeros', Buffer.concat([batch, Buffer.alloc(20)]), ErrorCode.CORRUPT_MESSAGE],
  ['a batch and part of one', Buffer.concat([batch, batch.subarray(0, 30)]), ErrorCode.NONE],
  ['two batches', Buffer.concat([batch, batch]), ErrorCode.INVALID_RECORD],
  ['a batch and a short one', Buffer.concat([batch, ofSize(26)]), ErrorCode.INVALID_RECORD],
  ['magic 0', withMagic(0), ErrorCode.INVALID_RECORD],
  ['magic 1', withMagic(1), ErrorCode.INVALID_RECORD],
  ['magic 3', withMagic(3), ErrorCode.CORRUPT_MESSAGE],
  ['magic -1', withMagic(-1), ErrorCode.CORRUPT_MESSAGE],
  ['length -1', withLength(-1), ErrorCode.CORRUPT_MESSAGE],
  ['length 3', withLength(3), ErrorCode.CORRUPT_MESSAGE],
  ['length 20 and more bytes', withLength(20), ErrorCode.CORRUPT_MESSAGE],
  ['26 bytes in all', ofSize(26), ErrorCode.UNKNOWN_SERVER_ERROR],
  ['50 bytes in all', ofSize(50), ErrorCode.UNKNOWN_SERVER_ERROR],
  ['51 bytes in all', ofSize(51), ErrorCode.NONE], // and then the log says CORRUPT_MESSAGE
];

describe('records of a Produce partition', () => {
  it.each(cases)('%s', (_, bytes, errorCode) => {
    expect(checkProduced(bytes, 9)?.errorCode ?? ErrorCode.NONE).toBe(errorCode);
  });

  it('may use zstd from version 7 on', () => {
    expect(checkProduced(zstd, 6)?.errorCode).toBe(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
    expect(checkProduced(Buffer.concat([zstd, batch]), 6)?.errorCode).toBe(
      ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
    );
    expect(checkProduced(zstd, 7)).toBeUndefined();
  });
});
