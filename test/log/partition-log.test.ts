import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PartitionLog } from '../../src/log/partition-log.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { stampOffsetAndEpoch } from '../../src/protocol/records/record-batch.ts';
import { batchOf, edited, makeLog, nowMs, readAll } from './make.ts';

const append = (log: PartitionLog, batch: Uint8Array, leaderEpoch = 0, atMs = nowMs) =>
  log.appendAsLeader(batch, { leaderEpoch, nowMs: atMs });
const readFrom = (log: PartitionLog, offset: number, maxSizeBytes = 1e9) =>
  log.read(offset, { maxSizeBytes, untilOffset: log.logEndOffset, atLeastOneBatch: true });

describe('bytes', () => {
  it('are stored once, however many replicas hold them', () => {
    const { log: leader } = makeLog();
    for (let count = 0; count < 200; count++) append(leader, batchOf(5));
    const { chunks } = readFrom(leader, 0);
    expect(chunks.length).toBeLessThanOrEqual(2);
    const { log: follower } = makeLog();
    follower.appendAsFollower(chunks, nowMs);
    const copies = readFrom(follower, 0).chunks;
    expect(copies.map((chunk) => chunk.buffer)).toEqual(chunks.map((chunk) => chunk.buffer));
    expect(copies.every((chunk, index) => chunk.buffer === chunks[index]!.buffer)).toBe(true);
    expect(Buffer.concat(copies)).toEqual(Buffer.concat(chunks));
  });

  it('that were handed out never change, whatever happens to the log', () => {
    const { log } = makeLog({ segmentBytes: 2000 });
    for (let count = 0; count < 40; count++) append(log, batchOf(2));
    const chunks = [0, 20, 50].flatMap((offset) => readFrom(log, offset).chunks);
    const before = chunks.map((chunk) => Buffer.from(chunk));
    log.truncateTo(11);
    for (let count = 0; count < 100; count++) append(log, batchOf(3), 7);
    log.truncateFullyAndStartAt(500);
    for (let count = 0; count < 100; count++) append(log, batchOf(3), 8);
    chunks.forEach((chunk, index) => {
      expect(before[index]!.equals(chunk)).toBe(true);
    });
  });

  it('of a batch larger than any block get a block of their own', () => {
    const { log } = makeLog({ maxMessageBytes: 1e8 });
    append(log, batchOf(1));
    append(log, batchOf(1, { value: Buffer.alloc(5_000_000, 3) }));
    append(log, batchOf(1));
    expect(readAll(log).map(({ value }) => value!.length)).toEqual([7, 5_000_000, 7]);
  });
});

