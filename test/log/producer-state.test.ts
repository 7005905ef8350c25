import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { batchOf, makeLog, nowMs } from './make.ts';

const sequenceMax = 2 ** 31 - 1;

const producerBatch = (
  producerId: number,
  producerEpoch: number,
  baseSequence: number,
  count = 1,
  more: { transactional?: boolean; control?: boolean } = {},
) => batchOf(count, {}, { producerId, producerEpoch, baseSequence, ...more });

/** Control record of a transaction's end, as a coordinator has it written. */
const marker = (producerId: number, producerEpoch: number, type: 'commit' | 'abort') =>
  batchOf(
    1,
    {
      key: Uint8Array.of(0, 0, 0, type === 'commit' ? 1 : 0),
      value: Uint8Array.of(0, 0, 0, 0, 0, 3),
    },
    { producerId, producerEpoch, transactional: true, control: true },
  );

/** The same requests, in the same order, got these answers from Apache Kafka 4.3.1. */
const dialogue: [string, Buffer, ErrorCode, number | 'again'][] = [
  ['any sequence, when nothing is known', producerBatch(100, 0, 5), 0, 0],
  ['the next one, three records', producerBatch(100, 0, 6, 3), 0, 1],
  ['the same again', producerBatch(100, 0, 6, 3), 0, 'again'],
  ['part of it', producerBatch(100, 0, 6, 2), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, -1],
  ['a gap', producerBatch(100, 0, 10), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, -1],
  ['9', producerBatch(100, 0, 9), 0, 4],
  ['10', producerBatch(100, 0, 10), 0, 5],
  ['11', producerBatch(100, 0, 11), 0, 6],
  ['12', producerBatch(100, 0, 12), 0, 7],
  ['13', producerBatch(100, 0, 13), 0, 8],
  ['one of six batches ago', producerBatch(100, 0, 5), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, -1],
  ['one of five batches ago', producerBatch(100, 0, 9), 0, 'again'],
  ['a new epoch not from 0', producerBatch(100, 1, 3), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, -1],
  ['a new epoch', producerBatch(100, 1, 0), 0, 9],
  ['the old epoch', producerBatch(100, 0, 14), ErrorCode.INVALID_PRODUCER_EPOCH, -1],
  [
    'a batch of the old epoch again',
    producerBatch(100, 0, 13),
    ErrorCode.INVALID_PRODUCER_EPOCH,
    -1,
  ],
  ['to the last sequence', producerBatch(101, 0, sequenceMax - 1, 2), 0, 10],
  ['and on from 0', producerBatch(101, 0, 0), 0, 12],
  ['across the last sequence', producerBatch(102, 0, sequenceMax - 1, 4), 0, 13],
  ['across it again', producerBatch(102, 0, sequenceMax - 1, 4), 0, 'again'],
  ['and on', producerBatch(102, 0, 2), 0, 17],
];

it('answers an idempotent producer as Kafka does', () => {
  const { log } = makeLog();
  for (const [name, batch, errorCode, baseOffset] of dialogue) {
    const before = log.logEndOffset;
    const result = log.appendAsLeader(batch, { leaderEpoch: 0, nowMs });
    expect([name, result.errorCode]).toEqual([name, errorCode]);
    expect([name, result.duplicate]).toEqual([name, baseOffset === 'again']);
    if (baseOffset === 'again') {
      expect(result.logAppendTimeMs).toBe(nowMs);
      expect(log.logEndOffset).toBe(before);
    } else expect([name, result.baseOffset]).toEqual([name, baseOffset]);
  }
});

