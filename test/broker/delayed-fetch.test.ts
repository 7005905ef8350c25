import { expect, test } from 'vitest';
import {
  DelayedFetch,
  type FetchParameters,
  type FetchReads,
} from '../../src/broker/delayed-fetch.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { Purgatory } from '../../src/replication/purgatory.ts';
import { VirtualClock } from '../../src/simulation/clock.ts';
import { LedPartition, positionOf, sessionOf, topicsOf } from './make.ts';

/** One session over t-0 and t-1; a fetch waits 500 ms for one byte unless told otherwise. */
class Reader {
  readonly clock = new VirtualClock();
  readonly purgatory = new Purgatory(this.clock);
  readonly session = sessionOf(2);
  readonly found: (LedPartition | ErrorCode)[] = [new LedPartition(0), new LedPartition(1)];
  readonly replies: FetchReads[] = [];
  last: DelayedFetch | undefined;

  fetch(change: Partial<FetchParameters> = {}): void {
    const parameters: FetchParameters = {
      replicaId: -1,
      replicaEpoch: -1,
      isStale: false,
      isolation: 'high-watermark',
      minBytes: 1,
      maxBytes: 1 << 20,
      maxWaitMs: 500,
      mayReadFollower: false,
      readReplica: () => -1,
      isThrottled: () => false,
      ...change,
    };
    this.last = new DelayedFetch(
      this.session,
      parameters,
      ({ index }) => this.found[index]!,
      (reads) => this.replies.push(reads),
    );
    this.session.current = this.last;
    this.last.start(this.purgatory);
    this.clock.settle();
  }

  /** What the last reply says of partition `index`. */
  read(index: number) {
    for (const [entry, read] of this.replies.at(-1) ?? []) if (entry.index === index) return read;
    return undefined;
  }

  /** The reader has got all that there is, and has been told so. */
  catchUp(): void {
    this.fetch({ maxWaitMs: 0 });
    for (const [entry, read] of this.replies.at(-1) ?? []) {
      entry.toldHighWatermark = read.highWatermark;
      entry.toldLogStartOffset = read.logStartOffset;
    }
    const positions = [0, 1].map((index) => {
      const partition = this.partition(index);
      return positionOf(index, { fetchOffset: partition.log.logEndOffset });
    });
    this.session.update({ topics: topicsOf(...positions), forgottenTopicsData: [] });
    this.replies.length = 0;
  }

  partition(index: number): LedPartition {
    const found = this.found[index];
    if (!(found instanceof LedPartition)) throw new Error(`t-${index} is not there`);
    return found;
  }
}

test('with enough bytes it replies at once', () => {
  const reader = new Reader();
  reader.partition(1).write(1);
  reader.fetch();
  expect(reader.read(1)?.sizeBytes).toBeGreaterThan(0);
});

test('without any it waits, replies in the instant in which they come, and only then', () => {
  const reader = new Reader();
  reader.catchUp();
  reader.fetch();
  reader.clock.advanceTo(200);
  expect(reader.replies).toHaveLength(0);
  reader.partition(0).write(1);
  reader.clock.settle();
  expect(reader.replies).toHaveLength(1);
  expect(reader.read(0)?.sizeBytes).toBeGreaterThan(0);
  expect(reader.read(1)).toBeUndefined();
  reader.clock.advanceTo(5000);
  expect(reader.replies).toHaveLength(1);
});

test('too few bytes wait for more, over many changes', () => {
  const reader = new Reader();
  reader.catchUp();
  reader.fetch({ minBytes: 400 });
  for (let count = 0; reader.replies.length === 0; count++) {
    expect(count).toBeLessThan(10);
    reader.partition(count % 2).write(1);
    reader.clock.settle();
  }
  const sizeBytes = [0, 1].map((index) => reader.read(index)?.sizeBytes ?? 0);
  expect(sizeBytes[0]! + sizeBytes[1]!).toBeGreaterThanOrEqual(400);
});

test('its deadline ends the wait with what there is', () => {
  const reader = new Reader();
  reader.catchUp();
  reader.fetch({ minBytes: 1000 });
  reader.partition(0).write(1);
  reader.clock.advanceTo(499);
  expect(reader.replies).toHaveLength(0);
  reader.clock.advanceTo(500);
  expect(reader.read(0)?.sizeBytes).toBeGreaterThan(0);
});

