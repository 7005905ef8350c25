import { expect, test } from 'vitest';
import { ReplicaProgress } from '../../src/replication/replica-progress.ts';

const lagTimeMaxMs = 30_000;
const at = (fetchOffset: number) => ({ fetchOffset, logStartOffset: 0, brokerEpoch: 7 });

test('a follower at the end is caught up, however long ago it fetched', () => {
  const progress = new ReplicaProgress(2, { lastFetchMs: 0 }, 0);
  progress.fetched(at(10), 10, 1000);
  expect(progress.isCaughtUp(10, 1_000_000, lagTimeMaxMs)).toBe(true);
});

test('one that is behind is caught up for as long as the lag allows', () => {
  const progress = new ReplicaProgress(2, { lastFetchMs: 0 }, 0);
  progress.fetched(at(10), 10, 1000);
  expect(progress.isCaughtUp(11, 1000 + lagTimeMaxMs, lagTimeMaxMs)).toBe(true);
  expect(progress.isCaughtUp(11, 1001 + lagTimeMaxMs, lagTimeMaxMs)).toBe(false);
});

test('one that always gets what was the end at its fetch before is never out of sync', () => {
  const progress = new ReplicaProgress(2, { lastFetchMs: 0 }, 0);
  // Each fetch comes 20 s after the last, and meanwhile the leader has appended again.
  for (let round = 0; round < 10; round++) {
    progress.fetched(at(round * 5), (round + 1) * 5, round * 20_000);
  }
  expect(progress.isCaughtUp(50, 9 * 20_000, lagTimeMaxMs)).toBe(true);
});

test('one that fetches but falls ever further behind goes out of sync', () => {
  const progress = new ReplicaProgress(2, { lastFetchMs: 0 }, 0);
  for (let round = 0; round < 10; round++) {
    progress.fetched(at(round), (round + 1) * 100, round * 5000);
  }
  expect(progress.isCaughtUp(1000, 45_000, lagTimeMaxMs)).toBe(false);
});

test('the lag of an idle follower counts from its last contact, not from the append', () => {
  const contact = { lastFetchMs: 0 };
  const progress = new ReplicaProgress(2, contact, 0);
  progress.fetched(at(10), 10, 1000);
  contact.lastFetchMs = 20_000; // it went on fetching, and this partition was not mentioned
  progress.leaderAppends(10);
  expect(progress.isCaughtUp(11, 50_000, lagTimeMaxMs)).toBe(true);
  expect(progress.isCaughtUp(11, 50_001, lagTimeMaxMs)).toBe(false);
});
