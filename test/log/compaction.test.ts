import { describe, expect, test } from 'vitest';
import type { PartitionLog } from '../../src/log/partition-log.ts';
import { buildBatch } from '../../src/protocol/records/batch-builder.ts';
import { hasDeleteHorizon } from '../../src/protocol/records/record-batch.ts';
import { batchOf, makeLog, nowMs, readAll } from './make.ts';

const compacted = {
  cleanupPolicy: { compact: true, delete: false },
  segmentBytes: 200,
  minCleanableDirtyRatio: 0,
  deleteRetentionMs: 1000,
};

interface Written {
  readonly producerId?: number;
  readonly baseSequence?: number;
  readonly transactional?: boolean;
  readonly timestampMs?: number;
}

/** One batch of records like `k=v`; `k` alone is a tombstone. */
function write(log: PartitionLog, texts: readonly string[], options: Written = {}): void {
  const { timestampMs = nowMs, ...batch } = options;
  const records = texts.map((text) => {
    const [key, value] = text.split('=') as [string, string?];
    const bytes = value === undefined ? null : Buffer.from(value);
    return { key: Buffer.from(key), value: bytes, timestampMs };
  });
  const producer = batch.producerId === undefined ? {} : { producerEpoch: 0 };
  const result = log.appendAsLeader(buildBatch(records, { ...producer, ...batch }), {
    leaderEpoch: 0,
    nowMs,
    origin: 'coordinator',
  });
  expect(result.errorCode).toBe(0);
}

const commit = (log: PartitionLog) => log.advanceHighWatermark(log.logEndOffset);

const told = (log: PartitionLog) =>
  readAll(log).map(({ offset, key, value }) => `${offset} ${key}${value ? `=${value}` : ''}`);

/** A log in which everything but the last batch may be compacted. */
function full(batches: readonly (readonly string[])[], config = {}) {
  const made = makeLog({ ...compacted, ...config });
  for (const texts of batches) write(made.log, texts);
  commit(made.log);
  return made;
}

const padding = 'x'.repeat(60);
const last = [`end=${padding}${padding}`];

