import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PartitionLog } from '../../src/log/partition-log.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { buildBatch } from '../../src/protocol/records/batch-builder.ts';
import { makeLog, nowMs, readAll, recordsIn } from './make.ts';
import { NaiveLog, namedRecords } from './naive-log.ts';

const replicaCount = 3;
const limits = { segmentBytes: 700, segmentMs: 5000 };
const retention = { retentionMs: 20_000, retentionBytes: 2500 };

const replica = fc.nat(replicaCount - 1);
const share = fc.nat(100).map((percent) => percent / 100);
const timestamp = fc.oneof(
  fc.constant(-1),
  fc.nat(40_000).map((ago) => nowMs - ago),
);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      to: replica,
      timestamps: fc.array(timestamp, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('fetch' as const),
      from: replica,
      to: replica,
      maxSizeBytes: fc.nat(600),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('truncate' as const), on: replica, share }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), on: replica, share }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), on: replica, share }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), on: replica, share }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retain' as const), on: replica }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      on: replica,
      share,
      untilShare: share,
      maxSizeBytes: fc.nat(800),
      atLeastOneBatch: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('time' as const), on: replica, timestamp }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Pair {
  readonly log: PartitionLog;
  readonly naive: NaiveLog;
}

const idsOf = (chunks: readonly Uint8Array[]): string[] =>
  recordsIn(chunks).map(({ value }) => String(value));

function append({ log, naive }: Pair, name: string, epoch: number, timestamps: number[]): void {
  const records = namedRecords(name, timestamps);
  const batch = buildBatch(records);
  const result = log.appendAsLeader(batch, { leaderEpoch: epoch, nowMs });
  expect(result).toMatchObject({ errorCode: 0, baseOffset: naive.end });
  batch.fill(0xee); // it was only lent
  naive.append({
    base: naive.end,
    last: naive.end + timestamps.length - 1,
    sizeBytes: batch.length,
    epoch,
    records: records.map(({ value, timestampMs }) => ({ id: String(value), timestampMs })),
  });
}

/** A follower's fetch, which nothing keeps from happening between any two replicas. */
function fetch(from: Pair, to: Pair, maxSizeBytes: number): void {
  const offset = to.log.logEndOffset;
  const untilOffset = from.log.logEndOffset;
  const read = from.log.read(offset, { maxSizeBytes, untilOffset, atLeastOneBatch: true });
  expect(read.outOfRange).toBe(offset < from.naive.start || offset > from.naive.end);
  if (read.outOfRange) return;
  const batches = from.naive.read(offset, untilOffset, maxSizeBytes, true);
  expect(idsOf(read.chunks)).toEqual(batches.flatMap(({ records }) => records.map(({ id }) => id)));
  const result = to.log.appendAsFollower(read.chunks, nowMs);
  const first = batches[0];
  if (first && first.base < offset && to.naive.start < offset) {
    expect(result.errorCode).toBe(ErrorCode.OFFSET_OUT_OF_RANGE);
    return;
  }
  expect(result).toEqual({ errorCode: 0, sizeBytes: read.sizeBytes });
  if (first && first.base < offset) to.naive.restart(first.base);
  for (const batch of batches) to.naive.append(batch);
}

function read({ log, naive }: Pair, action: Extract<Step, { do: 'read' }>): void {
  const span = naive.end - naive.start;
  const offset = naive.start - 1 + Math.round(action.share * (span + 2));
  const untilOffset = naive.start + Math.round(action.untilShare * span);
  const { maxSizeBytes, atLeastOneBatch } = action;
  const result = log.read(offset, { maxSizeBytes, untilOffset, atLeastOneBatch });
  expect(result.outOfRange).toBe(offset < naive.start || offset > naive.end);
  if (result.outOfRange) return;
  const batches = naive.read(offset, untilOffset, maxSizeBytes, atLeastOneBatch);
  expect(idsOf(result.chunks)).toEqual(
    batches.flatMap(({ records }) => records.map(({ id }) => id)),
  );
  expect(result.sizeBytes).toBe(batches.reduce((total, batch) => total + batch.sizeBytes, 0));
  expect(result.baseOffset).toBe(batches[0]?.base ?? -1);
  expect(result.nextOffset).toBe((batches.at(-1)?.last ?? offset - 1) + 1);
}

