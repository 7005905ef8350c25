import { describe, expect, it } from 'vitest';
import type { LogConfig } from '../../src/log/log-config.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { recordsOf } from '../../src/protocol/records/batch-records.ts';
import type { CompressionType } from '../../src/protocol/records/compression.ts';
import {
  compressionIdOf,
  isCrcValid,
  isLogAppendTime,
  maxTimestampOf,
} from '../../src/protocol/records/record-batch.ts';
import { batchOf, edited, makeLog, nowMs, readAll, recordsIn } from './make.ts';

const append = (batch: Uint8Array, config: Partial<LogConfig> = {}) =>
  makeLog(config).log.appendAsLeader(batch, { leaderEpoch: 0, nowMs });

const three = batchOf(3);
const gzip = batchOf(3, {}, { compressionType: 'gzip' });
const snappy = batchOf(3, {}, { compressionType: 'snappy' });
const lz4 = batchOf(3, {}, { compressionType: 'lz4' });
const codec = (id: number) => edited(three, (bytes) => bytes.writeUInt8(id, 22));
const counts = (batch: Buffer, count: number) =>
  edited(batch, (bytes) => {
    bytes.writeInt32BE(count, 57);
    bytes.writeInt32BE(count - 1, 23);
  });
const shorter = (batch: Buffer, by: number) =>
  edited(batch.subarray(0, -by), (bytes) => bytes.writeInt32BE(bytes.length - 12, 8));
const badCrc = (batch: Buffer) => {
  const bytes = Buffer.from(batch);
  bytes[70]! ^= 1;
  return bytes;
};
const offsetOne = (batch: Buffer) => edited(batch, (bytes) => bytes.writeUInt8(1, 7));
const producer = { producerId: 5, producerEpoch: 0, baseSequence: -1 };
const deltas = (compressionType: CompressionType) => {
  const batch = batchOf(3, { offsetDelta: 2 }, { compressionType });
  return batch;
};

/** Every line was asked of Apache Kafka 4.3.1: the error, and whether it tells the log start. */
const verdicts: [string, Buffer, ErrorCode, boolean][] = [
  ['three records', three, ErrorCode.NONE, true],
  ['a wrong CRC', badCrc(three), ErrorCode.CORRUPT_MESSAGE, false],
  ['51 bytes', shorter(three, three.length - 51), ErrorCode.CORRUPT_MESSAGE, false],
  ['base offset 1', offsetOne(three), ErrorCode.INVALID_RECORD, true],
  ['base offset 1, wrong CRC', badCrc(offsetOne(three)), ErrorCode.INVALID_RECORD, true],
  [
    'last offset delta -1',
    edited(three, (b) => b.writeInt32BE(-1, 23)),
    ErrorCode.INVALID_RECORD,
    true,
  ],
  [
    'last offset delta 5',
    edited(three, (b) => b.writeInt32BE(5, 23)),
    ErrorCode.INVALID_RECORD,
    true,
  ],
  ['count 0', counts(three, 0), ErrorCode.INVALID_RECORD, true],
  ['count -1', edited(three, (b) => b.writeInt32BE(-1, 57)), ErrorCode.INVALID_RECORD, true],
  ['a record more than said', counts(three, 2), ErrorCode.INVALID_RECORD, true],
  ['a record less than said', counts(three, 4), ErrorCode.INVALID_RECORD, true],
  ['a control batch', batchOf(1, {}, { control: true }), ErrorCode.INVALID_RECORD, true],
  ['a producer without sequence', batchOf(1, {}, producer), ErrorCode.INVALID_RECORD, true],
  [
    'record size too large',
    edited(three, (b) => b.writeUInt8(0x7e, 61)),
    ErrorCode.INVALID_RECORD,
    true,
  ],
  ['record size 0', edited(three, (b) => b.writeUInt8(0, 61)), ErrorCode.INVALID_RECORD, true],
  [
    'record size negative',
    edited(three, (b) => b.writeUInt8(1, 61)),
    ErrorCode.INVALID_RECORD,
    true,
  ],
  [
    'record size one less',
    edited(three, (b) => b.writeUInt8(b[61]! - 2, 61)),
    ErrorCode.INVALID_RECORD,
    true,
  ],
  ['odd offset deltas', deltas('none'), ErrorCode.NONE, true],
  ['odd offset deltas, gzip', deltas('gzip'), ErrorCode.UNKNOWN_SERVER_ERROR, true],
  ['attributes on a record', edited(three, (b) => b.writeUInt8(255, 62)), ErrorCode.NONE, true],
  ['codec 5', codec(5), ErrorCode.UNKNOWN_SERVER_ERROR, true],
  ['codec 7', codec(7), ErrorCode.UNKNOWN_SERVER_ERROR, true],
  ['unused attributes', codec(0x40), ErrorCode.NONE, true],
  ['gzip that is none', codec(1), ErrorCode.UNKNOWN_SERVER_ERROR, true],
  ['snappy that is none', codec(2), ErrorCode.UNKNOWN_SERVER_ERROR, true],
  ['lz4 that is none', codec(3), ErrorCode.UNKNOWN_SERVER_ERROR, true],
  ['zstd that is none', codec(4), ErrorCode.UNKNOWN_SERVER_ERROR, true],
  ['gzip', gzip, ErrorCode.NONE, true],
  ['gzip cut', shorter(gzip, 12), ErrorCode.UNKNOWN_SERVER_ERROR, true],
  [
    'gzip changed',
    edited(gzip, (b) => b.writeUInt8(b.at(-20)! ^ 0x55, b.length - 20)),
    ErrorCode.UNKNOWN_SERVER_ERROR,
    true,
  ],
  [
    'gzip with a wrong checksum',
    edited(gzip, (b) => b.writeUInt8(b.at(-6)! ^ 1, b.length - 6)),
    ErrorCode.UNKNOWN_SERVER_ERROR,
    true,
  ],
  ['gzip, a record more than said', counts(gzip, 2), ErrorCode.INVALID_RECORD, true],
  ['gzip, a record less than said', counts(gzip, 4), ErrorCode.INVALID_RECORD, true],
  ['snappy', snappy, ErrorCode.NONE, true],
  ['snappy cut', shorter(snappy, 5), ErrorCode.UNKNOWN_SERVER_ERROR, true],
  ['lz4', lz4, ErrorCode.NONE, true],
  ['lz4 cut', shorter(lz4, 8), ErrorCode.UNKNOWN_SERVER_ERROR, true],
  ['timestamp -5', batchOf(1, { timestampMs: -5 }), ErrorCode.NONE, true],
  [
    'in two hours',
    batchOf(1, { timestampMs: nowMs + 7_200_000 }),
    ErrorCode.INVALID_TIMESTAMP,
    true,
  ],
  ['flagged LogAppendTime', batchOf(1, {}, { logAppendTimeMs: nowMs }), ErrorCode.NONE, true],
  [
    'flagged LogAppendTime, -1',
    batchOf(1, {}, { logAppendTimeMs: -1 }),
    ErrorCode.INVALID_TIMESTAMP,
    true,
  ],
  [
    'flagged LogAppendTime, future',
    batchOf(1, {}, { logAppendTimeMs: nowMs + 1e10 }),
    ErrorCode.INVALID_TIMESTAMP,
    true,
  ],
];