test('another leader epoch ends the wait of who believes in the former', () => {
  const reader = new Reader();
  reader.catchUp();
  const positions = [positionOf(0, { currentLeaderEpoch: 0 })];
  reader.session.update({ topics: topicsOf(...positions), forgottenTopicsData: [] });
  reader.fetch();
  expect(reader.replies).toHaveLength(0);
  reader.partition(0).lead(1);
  reader.clock.settle();
  expect(reader.read(0)?.errorCode).toBe(ErrorCode.FENCED_LEADER_EPOCH);
});

test('a partition that is unknown from the start hastens nothing where another can wait', () => {
  const reader = new Reader();
  reader.catchUp();
  reader.found[0] = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  reader.fetch();
  reader.clock.advanceTo(499);
  expect(reader.replies).toHaveLength(0);
  reader.clock.advanceTo(500);
  expect(reader.read(0)?.errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test('a partition that vanishes while it waits ends the wait', () => {
  const reader = new Reader();
  reader.catchUp();
  reader.fetch();
  const partition = reader.partition(0);
  reader.found[0] = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  partition.delete();
  reader.clock.settle();
  expect(reader.read(0)?.errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  expect(partition.listeners).toBe(0);
});

test('a partition that lives on another broker is said at once', () => {
  const reader = new Reader();
  reader.catchUp();
  reader.found[1] = ErrorCode.NOT_LEADER_OR_FOLLOWER;
  reader.fetch();
  expect(reader.read(1)?.errorCode).toBe(ErrorCode.NOT_LEADER_OR_FOLLOWER);
});

test('a follower that is none of the replicas is told what it may not know yet', () => {
  const reader = new Reader();
  const positions = [positionOf(0, { currentLeaderEpoch: 0 }), positionOf(1)];
  reader.session.update({ topics: topicsOf(...positions), forgottenTopicsData: [] });
  reader.fetch({ replicaId: 9, isolation: 'log-end' });
  expect(reader.read(0)?.errorCode).toBe(ErrorCode.UNKNOWN_LEADER_EPOCH);
  expect(reader.read(1)?.errorCode).toBe(ErrorCode.NOT_LEADER_OR_FOLLOWER);
});

test('a newer request of the session ends the wait of the one before', () => {
  const reader = new Reader();
  reader.catchUp();
  reader.fetch();
  reader.last?.interrupt();
  expect(reader.replies).toHaveLength(1);
  expect(reader.purgatory.size).toBe(0);
  reader.clock.advanceTo(5000);
  expect(reader.replies).toHaveLength(1);
});

test('the end of its session ends the wait, and nothing listens any more', () => {
  const reader = new Reader();
  reader.catchUp();
  reader.fetch();
  expect(reader.partition(0).listeners).toBe(1);
  reader.session.close();
  expect(reader.replies).toHaveLength(1);
  reader.partition(0).write(1);
  reader.clock.advanceTo(5000);
  expect(reader.replies).toHaveLength(1);
  expect([0, 1].map((index) => reader.partition(index).listeners)).toEqual([0, 0]);
});

test('a session whose reader comes no more hears of one change and no other', () => {
  const reader = new Reader();
  reader.catchUp();
  reader.fetch();
  reader.clock.advanceTo(500);
  expect(reader.partition(0).listeners).toBe(1);
  reader.partition(0).write(1);
  expect(reader.partition(0).listeners).toBe(0);
  reader.partition(0).write(1);
  reader.fetch();
  expect(reader.read(0)?.sizeBytes).toBeGreaterThan(0);
});

test('a follower that is throttled is told all but the records, and waits for them in vain', () => {
  const reader = new Reader();
  reader.partition(0).write(1);
  let throttled = true;
  const follower = { isolation: 'log-end', replicaId: 2, isThrottled: () => throttled } as const;
  reader.fetch({ ...follower, maxWaitMs: 0 });
  expect(reader.read(0)).toMatchObject({ errorCode: ErrorCode.NONE, sizeBytes: 0, chunks: [] });
  reader.replies.length = 0;
  reader.fetch(follower);
  reader.partition(0).write(1);
  reader.clock.advanceTo(499);
  expect(reader.replies).toHaveLength(0);
  throttled = false;
  reader.clock.advanceTo(500);
  expect(reader.read(0)?.sizeBytes).toBeGreaterThan(0);
});

test('a topic that is deleted meanwhile is unknown by name, one that never was by its id', () => {
  const reader = new Reader();
  reader.catchUp();
  const topic = reader.partition(0);
  reader.found[1] = ErrorCode.UNKNOWN_TOPIC_ID;
  reader.fetch();
  reader.found[0] = ErrorCode.UNKNOWN_TOPIC_ID;
  topic.changed();
  reader.clock.settle();
  expect(reader.read(0)?.errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  expect(reader.read(1)?.errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_ID);
});
