import { expect, test } from 'vitest';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { Leadership } from '../../src/replication/leadership.ts';
import type {
  IsrChange,
  IsrChangeReply,
  PartitionHost,
} from '../../src/replication/partition-host.ts';
import { batchOf, makeLog } from '../log/make.ts';

interface Asked extends Omit<IsrChange, 'isr'> {
  readonly isr: readonly number[];
  readonly brokerEpochs: readonly number[];
  readonly reply: IsrChangeReply;
}

/** Broker 1 leads in epoch 5, with followers 2 and 3; time, eligibility and answers are ours. */
class Leader {
  readonly log = makeLog().log;
  readonly asked: Asked[] = [];
  readonly contacts = new Map<number, { lastFetchMs: number }>();
  readonly fenced = new Set<number>();
  minInSyncReplicas = 1;
  strictMinIsr = true;
  /** Brokers that run in their second process. */
  readonly restarted = new Set<number>();
  nowMs = 100_000;
  readonly leadership: Leadership;

  constructor(isr: readonly number[], recordsBefore = 0) {
    if (recordsBefore > 0) this.#write(recordsBefore, 4);
    const assignment = { replicas: [1, 2, 3], isr, leader: 1, leaderEpoch: 5, partitionEpoch: 7 };
    const identity = { topicId: 'id', topic: 't', partition: 0, name: 't-0' };
    const partition = { identity, log: this.log, host: this.#host(), changed: () => {} };
    this.leadership = new Leadership(partition, assignment);
  }

  #host(): PartitionHost {
    return {
      brokerId: 1,
      now: () => this.nowMs,
      contactOf: (brokerId) => this.contact(brokerId),
      isEligible: (brokerId, brokerEpoch) =>
        !this.fenced.has(brokerId) && (brokerEpoch < 0 || brokerEpoch === this.epochOf(brokerId)),
      isrSettings: () => ({
        minInSyncReplicas: this.minInSyncReplicas,
        replicaLagTimeMaxMs: 30_000,
        strictMinIsr: this.strictMinIsr,
      }),
      requestIsrChange: (_identity, { isr, ...change }, reply) => {
        const brokerEpochs = isr.map(({ brokerEpoch }) => brokerEpoch);
        this.asked.push({
          ...change,
          isr: isr.map(({ brokerId }) => brokerId),
          brokerEpochs,
          reply,
        });
      },
      emit: () => {},
    };
  }

  epochOf(brokerId: number): number {
    return brokerId * 100 + (this.restarted.has(brokerId) ? 1 : 0);
  }

  contact(brokerId: number): { lastFetchMs: number } {
    const contact = this.contacts.get(brokerId) ?? { lastFetchMs: Number.NEGATIVE_INFINITY };
    this.contacts.set(brokerId, contact);
    return contact;
  }

  append(records: number): void {
    this.leadership.aboutToAppend();
    this.#write(records, 5);
    this.leadership.maybeAdvanceHighWatermark();
  }

  fetched(brokerId: number, fetchOffset: number): void {
    this.contact(brokerId).lastFetchMs = this.nowMs;
    const position = { fetchOffset, logStartOffset: 0, brokerEpoch: this.epochOf(brokerId) };
    this.leadership.followerFetched(brokerId, position);
  }

  /** The controller's image says so. */
  image(isr: readonly number[], partitionEpoch: number): void {
    const replicas = [1, 2, 3];
    this.leadership.update({ replicas, isr, leader: 1, leaderEpoch: 5, partitionEpoch });
  }

  answer(errorCode: ErrorCode, at = this.asked.length - 1): void {
    this.asked[at]!.reply({ errorCode });
  }

  get highWatermark(): number {
    return this.log.highWatermark;
  }

  #write(records: number, leaderEpoch: number): void {
    this.log.appendAsLeader(batchOf(records, { timestampMs: -1 }), {
      leaderEpoch,
      nowMs: this.nowMs,
    });
  }
}

test('the high watermark is the least end over the in-sync replicas, and never goes back', () => {
  const leader = new Leader([1, 2, 3]);
  leader.append(3);
  expect(leader.highWatermark).toBe(0);
  leader.fetched(2, 3);
  expect(leader.highWatermark).toBe(0);
  leader.fetched(3, 2);
  expect(leader.highWatermark).toBe(2);
  leader.fetched(3, 1);
  expect(leader.highWatermark).toBe(2);
});