describe('a batch of a client', () => {
  it.each(verdicts)('%s', (_, batch, errorCode, tellsLogStart) => {
    const result = append(batch);
    expect(result.errorCode).toBe(errorCode);
    expect(result.logStartOffset).toBe(tellsLogStart ? 0 : -1);
    expect(result.baseOffset).toBe(errorCode === ErrorCode.NONE ? 0 : -1);
  });

  it('may be as large as max.message.bytes, and that is asked before the CRC', () => {
    const sizeBytes = three.length;
    expect(append(three, { maxMessageBytes: sizeBytes }).errorCode).toBe(ErrorCode.NONE);
    const tooLarge = append(badCrc(three), { maxMessageBytes: sizeBytes - 1 });
    expect([tooLarge.errorCode, tooLarge.logStartOffset]).toEqual([
      ErrorCode.MESSAGE_TOO_LARGE,
      -1,
    ]);
    expect(append(offsetOne(three), { maxMessageBytes: 1 }).errorCode).toBe(
      ErrorCode.INVALID_RECORD,
    );
  });

  it('may be as large as segment.bytes, and that is asked last', () => {
    const segmentBytes = three.length;
    expect(append(three, { segmentBytes }).errorCode).toBe(ErrorCode.NONE);
    const tooLarge = append(three, { segmentBytes: segmentBytes - 1 });
    expect([tooLarge.errorCode, tooLarge.logStartOffset]).toEqual([
      ErrorCode.RECORD_LIST_TOO_LARGE,
      -1,
    ]);
    const control = batchOf(3, {}, { control: true });
    expect(append(control, { segmentBytes: 1 }).errorCode).toBe(ErrorCode.INVALID_RECORD);
  });

  it('is stored without what follows it', () => {
    const { log } = makeLog();
    log.appendAsLeader(Buffer.concat([three, three.subarray(0, 30)]), { leaderEpoch: 0, nowMs });
    expect([log.sizeBytes, log.logEndOffset]).toEqual([three.length, 3]);
  });
});