describe('a follower', () => {
  const { log: leader } = makeLog();
  for (let count = 0; count < 4; count++) append(leader, batchOf(2), count);
  const [chunk] = readFrom(leader, 0).chunks as [Buffer];
  const follow = (...chunks: Uint8Array[]) => {
    const { log } = makeLog();
    return { log, ...log.appendAsFollower(chunks, nowMs) };
  };

  it('takes offsets, epochs and times from the bytes', () => {
    const { log, errorCode } = follow(chunk);
    expect([errorCode, log.logEndOffset, log.latestEpoch]).toEqual([0, 8, 3]);
    expect(log.endOffsetForEpoch(1)).toEqual({ leaderEpoch: 1, endOffset: 4 });
    expect(log.offsetForTimestamp(nowMs, 8)?.offset).toBe(0);
  });

  it('notices a changed byte in bytes that are not a leader’s own', () => {
    expect(follow(Buffer.from(chunk)).errorCode).toBe(0);
    const changed = Buffer.from(chunk);
    changed[changed.length - 3]! ^= 4;
    const { log, errorCode } = follow(changed);
    expect([errorCode, log.logEndOffset, log.sizeBytes]).toEqual([ErrorCode.CORRUPT_MESSAGE, 0, 0]);
  });

  it('leaves out a part of a batch at the end', () => {
    const { log, sizeBytes } = follow(chunk.subarray(0, -1));
    expect([log.logEndOffset, sizeBytes]).toEqual([6, (chunk.length / 4) * 3]);
    expect(follow().errorCode).toBe(0);
    expect(follow(chunk.subarray(0, 11)).sizeBytes).toBe(0);
  });

  it('refuses what does not continue its log', () => {
    const { log } = follow(chunk);
    expect(log.appendAsFollower([chunk], nowMs).errorCode).toBe(ErrorCode.OFFSET_OUT_OF_RANGE);
    expect(follow(chunk, chunk).errorCode).toBe(ErrorCode.OFFSET_OUT_OF_RANGE);
    expect(
      follow(edited(Buffer.from(chunk.subarray(0, 80)), (b) => b.writeInt32BE(20, 8))).errorCode,
    ).toBe(ErrorCode.CORRUPT_MESSAGE);
  });

  it('takes a gap, and, when empty, a batch that starts below', () => {
    const { log } = makeLog();
    log.truncateFullyAndStartAt(5);
    const second = readFrom(leader, 4).chunks;
    expect(log.appendAsFollower(second, nowMs).errorCode).toBe(0);
    expect([log.logStartOffset, log.logEndOffset]).toEqual([4, 8]);
    const { log: gap } = makeLog();
    gap.appendAsFollower(readFrom(leader, 6).chunks, nowMs);
    expect([gap.logStartOffset, gap.logEndOffset]).toEqual([0, 8]);
    expect(readFrom(gap, 0).baseOffset).toBe(6);
  });

  it('starts a segment where offsets no longer fit into 32 bits', () => {
    const { log } = follow(chunk);
    const far = Buffer.from(chunk.subarray(0, chunk.length / 4));
    stampOffsetAndEpoch(far, 0, 2 ** 40, 5);
    expect(log.appendAsFollower([far], nowMs).errorCode).toBe(0);
    expect([log.segmentCount, log.logEndOffset]).toEqual([2, 2 ** 40 + 2]);
    expect(readFrom(log, 2 ** 35).baseOffset).toBe(2 ** 40);
    expect(readFrom(log, 7).nextOffset).toBe(8);
  });
});

describe('a segment', () => {
  it('ends when it is full', () => {
    const batch = batchOf(1);
    const { log, events } = makeLog({ segmentBytes: batch.length * 3 });
    for (let count = 0; count < 7; count++) append(log, batch);
    expect(events.filter(({ type }) => type === 'segment-rolled')).toEqual([
      { type: 'segment-rolled', baseOffset: 3 },
      { type: 'segment-rolled', baseOffset: 6 },
    ]);
  });

  it('ends when records are later than its first by more than segment.ms', () => {
    const { log } = makeLog({ segmentMs: 1000 });
    append(log, batchOf(1, { timestampMs: nowMs }));
    append(log, batchOf(1, { timestampMs: nowMs + 1000 }), 0, nowMs + 99_999);
    expect(log.segmentCount).toBe(1);
    append(log, batchOf(1, { timestampMs: nowMs + 1001 }), 0, nowMs);
    expect(log.segmentCount).toBe(2);
  });

  it('ends by the clock when its records have no time', () => {
    const { log } = makeLog({ segmentMs: 1000 });
    append(log, batchOf(1, { timestampMs: -1 }));
    append(log, batchOf(1, { timestampMs: -1 }), 0, nowMs + 1000);
    expect(log.segmentCount).toBe(1);
    append(log, batchOf(1, { timestampMs: -1 }), 0, nowMs + 1001);
    expect(log.segmentCount).toBe(2);
  });

  it('follows a config that changes while the log runs', () => {
    const { log, configs } = makeLog();
    append(log, batchOf(1));
    configs.segmentBytes = batchOf(1).length;
    append(log, batchOf(1));
    expect(log.segmentCount).toBe(2);
    configs.maxMessageBytes = 10;
    expect(append(log, batchOf(1)).errorCode).toBe(ErrorCode.MESSAGE_TOO_LARGE);
  });
});

describe('the high watermark', () => {
  it('of a leader only rises, and stays within the log', () => {
    const { log } = makeLog();
    append(log, batchOf(4));
    expect([log.advanceHighWatermark(3), log.highWatermark]).toEqual([true, 3]);
    expect([log.advanceHighWatermark(2), log.highWatermark]).toEqual([false, 3]);
    expect(() => log.advanceHighWatermark(5)).toThrow(/high watermark/);
  });

  it('of a follower is what it is told, as far as its log goes', () => {
    const { log } = makeLog();
    append(log, batchOf(4));
    expect([log.setHighWatermark(9), log.highWatermark]).toEqual([true, 4]);
    expect([log.setHighWatermark(1), log.highWatermark]).toEqual([true, 1]);
    log.moveLogStart(1);
    expect([log.setHighWatermark(0), log.highWatermark]).toEqual([false, 1]);
  });
});

