import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { PartitionLog } from '../../src/log/partition-log.ts';
import { buildBatch } from '../../src/protocol/records/batch-builder.ts';
import { recordsOf } from '../../src/protocol/records/batch-records.ts';
import {
  endTransactionMarker,
  readEndTransactionMarker,
} from '../../src/protocol/records/end-transaction-marker.ts';
import {
  isControl,
  isTransactional,
  producerIdOf,
} from '../../src/protocol/records/record-batch.ts';
import { makeLog, nowMs } from './make.ts';

const compacted = {
  cleanupPolicy: { compact: true, delete: false },
  segmentBytes: 200,
  minCleanableDirtyRatio: 0,
  deleteRetentionMs: 1000,
};

/** A transactional producer; as of KIP-890 each of its markers begins a new epoch. */
class Producer {
  readonly log: PartitionLog;
  readonly producerId: number;
  epoch = 0;
  sequence = 0;

  constructor(log: PartitionLog, producerId: number) {
    this.log = log;
    this.producerId = producerId;
  }

  write(text: string, producerEpoch = this.epoch): number {
    const [key, value] = text.split('=') as [string, string];
    const record = { key: Buffer.from(key), value: Buffer.from(value), timestampMs: nowMs };
    const { producerId, sequence: baseSequence } = this;
    const of = { producerId, producerEpoch, baseSequence, transactional: true };
    const batch = buildBatch([record], of);
    const { errorCode } = this.log.appendAsLeader(batch, { leaderEpoch: 0, nowMs });
    if (errorCode === 0) this.sequence++;
    return errorCode;
  }

  end(committed: boolean): void {
    const producerEpoch = ++this.epoch;
    const { producerId } = this;
    const of = { committed, coordinatorEpoch: 0, producerId, producerEpoch, timestampMs: nowMs };
    const options = {
      leaderEpoch: 0,
      nowMs,
      origin: 'coordinator',
      transactionVersion: 2,
    } as const;
    this.log.appendAsLeader(endTransactionMarker(of), options);
    this.sequence = 0;
  }
}

function batchesOf(log: PartitionLog): Buffer[] {
  const batches = [];
  for (let offset = 0; offset < log.lastStableOffset; ) {
    const options = { maxSizeBytes: 1, untilOffset: log.lastStableOffset, atLeastOneBatch: true };
    const { chunks, nextOffset } = log.read(offset, options);
    if (chunks.length === 0) break;
    batches.push(...(chunks as Buffer[]));
    offset = nextOffset;
  }
  return batches;
}

/** What a consumer makes of it that is told of the aborted transactions of its fetch. */
function readCommitted(log: PartitionLog): Map<string, string> {
  const state = new Map<string, string>();
  const aborted = log.producers.abortedWithin(0, log.lastStableOffset);
  const skipped = new Set<number>();
  for (const batch of batchesOf(log)) {
    const producerId = producerIdOf(batch, 0);
    const records = recordsOf(batch, 0)!;
    for (const one of aborted) {
      const lastOffset = records.at(-1)?.offset ?? -1;
      if (one.firstOffset <= lastOffset && lastOffset <= one.lastOffset)
        skipped.add(one.producerId);
    }
    if (isControl(batch, 0)) {
      if (readEndTransactionMarker(batch, 0)?.committed === false) skipped.delete(producerId);
    } else if (!isTransactional(batch, 0) || !skipped.has(producerId)) {
      for (const { key, value } of records) state.set(String(key), String(value));
    }
  }
  return state;
}

/** As much as makes a segment of what came before. */
function fill(log: PartitionLog): void {
  for (const key of ['x', 'y']) {
    const record = { key: Buffer.from(key), value: Buffer.alloc(110), timestampMs: nowMs };
    const { errorCode } = log.appendAsLeader(buildBatch([record]), { leaderEpoch: 0, nowMs });
    expect(errorCode).toBe(0);
  }
  log.advanceHighWatermark(log.logEndOffset);
}