describe('a compacted topic', () => {
  const cleanupPolicy = { compact: true, delete: false };

  it.each(['none', 'gzip'] as const)('names the records without a key (%s)', (compressionType) => {
    const batch = batchOf(3, { key: null }, { compressionType });
    const result = append(batch, { cleanupPolicy });
    expect(result.errorCode).toBe(ErrorCode.INVALID_RECORD);
    expect(result.errorMessage).toMatch(/3 records/);
    expect(result.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([0, 1, 2]);
    expect(append(batchOf(3, {}, { compressionType }), { cleanupPolicy }).errorCode).toBe(0);
  });

  it('looks at keys first, at timestamps then, and answers with the timestamps', () => {
    const bad = batchOf(2, { key: null, timestampMs: nowMs + 1e10 });
    const result = append(bad, { cleanupPolicy });
    expect(result.errorCode).toBe(ErrorCode.INVALID_RECORD);
    expect(append(batchOf(2, { timestampMs: nowMs + 1e10 }), { cleanupPolicy }).errorCode).toBe(
      ErrorCode.INVALID_TIMESTAMP,
    );
  });
});

describe('timestamps', () => {
  const limits = { messageTimestampBeforeMaxMs: 1000, messageTimestampAfterMaxMs: 500 };

  it.each([
    [nowMs - 1000, 0],
    [nowMs - 1001, ErrorCode.INVALID_TIMESTAMP],
    [nowMs + 500, 0],
    [nowMs + 501, ErrorCode.INVALID_TIMESTAMP],
    [-1, 0],
    [-2, ErrorCode.INVALID_TIMESTAMP],
    [0, ErrorCode.INVALID_TIMESTAMP],
  ])('%d against limits of a second before and half a second after', (timestampMs, errorCode) => {
    const result = append(batchOf(2, { timestampMs }), limits);
    expect(result.errorCode).toBe(errorCode);
    expect(result.recordErrors.length).toBe(errorCode === 0 ? 0 : 2);
  });

  it('of LogAppendTime topics are the log’s, whatever the client says', () => {
    const { log } = makeLog({ messageTimestampType: 'LogAppendTime' });
    const future = batchOf(2, { timestampMs: nowMs + 1e10 });
    const result = log.appendAsLeader(future, { leaderEpoch: 0, nowMs: nowMs + 7 });
    expect([result.errorCode, result.logAppendTimeMs]).toEqual([0, nowMs + 7]);
    expect(readAll(log).map(({ timestampMs }) => timestampMs)).toEqual([nowMs + 7, nowMs + 7]);
    const [stored] = log.read(0, {
      maxSizeBytes: 1e6,
      untilOffset: 9,
      atLeastOneBatch: true,
    }).chunks;
    expect(isLogAppendTime(stored!, 0) && isCrcValid(stored!, 0, stored!.length)).toBe(true);
    const flagged = batchOf(1, {}, { logAppendTimeMs: nowMs });
    expect(log.appendAsLeader(flagged, { leaderEpoch: 0, nowMs }).errorCode).toBe(
      ErrorCode.INVALID_TIMESTAMP,
    );
  });

  it.each([
    ['too low', 123],
    ['too high', nowMs + 1e10],
  ])('of the header are put right when they are %s', (_, lie) => {
    const { log } = makeLog();
    const lying = edited(three, (bytes) => bytes.writeBigInt64BE(BigInt(lie), 35));
    expect(log.appendAsLeader(lying, { leaderEpoch: 0, nowMs }).errorCode).toBe(0);
    const [stored] = log.read(0, {
      maxSizeBytes: 1e6,
      untilOffset: 9,
      atLeastOneBatch: true,
    }).chunks;
    expect(maxTimestampOf(stored!, 0)).toBe(nowMs);
    expect(isCrcValid(stored!, 0, stored!.length)).toBe(true);
  });
});

describe('compression.type', () => {
  const targets = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
  const cases = targets.flatMap((from) => targets.map((to) => [from, to] as const));

  it.each(cases)('brings %s into %s, with all that stands in the batch', (from, to) => {
    const { log } = makeLog({ compressionType: to });
    const batch = batchOf(
      20,
      { headers: [{ key: 'h', value: null }] },
      { compressionType: from, producerId: 9, producerEpoch: 2, baseSequence: 0 },
    );
    expect(log.appendAsLeader(batch, { leaderEpoch: 4, nowMs }).errorCode).toBe(0);
    const [stored] = log.read(0, {
      maxSizeBytes: 1e6,
      untilOffset: 99,
      atLeastOneBatch: true,
    }).chunks;
    expect(compressionIdOf(stored!, 0)).toBe(['none', 'gzip', 'snappy', 'lz4', 'zstd'].indexOf(to));
    expect(isCrcValid(stored!, 0, stored!.length)).toBe(true);
    expect(stored!.subarray(43, 61)).toEqual(batch.subarray(43, 61));
    const unchanged = recordsOf(batch, 0)!.map((record) => ({ ...record, leaderEpoch: 4 }));
    expect(recordsIn([stored!])).toEqual(unchanged);
  });

  it('measures the size again', () => {
    const batch = batchOf(50, { value: Buffer.alloc(200, 1) }, { compressionType: 'gzip' });
    const result = append(batch, { compressionType: 'none', maxMessageBytes: 1000 });
    expect([batch.length < 1000, result.errorCode]).toEqual([true, ErrorCode.MESSAGE_TOO_LARGE]);
  });

  it('puts odd offset deltas right where it writes anew', () => {
    const { log } = makeLog({ compressionType: 'none' });
    expect(log.appendAsLeader(deltas('gzip'), { leaderEpoch: 0, nowMs }).errorCode).toBe(0);
    expect(readAll(log).map(({ offset }) => offset)).toEqual([0, 1, 2]);
  });
});