it('knows the producers still after truncation, as of what is left', () => {
  const { log } = makeLog();
  for (let sequence = 0; sequence < 9; sequence++) {
    log.appendAsLeader(producerBatch(1, 0, sequence), { leaderEpoch: 0, nowMs });
  }
  log.truncateTo(4);
  const append = (sequence: number) =>
    log.appendAsLeader(producerBatch(1, 0, sequence), { leaderEpoch: 0, nowMs });
  expect(append(5).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  expect(append(3)).toMatchObject({ errorCode: 0, duplicate: true, baseOffset: 3 });
  expect(append(4)).toMatchObject({ errorCode: 0, duplicate: false, baseOffset: 4 });
  log.truncateFullyAndStartAt(50);
  expect(append(77)).toMatchObject({ errorCode: 0, baseOffset: 50 });
});

it('forgets a producer after producer.id.expiration.ms, not one with an open transaction', () => {
  const { log } = makeLog({ producerIdExpirationMs: 1000 });
  const open = { transactional: true };
  log.appendAsLeader(producerBatch(1, 0, 0), { leaderEpoch: 0, nowMs });
  log.appendAsLeader(producerBatch(2, 0, 0, 1, open), { leaderEpoch: 0, nowMs });
  log.expireProducers(nowMs + 999);
  expect(log.producers.producerCount).toBe(2);
  log.expireProducers(nowMs + 1000);
  expect(log.producers.producerCount).toBe(1);
  const result = log.appendAsLeader(producerBatch(1, 0, 9), { leaderEpoch: 0, nowMs });
  expect(result.errorCode).toBe(0);
});

describe('a transaction', () => {
  const coordinator = { leaderEpoch: 0, nowMs, origin: 'coordinator' } as const;
  const client = { leaderEpoch: 0, nowMs };

  it('holds the last stable offset until its marker is below the high watermark', () => {
    const { log } = makeLog();
    log.appendAsLeader(batchOf(2), client);
    log.appendAsLeader(producerBatch(7, 0, 0, 3, { transactional: true }), client);
    log.appendAsLeader(batchOf(1), client);
    expect(log.lastStableOffset).toBe(0);
    log.advanceHighWatermark(5);
    expect(log.lastStableOffset).toBe(2);
    expect(log.appendAsLeader(marker(7, 0, 'commit'), coordinator).errorCode).toBe(0);
    expect(log.lastStableOffset).toBe(2);
    log.advanceHighWatermark(6);
    expect(log.lastStableOffset).toBe(2);
    log.advanceHighWatermark(7);
    expect(log.lastStableOffset).toBe(7);
  });

  it('holds it again when the high watermark falls below its marker, as at a restart', () => {
    const { log } = makeLog();
    log.appendAsLeader(producerBatch(7, 0, 0, 3, { transactional: true }), client);
    log.appendAsLeader(marker(7, 0, 'abort'), coordinator);
    log.advanceHighWatermark(4);
    expect(log.lastStableOffset).toBe(4);
    log.setHighWatermark(3);
    expect(log.lastStableOffset).toBe(0);
    log.advanceHighWatermark(4);
    expect(log.lastStableOffset).toBe(4);
  });

  it('keeps out what is not part of it', () => {
    const { log } = makeLog();
    log.appendAsLeader(producerBatch(7, 0, 0, 1, { transactional: true }), client);
    expect(log.appendAsLeader(producerBatch(7, 0, 1), client).errorCode).toBe(
      ErrorCode.INVALID_TXN_STATE,
    );
    log.appendAsLeader(marker(7, 0, 'abort'), coordinator);
    expect(log.appendAsLeader(producerBatch(7, 0, 1), client).errorCode).toBe(0);
  });

  it('is ended by no coordinator that has been replaced', () => {
    const { log } = makeLog();
    log.appendAsLeader(marker(7, 0, 'commit'), coordinator);
    const old = batchOf(
      1,
      { key: Uint8Array.of(0, 0, 0, 1), value: Uint8Array.of(0, 0, 0, 0, 0, 2) },
      { producerId: 7, producerEpoch: 0, transactional: true, control: true },
    );
    expect(log.appendAsLeader(old, coordinator).errorCode).toBe(
      ErrorCode.TRANSACTION_COORDINATOR_FENCED,
    );
  });
});

it('agrees with a model that keeps every batch of every producer', () => {
  interface Kept {
    epoch: number;
    first: number;
    last: number;
    offset: number;
  }
  type Step = typeof command extends fc.Arbitrary<infer T> ? T : never;
  const command = fc.record({
    producerId: fc.integer({ min: 1, max: 2 }),
    epoch: fc.nat(2),
    back: fc.integer({ min: -1, max: 7 }),
    count: fc.integer({ min: 1, max: 3 }),
    truncateBy: fc.oneof(
      { weight: 9, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.nat(4) },
    ),
  });
  const advance = (sequence: number, by: number) => (sequence + by) % 2 ** 31;

  /** What Kafka's rules say, from everything that is in the log: a duplicate, an error, or NONE. */
  function expected(all: Kept[], epoch: number, first: number, last: number): Kept | ErrorCode {
    const current = all.at(-1)?.epoch ?? -1;
    const ofEpoch = all.slice(all.findLastIndex((kept) => kept.epoch !== current) + 1);
    const same = ofEpoch.slice(-5).find((kept) => kept.first === first && kept.last === last);
    if (same && epoch === current) return same;
    if (epoch < current) return ErrorCode.INVALID_PRODUCER_EPOCH;
    const next = epoch > current ? 0 : advance(ofEpoch.at(-1)!.last, 1);
    return current === -1 || first === next
      ? ErrorCode.NONE
      : ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
  }

  const run = (steps: Step[], start: number) => {
    const { log } = makeLog();
    const model = new Map<number, Kept[]>([1, 2].map((id) => [id, []]));
    for (const { producerId, epoch, back, count, truncateBy } of steps) {
      if (truncateBy > 0) {
        const offsets = [...model.values()].flat().map(({ offset }) => offset);
        const target = offsets.sort((a, b) => a - b).at(-truncateBy) ?? 0;
        log.truncateTo(target);
        for (const all of model.values()) {
          while (all.length > 0 && all.at(-1)!.offset >= target) all.pop();
        }
        continue;
      }
      const all = model.get(producerId)!;
      const next = all.length === 0 ? start : advance(all.at(-1)!.last, 1);
      const first = back > 0 ? (all.at(-back)?.first ?? next) : advance(next, -back);
      const last = advance(first, count - 1);
      const verdict = expected(all, epoch, first, last);
      const batch = producerBatch(producerId, epoch, first, count);
      const result = log.appendAsLeader(batch, { leaderEpoch: 0, nowMs });
      if (typeof verdict !== 'number') {
        expect(result).toMatchObject({ errorCode: 0, duplicate: true, baseOffset: verdict.offset });
      } else {
        expect(result).toMatchObject({ errorCode: verdict, duplicate: false });
        if (verdict === 0) all.push({ epoch, first, last, offset: result.baseOffset });
      }
    }
  };

  const starts = fc.constantFrom(0, sequenceMax - 6);
  fc.assert(fc.property(fc.array(command, { maxLength: 60, size: 'max' }), starts, run), {
    numRuns: 500,
  });
});

describe('a transaction that must be verified', () => {
  const client = { leaderEpoch: 0, nowMs };
  const coordinator = { ...client, origin: 'coordinator' } as const;
  const transactional = { transactional: true };
  const verifying = () => makeLog({ verifyTransactions: true }).log;
  const request = { producerId: 7, producerEpoch: 0, baseSequence: 0, addsPartition: false };

  it('begins with a guard alone, and goes on without', () => {
    const log = verifying();
    const first = producerBatch(7, 0, 0, 1, transactional);
    expect(log.appendAsLeader(first, client).errorCode).toBe(ErrorCode.INVALID_TXN_STATE);
    const { guard } = log.producers.startVerification(request, nowMs);
    expect(log.appendAsLeader(first, { ...client, guard }).errorCode).toBe(0);
    const second = producerBatch(7, 0, 1, 1, transactional);
    expect(log.producers.startVerification(request, nowMs)).toEqual({ errorCode: 0 });
    expect(log.appendAsLeader(second, client).errorCode).toBe(0);
  });

  it('does not begin when it has been ended meanwhile', () => {
    const log = verifying();
    const { guard } = log.producers.startVerification(request, nowMs);
    log.appendAsLeader(marker(7, 0, 'abort'), coordinator);
    const late = producerBatch(7, 0, 0, 1, transactional);
    const { errorCode } = log.appendAsLeader(late, { ...client, guard });
    expect(errorCode).toBe(ErrorCode.INVALID_TXN_STATE);
  });

  it('begins with the least sequence that waits', () => {
    const log = verifying();
    log.producers.startVerification({ ...request, baseSequence: 5 }, nowMs);
    const { guard } = log.producers.startVerification(request, nowMs);
    const append = (sequence: number) =>
      log.appendAsLeader(producerBatch(7, 0, sequence, 5, transactional), { ...client, guard });
    expect(append(5).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect(append(0).errorCode).toBe(0);
    expect(append(5).errorCode).toBe(0);
  });

  it('is not verified for an epoch that is older', () => {
    const log = verifying();
    log.appendAsLeader(marker(7, 3, 'abort'), coordinator);
    const start = log.producers.startVerification(request, nowMs);
    expect(start).toEqual({ errorCode: ErrorCode.INVALID_PRODUCER_EPOCH });
  });
});

describe('aborted transactions', () => {
  const client = { leaderEpoch: 0, nowMs };
  const coordinator = { ...client, origin: 'coordinator' } as const;

  /** Transactions of two records, aborted but for every third, with a record beside each. */
  function filled() {
    const { log } = makeLog();
    for (let index = 0; index < 9; index++) {
      log.appendAsLeader(producerBatch(index, 0, 0, 2, { transactional: true }), client);
      log.appendAsLeader(batchOf(1), client);
      const type = index % 3 === 2 ? 'commit' : 'abort';
      log.appendAsLeader(marker(index, 0, type), coordinator);
    }
    return log;
  }
  const told = (log: ReturnType<typeof filled>, from: number, until: number) =>
    log.producers.abortedWithin(from, until).map(({ producerId }) => producerId);

  it('are told where they have something', () => {
    const log = filled();
    expect(told(log, 0, 36)).toEqual([0, 1, 3, 4, 6, 7]);
    expect(told(log, 4, 13)).toEqual([1, 3]);
    expect(told(log, 3, 4)).toEqual([0]);
    expect(told(log, 8, 12)).toEqual([]);
  });

  it('follow the log when it is cut at either end', () => {
    const log = filled();
    log.advanceHighWatermark(36);
    log.moveLogStart(5);
    expect(told(log, 0, 36)).toEqual([1, 3, 4, 6, 7]);
    log.truncateTo(19);
    expect(told(log, 0, 36)).toEqual([1, 3]);
    expect(log.lastStableOffset).toBe(16);
  });
});