function act(pairs: readonly Pair[], action: Step, name: string, epoch: number): void {
  if (action.do === 'append') append(pairs[action.to]!, name, epoch, action.timestamps);
  else if (action.do === 'fetch') {
    fetch(pairs[action.from]!, pairs[action.to]!, action.maxSizeBytes);
  } else actOn(pairs[action.on]!, action);
}

function actOn(pair: Pair, action: Exclude<Step, { do: 'append' | 'fetch' }>): void {
  const { log, naive } = pair;
  const offset =
    'share' in action ? naive.start + Math.round(action.share * (naive.end - naive.start)) : 0;
  if (action.do === 'read') read(pair, action);
  else if (action.do === 'time') lookUp(pair, action.timestamp);
  else if (action.do === 'retain') {
    log.applyRetention(nowMs);
    naive.retain(nowMs, retention.retentionMs, retention.retentionBytes);
  } else if (action.do === 'truncate') {
    log.truncateTo(offset);
    naive.truncate(offset);
  } else if (action.do === 'restart') {
    log.truncateFullyAndStartAt(offset);
    naive.restart(offset);
  } else if (action.do === 'commit') {
    expect(log.advanceHighWatermark(offset)).toBe(offset > naive.highWatermark);
    naive.highWatermark = Math.max(naive.highWatermark, offset);
  } else {
    const allowed = offset <= naive.highWatermark;
    expect(log.moveLogStart(offset)).toBe(allowed ? 0 : ErrorCode.OFFSET_OUT_OF_RANGE);
    if (allowed) naive.start = Math.max(naive.start, offset);
  }
}

function lookUp({ log, naive }: Pair, timestampMs: number): void {
  const found = log.offsetForTimestamp(timestampMs, naive.end);
  const expected = naive.forTimestamp(timestampMs);
  expect(found && [found.offset, found.timestampMs]).toEqual(
    expected && [expected.offset, expected.timestampMs],
  );
  expect(log.offsetOfMaxTimestamp()?.offset).toBe(naive.ofMaxTimestamp()?.offset);
}

function agree({ log, naive }: Pair): void {
  expect(log.logStartOffset).toBe(naive.start);
  expect(log.logEndOffset).toBe(naive.end);
  expect(log.highWatermark).toBe(naive.highWatermark);
  expect(log.segmentCount).toBe(naive.segments.length);
  expect(log.sizeBytes).toBe(naive.batches.reduce((total, batch) => total + batch.sizeBytes, 0));
  const ids = naive.batches
    .filter(({ last }) => last >= naive.start)
    .flatMap(({ base, records }) => records.map(({ id }, index) => `${base + index} ${id}`));
  for (const maxSizeBytes of [1, 250, 1e6]) {
    const found = readAll(log, maxSizeBytes).map(({ offset, value }) => `${offset} ${value}`);
    expect(found).toEqual(ids);
  }
}

it('does what a list of batches does, on replicas that share bytes and go their own ways', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const pairs = Array.from({ length: replicaCount }, (): Pair => {
        const { log } = makeLog({ ...limits, ...retention, messageTimestampAfterMaxMs: 1e9 });
        return { log, naive: new NaiveLog(limits) };
      });
      steps.forEach((action, index) => {
        act(pairs, action, `b${index}`, index);
        agree(pairs['on' in action ? action.on : action.to]!);
      });
      for (const pair of pairs) agree(pair);
    }),
    { numRuns: 200, interruptAfterTimeLimit: 20_000 },
  );
});