test('while a member is being added the high watermark waits for it already', () => {
  const leader = new Leader([1, 2]);
  leader.append(1);
  leader.fetched(2, 1);
  leader.fetched(3, 1);
  expect(leader.asked).toMatchObject([{ isr: [1, 2, 3], leaderEpoch: 5, partitionEpoch: 7 }]);
  leader.nowMs += 60_000; // so that only its place in the maximal ISR speaks for it
  leader.append(1);
  leader.fetched(2, 2);
  expect(leader.highWatermark).toBe(1);
  expect(leader.leadership.isr).toEqual([1, 2]);
  leader.fetched(3, 2);
  expect(leader.highWatermark).toBe(2);
});

test('while a member is being dropped the high watermark still waits for it', () => {
  const leader = new Leader([1, 2]);
  leader.append(1);
  leader.nowMs += 30_001;
  leader.leadership.shrinkIsr();
  expect(leader.asked).toMatchObject([{ isr: [1] }]);
  expect(leader.highWatermark).toBe(0);
  leader.image([1], 8);
  expect(leader.highWatermark).toBe(1);
});

test('one change at a time: the next is asked for only when the first is decided', () => {
  const leader = new Leader([1]);
  leader.fetched(2, 0);
  leader.fetched(3, 0);
  leader.leadership.shrinkIsr();
  leader.leadership.reconsiderIsr();
  expect(leader.asked).toHaveLength(1);
  leader.image([1, 2], 8);
  leader.leadership.reconsiderIsr();
  expect(leader.asked).toMatchObject([{ isr: [1, 2] }, { isr: [1, 2, 3], partitionEpoch: 8 }]);
});

test('a follower joins once it has what is committed and has reached this very epoch', () => {
  const leader = new Leader([1], 2);
  expect(leader.leadership.epochStartOffset).toBe(2);
  expect(leader.highWatermark).toBe(2);
  const behind = new Leader([1, 2], 2);
  expect(behind.highWatermark).toBe(0);
  behind.fetched(3, 1); // above the high watermark, but below the start of the epoch
  expect(behind.asked).toEqual([]);
  behind.fetched(3, 2);
  expect(behind.asked).toMatchObject([{ isr: [1, 2, 3] }]);
  leader.append(1);
  leader.fetched(2, 2); // at the start of the epoch, but below the high watermark
  expect(leader.highWatermark).toBe(3);
  expect(leader.asked).toEqual([]);
});

test('a fenced follower does not join, and is asked for as soon as it may', () => {
  const leader = new Leader([1]);
  leader.fenced.add(2);
  leader.fetched(2, 0);
  expect(leader.asked).toEqual([]);
  leader.fenced.delete(2);
  leader.leadership.reconsiderIsr();
  expect(leader.asked).toMatchObject([{ isr: [1, 2] }]);
});

test('what a follower said before it was fenced does not bring it back: it must fetch', () => {
  const leader = new Leader([1, 2]);
  leader.fetched(2, 0);
  leader.image([1], 8);
  leader.contact(2).lastFetchMs = Number.NEGATIVE_INFINITY;
  leader.leadership.reconsiderIsr();
  expect(leader.asked).toEqual([]);
  leader.fetched(2, 0);
  expect(leader.asked).toMatchObject([{ isr: [1, 2] }]);
});

test('a follower joins as the process that fetched, and no other of the same broker', () => {
  const leader = new Leader([1]);
  leader.fenced.add(2);
  leader.fetched(2, 0);
  leader.fenced.delete(2);
  leader.restarted.add(2);
  leader.leadership.reconsiderIsr();
  expect(leader.asked).toEqual([]);
  leader.fetched(2, 0);
  expect(leader.asked).toMatchObject([{ isr: [1, 2], brokerEpochs: [-1, 201] }]);
});

test('a follower is dropped for its lag in time alone, to the millisecond', () => {
  const leader = new Leader([1, 2, 3]);
  leader.append(1000);
  leader.fetched(3, 1000);
  leader.nowMs += 30_000;
  leader.leadership.shrinkIsr();
  expect(leader.asked).toEqual([]);
  leader.nowMs += 1;
  leader.leadership.shrinkIsr();
  expect(leader.asked).toMatchObject([{ isr: [1, 3] }]); // 3 has it all, however long ago
});

