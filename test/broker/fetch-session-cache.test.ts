import { expect, test } from 'vitest';
import type { FetchSession } from '../../src/broker/fetch-session.ts';
import { FetchSessionCache } from '../../src/broker/fetch-session-cache.ts';
import { Random } from '../../src/simulation/random.ts';
import { LedPartition, sessionOf } from './make.ts';

const minutes = (count: number) => count * 60_000;

/** A cache of two slots. */
class Cache {
  readonly sessions = new FetchSessionCache(new Random(1));

  consumer(size: number, nowMs = 0): FetchSession {
    return this.#keep(size, false, nowMs);
  }

  follower(size: number, nowMs = 0): FetchSession {
    return this.#keep(size, true, nowMs);
  }

  has({ id }: FetchSession): boolean {
    return id !== 0 && this.sessions.get(id) !== undefined;
  }

  #keep(size: number, isFollower: boolean, nowMs: number): FetchSession {
    const session = sessionOf(size);
    this.sessions.keep(session, { isFollower, slots: 2, nowMs });
    return session;
  }
}

test('a kept session has an id of its own, and expects epoch 1', () => {
  const cache = new Cache();
  const [one, other] = [cache.consumer(1), cache.consumer(1)];
  expect(one.id).toBeGreaterThan(0);
  expect(other.id).not.toBe(one.id);
  expect(one.epoch).toBe(1);
  expect(cache.sessions.get(one.id)).toBe(one);
});

test('when all slots are taken by the young and the large there is no session', () => {
  const cache = new Cache();
  const kept = [cache.consumer(1), cache.consumer(2)];
  expect(cache.consumer(9).id).toBe(0);
  expect(kept.map((session) => cache.has(session))).toEqual([true, true]);
});

test('a session unused for two minutes makes room for any other', () => {
  const cache = new Cache();
  const [idle, used] = [cache.consumer(5), cache.consumer(5)];
  used.lastUsedMs = minutes(2);
  expect(cache.has(cache.consumer(1, minutes(2)))).toBe(false);
  expect(cache.has(cache.consumer(1, minutes(2) + 1))).toBe(true);
  expect([cache.has(idle), cache.has(used)]).toEqual([false, true]);
});

test('an old session in use makes room for a larger one only', () => {
  const cache = new Cache();
  const old = [cache.consumer(2), cache.consumer(3)];
  for (const session of old) session.lastUsedMs = minutes(3);
  expect(cache.has(cache.consumer(1, minutes(3)))).toBe(false);
  expect(cache.has(cache.consumer(3, minutes(3)))).toBe(true);
  expect(old.map((session) => cache.has(session))).toEqual([false, true]);
});

test("a follower takes a consumer's place at once, a consumer never a follower's", () => {
  const cache = new Cache();
  const [small, large] = [cache.consumer(8), cache.consumer(9)];
  expect(cache.has(cache.follower(1))).toBe(true);
  expect([cache.has(small), cache.has(large)]).toEqual([false, true]);
  const second = cache.follower(1);
  expect([cache.has(large), cache.has(second)]).toEqual([false, true]);
  second.lastUsedMs = minutes(3);
  const third = cache.follower(1, minutes(3)); // the first follower is stale by now
  third.lastUsedMs = minutes(3);
  expect(cache.consumer(99, minutes(3)).id).toBe(0);
});

test('a session that is removed listens to nothing any more', () => {
  const cache = new Cache();
  const session = cache.consumer(1);
  const partition = new LedPartition();
  for (const entry of session.dirty) session.listen(entry, partition);
  expect(partition.listeners).toBe(1);
  cache.sessions.remove(session.id);
  expect(partition.listeners).toBe(0);
  for (const entry of session.dirty) session.listen(entry, partition);
  expect(partition.listeners).toBe(0);
});