describe('leader epochs', () => {
  it('follow appends, truncation and the log start', () => {
    const { log } = makeLog();
    append(log, batchOf(3), 1);
    log.startEpoch(4);
    expect([log.latestEpoch, log.latestEpochStartOffset]).toEqual([4, 3]);
    append(log, batchOf(3), 4);
    expect(log.endOffsetForEpoch(3)).toEqual({ leaderEpoch: 1, endOffset: 3 });
    expect(log.endOffsetForEpoch(4)).toEqual({ leaderEpoch: 4, endOffset: 6 });
    expect(log.endOffsetForEpoch(5)).toEqual({ leaderEpoch: -1, endOffset: -1 });
    log.advanceHighWatermark(6);
    log.moveLogStart(2);
    expect([log.earliestEpoch, log.endOffsetForEpoch(0).endOffset]).toEqual([1, 2]);
    log.truncateTo(3);
    expect([log.latestEpoch, log.endOffsetForEpoch(1).endOffset]).toEqual([1, 3]);
    log.truncateFullyAndStartAt(9);
    expect(log.latestEpoch).toBe(-1);
  });
});

describe('retention', () => {
  const batch = batchOf(1);
  const fill = (config: Parameters<typeof makeLog>[0]) => {
    const made = makeLog({ segmentBytes: batch.length * 2, ...config });
    for (let count = 0; count < 7; count++) {
      append(made.log, batchOf(1, { timestampMs: nowMs + count }), 0, nowMs + count);
    }
    made.log.advanceHighWatermark(7);
    return made;
  };

  it('by time takes whole segments while all in them is too old, the active one too', () => {
    const { log, events } = fill({ retentionMs: 100 });
    expect([log.applyRetention(nowMs + 103), log.logStartOffset]).toEqual([1, 2]);
    expect(events.slice(-2)).toEqual([
      { type: 'segments-deleted', count: 1, sizeBytes: batch.length * 2, reason: 'retention-time' },
      { type: 'log-start-moved', logStartOffset: 2 },
    ]);
    expect(log.read(1, { maxSizeBytes: 1, untilOffset: 7, atLeastOneBatch: true }).outOfRange).toBe(
      true,
    );
    expect([log.applyRetention(nowMs + 1000), log.logStartOffset]).toEqual([3, 7]);
    expect([log.segmentCount, log.sizeBytes, log.logEndOffset]).toEqual([1, 0, 7]);
    expect(append(log, batch).baseOffset).toBe(7);
    expect(log.applyRetention(nowMs)).toBe(0);
  });

  it('is held back by one future timestamp', () => {
    const { log } = makeLog({ segmentBytes: batch.length, retentionMs: 100 });
    append(log, batchOf(1, { timestampMs: nowMs + 1000 }));
    append(log, batchOf(1, { timestampMs: nowMs }));
    log.advanceHighWatermark(2);
    expect([log.applyRetention(nowMs + 1100), log.applyRetention(nowMs + 1101)]).toEqual([0, 2]);
  });

  it('goes by the time of the append where records have none', () => {
    const { log } = makeLog({ retentionMs: 100 });
    append(log, batchOf(1, { timestampMs: -1 }));
    log.advanceHighWatermark(1);
    expect([log.applyRetention(nowMs + 100), log.applyRetention(nowMs + 101)]).toEqual([0, 1]);
  });

  it('by size never goes below the limit', () => {
    const { log, configs } = fill({ retentionBytes: batch.length * 5 });
    expect([log.applyRetention(nowMs), log.sizeBytes]).toEqual([1, batch.length * 5]);
    configs.retentionBytes = batch.length * 5 - 1;
    expect(log.applyRetention(nowMs)).toBe(0);
  });

  it('leaves what is not committed', () => {
    const { log } = makeLog({ segmentBytes: batch.length, retentionMs: 1 });
    for (let count = 0; count < 4; count++) append(log, batch);
    log.advanceHighWatermark(2);
    expect([log.applyRetention(nowMs + 1e6), log.logStartOffset]).toEqual([2, 2]);
  });

  it('without the policy delete takes only what lies below the log start', () => {
    const { log } = fill({ retentionMs: 1, cleanupPolicy: { compact: true, delete: false } });
    expect(log.moveLogStart(5)).toBe(0);
    expect([log.segmentCount, log.applyRetention(nowMs + 1e6), log.segmentCount]).toEqual([
      4, 2, 2,
    ]);
    expect([log.logStartOffset, readAll(log)[0]!.offset]).toEqual([5, 5]);
  });
});

