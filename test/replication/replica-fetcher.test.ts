import { expect, test } from 'vitest';
import { modernKnobs } from '../../src/config/knobs.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import type { FetchRequest, FetchResponse } from '../../src/protocol/messages/fetch.ts';
import { Partition } from '../../src/replication/partition.ts';
import { ReplicaFetcher } from '../../src/replication/replica-fetcher.ts';
import { ReplicationQuota } from '../../src/replication/replication-quota.ts';
import { VirtualClock } from '../../src/simulation/clock.ts';
import { batchOf, makeLog } from '../log/make.ts';

type Data = FetchResponse['responses'][number]['partitions'][number];

const healthy = {
  errorCode: ErrorCode.NONE,
  highWatermark: 0,
  lastStableOffset: 0,
  logStartOffset: 0,
  divergingEpoch: null,
  currentLeader: null,
  snapshotId: null,
  abortedTransactions: null,
  preferredReadReplica: -1,
  records: [],
};

/** The follower on broker 2, and its leader played by hand. */
class Follower {
  readonly clock = new VirtualClock();
  /** For partition 0 alone. */
  bytesPerSecond = Number.POSITIVE_INFINITY;
  readonly requests: FetchRequest[] = [];
  readonly #replies: ((response: FetchResponse | undefined) => void)[] = [];
  readonly boundsAsked: ((bounds?: { logStartOffset: number; logEndOffset: number }) => void)[] =
    [];
  readonly fetcher = new ReplicaFetcher({
    brokerId: 2,
    brokerEpoch: () => 20,
    clock: this.clock,
    settings: () => ({
      replicaFetchWaitMaxMs: 500,
      replicaFetchMinBytes: 1,
      replicaFetchMaxBytes: 1 << 20,
      replicaFetchResponseMaxBytes: 10 << 20,
      replicaFetchBackoffMs: 1000,
    }),
    fetch: (request, reply) => {
      this.requests.push(request);
      this.#replies.push(reply);
    },
    knobs: modernKnobs,
    quota: new ReplicationQuota({
      now: () => this.clock.now(),
      bytesPerSecond: () => this.bytesPerSecond,
      windows: () => ({ count: 10, lengthMs: 1000 }),
      throttledReplicas: () => new Set([0]),
    }),
    leaderBounds: (_, reply) => this.boundsAsked.push(reply),
    askEpochEnd: () => expect.unreachable(),
  });

  /** A partition of topic `t` that follows broker 1 in `leaderEpoch`. */
  partition(index: number, leaderEpoch = 0): Partition {
    const partition = new Partition(
      { topicId: 't', topic: 't', partition: index, name: `t-${index}` },
      makeLog().log,
      {
        brokerId: 2,
        now: () => this.clock.now(),
        contactOf: () => ({ lastFetchMs: 0 }),
        isEligible: () => true,
        isrSettings: () => ({
          minInSyncReplicas: 1,
          replicaLagTimeMaxMs: 30_000,
          strictMinIsr: true,
        }),
        requestIsrChange: () => {},
        emit: () => {},
      },
    );
    this.moveTo(partition, leaderEpoch);
    return partition;
  }

  /** Broker 1 leads the partition in another epoch. */
  moveTo(partition: Partition, leaderEpoch: number): void {
    const assignment = { replicas: [1, 2], isr: [1], leader: 1, partitionEpoch: leaderEpoch };
    partition.assign({ ...assignment, leaderEpoch });
    this.fetcher.unfollow(partition);
    this.fetcher.follow(partition);
    this.clock.settle();
  }

  /** Answers request number `at`: in session 7, with what is said of each partition by index. */
  answer(at: number, said: Record<number, Partial<Data>> = {}, sessionId = 7): void {
    const partitions = Object.entries(said).map(([index, data]) => ({
      ...healthy,
      ...data,
      partitionIndex: Number(index),
    }));
    const responses = partitions.length > 0 ? [{ topic: '', topicId: 't', partitions }] : [];
    const { NONE } = ErrorCode;
    const top = { throttleTimeMs: 0, errorCode: NONE, sessionId, nodeEndpoints: [] };
    this.#replies[at]?.({ ...top, responses });
    this.clock.settle();
  }