test('below min.insync.replicas the high watermark stands still', () => {
  const leader = new Leader([1]);
  leader.minInSyncReplicas = 2;
  leader.append(1);
  expect(leader.highWatermark).toBe(0);
  expect(leader.leadership.isUnderMinIsr).toBe(true);
  leader.fetched(2, 1);
  leader.image([1, 2], 8);
  expect(leader.highWatermark).toBe(1);
  expect(leader.leadership.isUnderMinIsr).toBe(false);
});

test('without that rule it moves on with as few as there are', () => {
  const leader = new Leader([1]);
  leader.minInSyncReplicas = 2;
  leader.strictMinIsr = false;
  leader.append(1);
  expect(leader.highWatermark).toBe(1);
  expect(leader.leadership.isUnderMinIsr).toBe(true);
});

test('the minimum is never more than there are replicas', () => {
  const leader = new Leader([1, 2, 3]);
  leader.minInSyncReplicas = 9;
  expect(leader.leadership.effectiveMinInSyncReplicas).toBe(3);
});

test('a laggard holds the high watermark back while it is about to join, and no longer', () => {
  const leader = new Leader([1]);
  leader.fenced.add(3);
  leader.append(1);
  leader.fetched(2, 1);
  leader.answer(ErrorCode.INELIGIBLE_REPLICA);
  leader.append(1);
  expect(leader.highWatermark).toBe(1);
  leader.fenced.add(2);
  leader.leadership.reconsiderIsr();
  expect(leader.highWatermark).toBe(2);
});

test('a follower that has never fetched holds nothing back, even when time has just begun', () => {
  const leader = new Leader([1]);
  leader.nowMs = 0;
  leader.append(1);
  expect(leader.highWatermark).toBe(1);
});

test('a refused member is forgotten, and asked for again when it fetches', () => {
  const leader = new Leader([1]);
  leader.fetched(2, 0);
  leader.answer(ErrorCode.INELIGIBLE_REPLICA);
  leader.append(1);
  leader.nowMs += 60_000;
  leader.leadership.maybeAdvanceHighWatermark();
  expect(leader.highWatermark).toBe(1);
  leader.fetched(2, 1);
  expect(leader.asked).toMatchObject([{ isr: [1, 2] }, { isr: [1, 2] }]);
});

test('a change of unknown fate stays pending, and is asked for again', () => {
  const leader = new Leader([1, 2]);
  leader.append(1);
  leader.fetched(3, 1);
  leader.fetched(2, 1);
  leader.answer(ErrorCode.NETWORK_EXCEPTION);
  leader.nowMs += 60_000;
  leader.append(1);
  leader.fetched(2, 2);
  expect(leader.highWatermark).toBe(1); // the controller may have let 3 in
  leader.leadership.reconsiderIsr();
  expect(leader.asked).toMatchObject([{ isr: [1, 2, 3] }, { isr: [1, 2, 3] }]);
  leader.leadership.reconsiderIsr();
  expect(leader.asked).toHaveLength(2);
});

test('whoever is behind the controller waits for its image instead of asking again', () => {
  const leader = new Leader([1]);
  leader.fetched(2, 0);
  leader.answer(ErrorCode.INVALID_UPDATE_VERSION);
  leader.leadership.reconsiderIsr();
  expect(leader.asked).toHaveLength(1);
  leader.image([1, 2], 8);
  expect(leader.leadership.isr).toEqual([1, 2]);
});

test('an answer that the image has overtaken changes nothing', () => {
  const leader = new Leader([1]);
  leader.fetched(2, 0);
  leader.image([1, 2], 8);
  leader.answer(ErrorCode.INELIGIBLE_REPLICA, 0);
  expect(leader.leadership.isr).toEqual([1, 2]);
});

test('a follower that fetches no more is not taken back for what it once had', () => {
  const leader = new Leader([1]);
  leader.minInSyncReplicas = 2; // so that the high watermark stays where it is
  leader.fenced.add(2);
  leader.fetched(2, 0);
  leader.append(1);
  leader.fenced.delete(2);
  leader.nowMs += 30_001;
  leader.leadership.reconsiderIsr();
  expect(leader.asked).toEqual([]);
  leader.fetched(2, 0);
  expect(leader.asked).toMatchObject([{ isr: [1, 2] }]);
});
