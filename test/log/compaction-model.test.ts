import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildBatch } from '../../src/protocol/records/batch-builder.ts';
import type { LogRecord } from '../../src/protocol/records/batch-records.ts';
import { makeLog, nowMs, readAll } from './make.ts';

const record = fc.record({ key: fc.nat(5), isTombstone: fc.boolean(), size: fc.nat(40) });
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      records: fc.array(record, { minLength: 1, maxLength: 4 }),
      codec: fc.constantFrom('none' as const, 'gzip' as const),
      isIdempotent: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('compact' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), share: fc.nat(100) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(2000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('truncate' as const), share: fc.nat(100) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fetch' as const), size: fc.nat(500) }) },
);

interface Input {
  readonly key: number;
  readonly isTombstone: boolean;
  readonly size: number;
}

interface Kept {
  readonly offset: number;
  readonly key: string;
  readonly value: string | null;
}

const plain = ({ offset, key, value }: LogRecord): Kept => ({
  offset,
  key: String(key),
  value: value && String(value),
});

/** What a reader knows who has read everything. */
function stateOf(records: readonly Kept[]): Map<string, string> {
  const state = new Map<string, string>();
  for (const { key, value } of records) {
    if (value === null) state.delete(key);
    else state.set(key, value);
  }
  return state;
}

class World {
  readonly leader = makeLog({
    cleanupPolicy: { compact: true, delete: false },
    segmentBytes: 300,
    minCleanableDirtyRatio: 0.3,
    deleteRetentionMs: 1000,
  }).log;
  readonly follower = makeLog().log;
  written: Kept[] = [];
  atMs = nowMs;
  producerId = 1;
  sequence = 0;
  name = 0;

  append(input: readonly Input[], codec: 'none' | 'gzip', isIdempotent: boolean): void {
    const records = input.map(({ key, isTombstone, size }) => ({
      key: `k${key}`,
      value: isTombstone ? null : `${++this.name}`.padEnd(size, '.'),
    }));
    const producer = {
      producerId: this.producerId,
      producerEpoch: 0,
      baseSequence: this.sequence,
    };
    if (isIdempotent) this.sequence += records.length;
    const bytes = buildBatch(
      records.map(({ key, value }) => ({
        key: Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
        timestampMs: this.atMs,
      })),
      { compressionType: codec, ...(isIdempotent ? producer : {}) },
    );
    const options = { leaderEpoch: 0, nowMs: this.atMs };
    const { errorCode, baseOffset } = this.leader.appendAsLeader(bytes, options);
    expect(errorCode).toBe(0);
    this.written.push(...records.map((one, at) => ({ ...one, offset: baseOffset + at })));
  }

  /** To the beginning of a batch that is not committed. */
  truncate(share: number): void {
    const { highWatermark, logEndOffset } = this.leader;
    const offset = highWatermark + Math.floor(((logEndOffset - highWatermark) * share) / 100);
    const options = { maxSizeBytes: 1, untilOffset: logEndOffset, atLeastOneBatch: true };
    const { baseOffset } = this.leader.read(offset, options);
    const end = baseOffset < 0 ? offset : baseOffset;
    if (end < highWatermark) return;
    this.leader.truncateTo(end);
    // What was sent last may have gone; a producer that is told so begins anew.
    this.producerId++;
    this.sequence = 0;
    if (this.follower.logEndOffset > end) this.follower.truncateTo(end);
    this.written = this.written.filter((one) => one.offset < this.leader.logEndOffset);
  }

  /** Over a network: the bytes are copies, and are checked. */
  fetch(maxSizeBytes: number): void {
    const untilOffset = this.leader.logEndOffset;
    const options = { maxSizeBytes, untilOffset, atLeastOneBatch: true };
    const { chunks } = this.leader.read(this.follower.logEndOffset, options);
    const copies = chunks.map((chunk) => Buffer.from(chunk));
    expect(this.follower.appendAsFollower(copies, this.atMs).errorCode).toBe(0);
  }

  check(): void {
    const kept = readAll(this.leader).map(plain);
    expect(stateOf(kept)).toEqual(stateOf(this.written));
    const byOffset = new Map(this.written.map((one) => [one.offset, one]));
    for (const one of kept) expect(byOffset.get(one.offset)).toEqual(one);
    const { highWatermark } = this.leader;
    const uncommitted = ({ offset }: Kept) => offset >= highWatermark;
    expect(kept.filter(uncommitted)).toEqual(this.written.filter(uncommitted));
    expect(this.leader.logStartOffset).toBe(0);
  }
}

it('whoever reads a compacted log knows the same in the end', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = new World();
      for (const one of steps) {
        if (one.do === 'append') world.append(one.records, one.codec, one.isIdempotent);
        else if (one.do === 'compact') world.leader.compact(world.atMs);
        else if (one.do === 'wait') world.atMs += one.ms;
        else if (one.do === 'truncate') world.truncate(one.share);
        else if (one.do === 'fetch') world.fetch(one.size);
        else {
          const { highWatermark, logEndOffset } = world.leader;
          const more = Math.floor(((logEndOffset - highWatermark) * one.share) / 100);
          world.leader.advanceHighWatermark(highWatermark + more);
        }
        world.check();
      }
      while (world.follower.logEndOffset < world.leader.logEndOffset) world.fetch(100_000);
      const followed = readAll(world.follower).map(plain);
      // It may have read what has gone since, so that it knows more of the past, not of the end.
      expect(stateOf(followed)).toEqual(stateOf(world.written));
    }),
  );
});

it('a key has one record in what has been compacted', () => {
  fc.assert(
    fc.property(fc.array(fc.array(record, { minLength: 1, maxLength: 4 })), (batches) => {
      const world = new World();
      for (const records of batches) world.append(records, 'none', false);
      world.leader.advanceHighWatermark(world.leader.logEndOffset);
      if (!world.leader.compact(world.atMs)) return;
      const { leader } = world;
      const keys = readAll(leader)
        .map(plain)
        .filter(({ offset }) => leader.isInOlderSegment(offset, leader.logEndOffset))
        .map(({ key }) => key);
      expect(keys).toEqual([...new Set(keys)]);
    }),
  );
});