function compactAt(log: PartitionLog, atMs: number): void {
  fill(log);
  expect(log.compact(atMs)).toBe(true);
}

const markersIn = (log: PartitionLog) =>
  batchesOf(log).filter((batch) => readEndTransactionMarker(batch, 0) !== undefined).length;

describe('transactions in a log that is compacted', () => {
  test('a marker goes delete.retention.ms after the last of its transaction', () => {
    const { log } = makeLog(compacted);
    const [first, second] = [new Producer(log, 7), new Producer(log, 8)];
    first.write('a=1');
    first.end(true);
    compactAt(log, nowMs);
    expect(markersIn(log)).toBe(1);
    second.write('a=2');
    second.end(true);
    compactAt(log, nowMs + 5000); // takes the record
    expect(markersIn(log)).toBe(2);
    compactAt(log, nowMs + 6000); // sees that it is gone
    compactAt(log, nowMs + 6999);
    expect(markersIn(log)).toBe(2);
    compactAt(log, nowMs + 7000);
    expect(markersIn(log)).toBe(1);
    expect(readCommitted(log).get('a')).toBe('2');
  });

  test('an abort that nobody can see any more hides nothing that comes later', () => {
    const { log } = makeLog({ ...compacted, deleteRetentionMs: 0 });
    const producer = new Producer(log, 7);
    producer.write('a=aborted');
    producer.end(false);
    for (let round = 0; round < 3; round++) compactAt(log, nowMs);
    expect(markersIn(log)).toBe(0);
    producer.write('a=later');
    producer.end(true);
    fill(log);
    expect(log.producers.abortedWithin(0, log.logEndOffset)).toEqual([]);
    expect(readCommitted(log).get('a')).toBe('later');
  });

  test('the epoch of a producer outlives its records and markers', () => {
    const { log } = makeLog({ ...compacted, deleteRetentionMs: 0 });
    const producer = new Producer(log, 7);
    producer.write('a=1');
    producer.end(false);
    for (let round = 0; round < 3; round++) compactAt(log, nowMs);
    log.truncateTo(log.logEndOffset - 1); // and so it reads from the log what it knows of producers
    expect(producer.write('a=2', 0)).not.toBe(0);
    expect(producer.write('a=2')).toBe(0);
  });

  test('nothing is touched from the first open transaction on', () => {
    const { log } = makeLog(compacted);
    const producer = new Producer(log, 7);
    fill(log);
    producer.write('a=1');
    for (let round = 0; round < 3; round++) fill(log);
    const before = log.sizeBytes;
    log.compact(nowMs);
    expect(log.sizeBytes).toBe(before);
    producer.end(true);
    compactAt(log, nowMs);
    expect(readCommitted(log).get('a')).toBe('1');
  });
});

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('write' as const), by: fc.nat(1), key: fc.nat(2) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      by: fc.nat(1),
      committed: fc.boolean(),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('compact' as const), ms: fc.nat(1) }) },
);

it('a reader of committed records knows the same in the end, however often it is compacted', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
      const config = { ...compacted, deleteRetentionMs: 1 };
      const logs = [makeLog(config).log, makeLog(config).log];
      const producers = logs.map((log) => [7, 8].map((id) => new Producer(log, id)));
      let atMs = nowMs;
      for (const [index, one] of steps.entries()) {
        for (const [which, log] of logs.entries()) {
          if (one.do === 'write') producers[which]![one.by]!.write(`${one.key}=${index}`);
          else if (one.do === 'end') producers[which]![one.by]!.end(one.committed);
          else fill(log);
        }
        if (one.do !== 'compact') continue;
        atMs += one.ms;
        logs[0]!.compact(atMs);
        expect(readCommitted(logs[0]!)).toEqual(readCommitted(logs[1]!));
      }
    }),
  );
});