describe('compaction', () => {
  test('keeps the latest record of each key, at its offset', () => {
    const { log, events } = full([['a=1', 'b=1'], ['a=2'], ['c=1', 'a=3'], last]);
    expect(log.compact(nowMs)).toBe(true);
    expect(told(log)).toEqual(['1 b=1', '3 c=1', '4 a=3', `5 ${last}`]);
    expect(log).toMatchObject({ logStartOffset: 0, logEndOffset: 6 });
    expect(events.at(-1)).toMatchObject({ type: 'log-compacted', untilOffset: 5 });
  });

  test('has nothing to do twice', () => {
    const { log } = full([['a=1'], ['a=2'], last]);
    expect([log.compact(nowMs), log.compact(nowMs)]).toEqual([true, false]);
  });

  test('leaves logs of another policy alone', () => {
    const { log } = full([['a=1'], ['a=2'], last], {
      cleanupPolicy: { compact: false, delete: true },
    });
    expect(log.compact(nowMs)).toBe(false);
  });

  test('never touches the active segment', () => {
    const { log } = full([['a=1'], ['a=2']], { segmentBytes: 10_000 });
    expect(log.compact(nowMs)).toBe(false);
  });

  test('never touches what is not committed', () => {
    const { log } = makeLog({ ...compacted, segmentBytes: 100 });
    write(log, ['a=1']);
    write(log, ['a=2']);
    log.advanceHighWatermark(1);
    write(log, ['b=1']);
    log.compact(nowMs);
    expect(told(log)).toEqual(['0 a=1', '1 a=2', '2 b=1']);
    commit(log);
    log.compact(nowMs);
    expect(told(log)).toEqual(['1 a=2', '2 b=1']);
  });

  test('waits until enough is dirty', () => {
    const { log, configs } = full([['a=1'], ['a=2'], last]);
    log.compact(nowMs);
    configs.minCleanableDirtyRatio = 0.9;
    write(log, last);
    commit(log);
    expect(log.compact(nowMs)).toBe(false);
    configs.minCleanableDirtyRatio = 0.1;
    expect(log.compact(nowMs)).toBe(true);
  });

  test('min.compaction.lag.ms keeps what is younger', () => {
    const { log } = full([['a=1'], ['a=2'], last], { minCompactionLagMs: 500 });
    expect(log.compact(nowMs + 400)).toBe(false);
    expect(log.compact(nowMs + 600)).toBe(true);
  });

  test('max.compaction.lag.ms does not wait for the ratio', () => {
    const { log } = full([['a=1'], ['a=2'], last], {
      minCleanableDirtyRatio: 1,
      maxCompactionLagMs: 500,
    });
    expect(log.compact(nowMs + 400)).toBe(false);
    expect(log.compact(nowMs + 600)).toBe(true);
  });

  test('a tombstone goes delete.retention.ms after it has first been compacted', () => {
    const { log } = full([['a=1'], ['a'], last]);
    log.compact(nowMs);
    expect(told(log)).toEqual(['1 a', `2 ${last}`]);
    const again = (atMs: number) => {
      write(log, last);
      commit(log);
      log.compact(atMs);
      return told(log)[0];
    };
    expect(again(nowMs + 900)).toBe('1 a');
    expect(again(nowMs + 1000)).not.toBe('1 a');
  });

  test('the last batch that was compacted stays, be it empty', () => {
    const { log } = full([['a=1'], [`b=${padding}`], [`a=${padding}`], last], {
      deleteRetentionMs: 0,
    });
    write(log, ['a']);
    write(log, last);
    commit(log);
    log.compact(nowMs);
    write(log, last);
    commit(log);
    log.compact(nowMs);
    const { log: copy } = makeLog(compacted);
    for (let offset = 0; offset < log.logEndOffset; offset = copy.logEndOffset) {
      const options = { maxSizeBytes: 1, untilOffset: log.logEndOffset, atLeastOneBatch: true };
      const { chunks } = log.read(offset, options);
      expect(copy.appendAsFollower(chunks.map(Buffer.from), nowMs).errorCode).toBe(0);
    }
    expect(told(copy)).toEqual(told(log));
  });

  test('a retry is known as one although its records are gone', () => {
    const { log } = makeLog(compacted);
    write(log, ['a=1', 'b=1'], { producerId: 7, baseSequence: 0 });
    write(log, ['a=2', 'b=2']);
    write(log, last);
    write(log, last);
    commit(log);
    log.compact(nowMs);
    expect(told(log)[0]).toBe('2 a=2');
    log.truncateTo(log.logEndOffset - 1); // and so it reads from the log what it knows of producers
    const retry = batchOf(2, {}, { producerId: 7, producerEpoch: 0, baseSequence: 0 });
    const { duplicate, baseOffset } = log.appendAsLeader(retry, { leaderEpoch: 0, nowMs });
    expect({ duplicate, baseOffset }).toEqual({ duplicate: true, baseOffset: 0 });
  });

  test('of an aborted transaction nothing stays, and it supersedes nothing', () => {
    const { log } = makeLog(compacted);
    write(log, ['a=1']);
    write(log, ['a=2'], { producerId: 7, transactional: true });
    const marker = { producerId: 7, producerEpoch: 0, transactional: true, control: true };
    const abort = { key: Buffer.from([0, 0, 0, 0]), value: Buffer.from([0, 0, 0, 0, 0, 0]) };
    const ended = buildBatch([{ ...abort, timestampMs: nowMs }], marker);
    log.appendAsLeader(ended, { leaderEpoch: 0, nowMs, origin: 'coordinator' });
    write(log, last);
    write(log, last);
    commit(log);
    log.compact(nowMs);
    const keys = readAll(log).map(({ offset, control }) => [offset, control]);
    expect(keys.slice(0, 2)).toEqual([
      [0, false],
      [2, true],
    ]);
  });

  test('a packed batch stays packed', () => {
    const { log } = makeLog(compacted);
    const packed = batchOf(5, {}, { compressionType: 'gzip' });
    log.appendAsLeader(packed, { leaderEpoch: 0, nowMs });
    write(log, ['k1=new', 'k3']);
    write(log, last);
    write(log, last);
    commit(log);
    log.compact(nowMs);
    expect(told(log).slice(0, 5)).toEqual([
      ...['0 k0=value 0', '2 k2=value 2', '4 k4=value 4'],
      ...['5 k1=new', '6 k3'],
    ]);
    const options = { maxSizeBytes: 1, untilOffset: log.logEndOffset, atLeastOneBatch: true };
    const [first] = log.read(0, options).chunks;
    expect(first![22]! & 7).toBe(1);
    expect(hasDeleteHorizon(log.read(5, options).chunks[0]!, 0)).toBe(true);
  });
});