describe('lookup by time', () => {
  it.each(['none', 'gzip'] as const)('looks inside a batch (%s)', (compressionType) => {
    const { log } = makeLog();
    const stamped = (...stamps: number[]) => {
      for (const timestampMs of stamps)
        append(log, batchOf(1, { timestampMs }, { compressionType }));
    };
    stamped(10, 50, 30, 50, 40);
    expect([10, 11, 31, 50].map((ms) => log.offsetForTimestamp(ms, 5)?.offset)).toEqual([
      0, 1, 1, 1,
    ]);
    expect(log.offsetForTimestamp(51, 5)).toBeUndefined();
    expect(log.offsetForTimestamp(11, 1)).toBeUndefined();
    expect(log.offsetOfMaxTimestamp()).toMatchObject({
      offset: 1,
      timestampMs: 50,
      leaderEpoch: 0,
    });
    log.advanceHighWatermark(5);
    log.moveLogStart(2);
    expect(log.offsetForTimestamp(11, 5)).toMatchObject({ offset: 2, timestampMs: 30 });
  });

  it('gives the first of equal times, in whatever segments they are', () => {
    const { log } = makeLog({ segmentBytes: batchOf(1).length });
    for (const timestampMs of [10, 50, 30, 50]) append(log, batchOf(1, { timestampMs }));
    expect([log.segmentCount, log.offsetOfMaxTimestamp()?.offset]).toEqual([4, 1]);
    expect(log.offsetForTimestamp(50, 4)?.offset).toBe(1);
  });

  it('finds nothing in an empty log', () => {
    const { log } = makeLog();
    expect(log.offsetForTimestamp(0, 0)).toBeUndefined();
    expect(log.offsetOfMaxTimestamp()).toBeUndefined();
  });
});

it('tells what happens', () => {
  const { log, events } = makeLog();
  const batch = batchOf(2, {}, { producerId: 4, producerEpoch: 0, baseSequence: 0 });
  append(log, batch, 6);
  append(log, batch, 6);
  log.truncateTo(1);
  const type = 'appended';
  const sizeBytes = batch.length;
  expect(events).toEqual([
    { type, baseOffset: 0, lastOffset: 1, sizeBytes, leaderEpoch: 6, producerId: 4 },
    { type: 'truncated', logEndOffset: 1 },
  ]);
});

it('takes no batch that claims more bytes than there are', () => {
  const { log } = makeLog();
  // A lie about the timestamp, too: the header is rewritten then, and its CRC made anew.
  const lying = edited(batchOf(1), (bytes) => {
    bytes.writeBigInt64BE(5n, 35);
    bytes.writeInt32BE(0x7600_0000, 8);
  });
  expect(append(log, lying).errorCode).toBe(ErrorCode.CORRUPT_MESSAGE);
  expect(append(log, lying.subarray(0, 11)).errorCode).toBe(ErrorCode.CORRUPT_MESSAGE);
});

it('stays whole under hostile batches, of clients and of leaders', () => {
  const seeds = (['none', 'gzip', 'snappy', 'lz4'] as const).map((compressionType) =>
    batchOf(4, {}, { compressionType, producerId: 1, producerEpoch: 0, baseSequence: 0 }),
  );
  const edits = fc.array(fc.tuple(fc.nat(140), fc.nat(255)), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.constantFrom(...seeds), edits, fc.boolean(), (seed, changes, cut) => {
      const hostile = edited(seed, (bytes) => {
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      });
      const { log } = makeLog({ cleanupPolicy: { compact: true, delete: true } });
      append(log, batchOf(3));
      append(log, cut ? hostile.subarray(0, hostile.length - changes[0]![1]) : hostile);
      log.appendAsFollower([hostile], nowMs);
      append(log, batchOf(1));
      log.offsetForTimestamp(nowMs, log.logEndOffset);
      log.truncateTo(3);
      expect(readAll(log).length).toBe(3);
    }),
    { numRuns: 3000, interruptAfterTimeLimit: 20_000 },
  );
});
