import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBatch } from '../../../src/protocol/records/batch-builder.ts';
import { readInt64, writeInt64 } from '../../../src/protocol/records/int64.ts';
import {
  baseOffsetOf,
  isCrcValid,
  isLogAppendTime,
  leaderEpochOf,
  maxTimestampOf,
  stampOffsetAndEpoch,
  stampTimestamp,
} from '../../../src/protocol/records/record-batch.ts';
import { clientBatches } from './fixtures.ts';

const java = clientBatches.find(({ name }) => name === 'java-none')!.bytes;

it('keeps int64 exact within 2^53, and its order beyond', () => {
  const bytes = new Uint8Array(10);
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      writeInt64(bytes, 1, value);
      expect(readInt64(bytes, 1)).toBe(value);
      expect(Buffer.from(bytes).readBigInt64BE(1)).toBe(BigInt(value));
    }),
  );
  Buffer.from(bytes.buffer).writeBigInt64BE(2n ** 63n - 1n, 1);
  expect(readInt64(bytes, 1)).toBe(2 ** 63);
});

describe('a batch that a Java client wrote', () => {
  it('has a CRC that notices every changed byte it covers', () => {
    expect(isCrcValid(java, 0, java.length)).toBe(true);
    for (let at = 17; at < java.length; at++) {
      const changed = Buffer.from(java);
      changed[at]! ^= 0x10;
      expect(isCrcValid(changed, 0, changed.length)).toBe(false);
    }
  });

  it('takes offset and leader epoch without a new CRC', () => {
    const stamped = Buffer.concat([Buffer.alloc(3), java]);
    stampOffsetAndEpoch(stamped, 3, 2 ** 40 + 7, 5);
    expect(baseOffsetOf(stamped, 3)).toBe(2 ** 40 + 7);
    expect(leaderEpochOf(stamped, 3)).toBe(5);
    expect(isCrcValid(stamped, 3, java.length)).toBe(true);
    expect(stamped.subarray(3 + 16)).toEqual(java.subarray(16));
  });

  it('takes a log append time, and loses it again, with a new CRC each', () => {
    const stamped = Buffer.from(java);
    stampTimestamp(stamped, 0, 1234567890123, true);
    expect(isLogAppendTime(stamped, 0)).toBe(true);
    expect(maxTimestampOf(stamped, 0)).toBe(1234567890123);
    expect(isCrcValid(stamped, 0, stamped.length)).toBe(true);
    stampTimestamp(stamped, 0, maxTimestampOf(java, 0), false);
    expect(stamped).toEqual(java);
  });
});

it('writes, of the same records, the very bytes that a Java client writes', () => {
  const first = maxTimestampOf(java, 0);
  const records = Array.from({ length: 8 }, (_, index) => ({
    key: Buffer.from(`key${index + 1}`),
    value: Buffer.from(
      `none record ${index + 1} with some repeated text, some repeated text, some repeated text`,
    ),
    timestampMs: readInt64(java, 27) + javaDeltas()[index]!,
  }));
  expect(Math.max(...records.map(({ timestampMs }) => timestampMs))).toBe(first);
  const built = buildBatch(records, {
    leaderEpoch: 0,
    producerId: 0,
    producerEpoch: 0,
    baseSequence: 0,
  });
  expect(Buffer.from(built)).toEqual(java);
});

/** The timestamp deltas as they stand in the fixture: byte 2 of each record. */
function javaDeltas(): number[] {
  const deltas: number[] = [];
  for (let at = 61; at < java.length; ) {
    const sizeBytes = ((java[at]! & 0x7f) | (java[at + 1]! << 7)) >>> 1;
    deltas.push(java[at + 3]! >>> 1);
    at += 2 + sizeBytes;
  }
  return deltas;
}