  break(at: number): void {
    this.#replies[at]?.(undefined);
    this.clock.settle();
  }

  /** Which partitions request `at` names, and from where it wants them. */
  named(at: number): number[][] {
    const partitions = this.requests[at]?.topics.flatMap((topic) => topic.partitions) ?? [];
    return partitions.map(({ partition, fetchOffset }) => [partition, fetchOffset]);
  }

  forgotten(at: number): number[] {
    return this.requests[at]?.forgottenTopicsData.flatMap(({ partitions }) => partitions) ?? [];
  }
}

/** `count` records from `baseOffset` on, as a leader in `leaderEpoch` holds them. */
const records = (baseOffset: number, count: number, leaderEpoch = 0) => ({
  records: [batchOf(count, { timestampMs: -1 }, { baseOffset, leaderEpoch })],
  highWatermark: baseOffset,
});

test('the first fetch names everything and does not wait; the next name what has moved', () => {
  const follower = new Follower();
  follower.partition(0);
  follower.answer(0);
  const other = follower.partition(1);
  expect(follower.requests).toMatchObject([
    { sessionId: 0, sessionEpoch: 0, maxWaitMs: 0 },
    { sessionId: 7, sessionEpoch: 1, maxWaitMs: 500 },
    { sessionId: 7, sessionEpoch: 2 },
  ]);
  expect([0, 1, 2].map((at) => follower.named(at))).toEqual([[[0, 0]], [], [[1, 0]]]);
  follower.answer(1);
  follower.answer(2, { 1: records(0, 3) });
  expect(other.log.logEndOffset).toBe(3);
  expect(follower.named(3)).toEqual([[1, 3]]);
});

test('while its session is being opened a new partition waits for that alone', () => {
  const follower = new Follower();
  follower.partition(0);
  follower.partition(1);
  expect(follower.requests).toHaveLength(1);
  follower.answer(0);
  expect(follower.requests[1]).toMatchObject({ sessionId: 7, sessionEpoch: 1 });
  expect(follower.named(1)).toEqual([[1, 0]]);
});

test('where there is no session to be had every fetch names everything, and waits', () => {
  const follower = new Follower();
  follower.partition(0);
  follower.answer(0, {}, 0);
  expect(follower.requests[1]).toMatchObject({ sessionId: 0, sessionEpoch: 0, maxWaitMs: 500 });
  expect(follower.named(1)).toEqual([[0, 0]]);
});

test('a partition that leaves and comes back is not forgotten', () => {
  const follower = new Follower();
  const partition = follower.partition(0);
  follower.partition(1);
  follower.answer(0);
  follower.answer(1);
  follower.moveTo(partition, 1);
  expect(follower.named(3)).toEqual([[0, 0]]);
  expect(follower.forgotten(3)).toEqual([]);
});

test('a partition that leaves is forgotten', () => {
  const follower = new Follower();
  const partition = follower.partition(0);
  follower.partition(1);
  follower.answer(0);
  follower.fetcher.unfollow(partition);
  follower.answer(1);
  expect(follower.forgotten(2)).toEqual([0]);
});

test('an answer about a former leader epoch is not taken', () => {
  const follower = new Follower();
  const partition = follower.partition(0);
  follower.answer(0);
  follower.moveTo(partition, 1);
  follower.answer(1, { 0: records(0, 2) });
  expect(partition.log.logEndOffset).toBe(0);
  follower.answer(2, { 0: records(0, 1, 1) });
  expect(partition.log.logEndOffset).toBe(1);
});

test('an answer to a position that has been given up since is not taken', () => {
  const follower = new Follower();
  const partition = follower.partition(0);
  follower.answer(0, { 0: records(0, 4) });
  follower.partition(1); // a second request goes out behind the one that asks from 4 on
  expect(follower.named(1)).toEqual([[0, 4]]);
  follower.answer(1, { 0: { divergingEpoch: { epoch: 0, endOffset: 0 } } });
  expect(partition.log.logEndOffset).toBe(0);
  follower.answer(2, { 0: records(4, 1) });
  expect(partition.log.logEndOffset).toBe(0);
});

test('a partition that fails rests alone, out of the session, and comes again', () => {
  const follower = new Follower();
  follower.partition(0);
  const healthyOne = follower.partition(1);
  follower.answer(0);
  follower.answer(1, { 0: { errorCode: ErrorCode.UNKNOWN_LEADER_EPOCH } });
  expect(follower.forgotten(2)).toEqual([0]);
  follower.answer(2, { 1: records(0, 1) });
  expect(healthyOne.log.logEndOffset).toBe(1);
  follower.clock.advanceTo(999);
  expect(follower.requests).toHaveLength(4);
  follower.clock.advanceTo(1000);
  expect(follower.named(4)).toEqual([[0, 0]]);
});

test('when all partitions fail nothing is sent until their rest is over', () => {
  const follower = new Follower();
  follower.partition(0);
  follower.answer(0, { 0: { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER } });
  expect(follower.requests).toHaveLength(1);
  follower.clock.advanceTo(1000);
  expect(follower.named(1)).toEqual([[0, 0]]);
});

test('a lost connection is tried again after a pause, with everything and no session', () => {
  const follower = new Follower();
  follower.partition(0);
  follower.answer(0);
  follower.break(1);
  expect(follower.requests).toHaveLength(2);
  follower.clock.advanceTo(1000);
  expect(follower.requests[2]).toMatchObject({ sessionId: 0, sessionEpoch: 0 });
  expect(follower.named(2)).toEqual([[0, 0]]);
});

test("an end outside the leader's log is asked about once, and then begun anew", () => {
  const follower = new Follower();
  const partition = follower.partition(0);
  follower.answer(0, { 0: records(0, 2) });
  follower.answer(1, { 0: { errorCode: ErrorCode.OFFSET_OUT_OF_RANGE } });
  expect(follower.boundsAsked).toHaveLength(1);
  expect(follower.requests).toHaveLength(2);
  follower.boundsAsked[0]?.({ logStartOffset: 10, logEndOffset: 20 });
  follower.clock.settle();
  expect(partition.log).toMatchObject({ logStartOffset: 10, logEndOffset: 10 });
  expect(follower.named(2)).toEqual([[0, 10]]);
});

test("where the leader's bounds are not to be had it rests and asks again", () => {
  const follower = new Follower();
  follower.partition(0);
  follower.answer(0, { 0: { errorCode: ErrorCode.OFFSET_OUT_OF_RANGE } });
  follower.boundsAsked[0]?.(undefined);
  follower.clock.advanceTo(999);
  expect(follower.requests).toHaveLength(1);
  follower.clock.advanceTo(1000);
  expect(follower.named(1)).toEqual([[0, 0]]);
});

test('a fetcher that is closed takes nothing and sends nothing', () => {
  const follower = new Follower();
  const partition = follower.partition(0);
  follower.fetcher.close();
  follower.answer(0, { 0: records(0, 1) });
  follower.clock.advanceTo(10_000);
  expect(partition.log.logEndOffset).toBe(0);
  expect(follower.requests).toHaveLength(1);
});

test('a throttled partition that has to catch up rests while the quota is used up', () => {
  const follower = new Follower();
  const partition = follower.partition(0);
  follower.partition(1);
  follower.answer(0);
  follower.bytesPerSecond = 40; // less than half a batch
  follower.answer(1, { 0: { ...records(0, 1), highWatermark: 9 } });
  expect(partition.log.logEndOffset).toBe(1);
  expect(follower.forgotten(2)).toEqual([0]);
  follower.answer(2, { 1: records(0, 1) });
  expect(follower.named(3)).toEqual([[1, 1]]);
  follower.clock.advanceTo(1999);
  expect(follower.requests).toHaveLength(4);
  follower.clock.advanceTo(2000); // one batch in two seconds is within 40 bytes a second
  expect(follower.named(4)).toEqual([[0, 1]]);
});

test('one that is in sync is fetched whatever its quota', () => {
  const follower = new Follower();
  follower.partition(0);
  follower.answer(0);
  follower.bytesPerSecond = 0;
  follower.answer(1, { 0: { ...records(0, 1), highWatermark: 1 } });
  expect(follower.named(2)).toEqual([[0, 1]]);
  follower.answer(2, { 0: { ...records(1, 1), highWatermark: 3 } });
  expect(follower.requests).toHaveLength(3);
});
