import { expect, test } from 'vitest';
import {
  ReplicationQuota,
  type ThrottledReplicas,
} from '../../src/replication/replication-quota.ts';

/** Ten windows of a second; all in hand. */
class World {
  nowMs = 100_000;
  bytesPerSecond = 1000;
  throttled: ThrottledReplicas = 'all';
  readonly quota = new ReplicationQuota({
    now: () => this.nowMs,
    bytesPerSecond: () => this.bytesPerSecond,
    windows: () => ({ count: 10, lengthMs: 1000 }),
    throttledReplicas: () => this.throttled,
  });

  /** After how many milliseconds it may go on. */
  wait(): number {
    const startMs = this.nowMs;
    while (this.quota.isExceeded) this.nowMs += 10;
    return this.nowMs - startMs;
  }
}

test('what came in a first moment counts as the work of a whole window', () => {
  const { quota } = new World();
  quota.record(1000);
  expect(quota.isExceeded).toBe(false);
  quota.record(1);
  expect(quota.isExceeded).toBe(true);
});

test('who has had too much waits until the average is what it may be', () => {
  const world = new World();
  world.quota.record(5000);
  expect(world.wait()).toBe(5000);
});

test('what is older than all windows is forgotten', () => {
  const world = new World();
  world.quota.record(1_000_000);
  expect(world.wait()).toBe(10_000);
});

test('many small portions come at the rate that is set', () => {
  const world = new World();
  const startMs = world.nowMs;
  let bytes = 0;
  for (let portion = 0; portion < 500; portion++) {
    world.wait();
    world.quota.record(300);
    bytes += 300;
  }
  const rate = (bytes * 1000) / (world.nowMs - startMs);
  expect(rate).toBeGreaterThan(1000);
  expect(rate).toBeLessThan(1150); // the first window's worth came at once
});

test('with a rate of 0 nothing is within it but nothing', () => {
  const world = new World();
  world.bytesPerSecond = 0;
  expect(world.quota.isExceeded).toBe(false);
  world.quota.record(1);
  world.nowMs += 9999;
  expect(world.quota.isExceeded).toBe(true);
});

test('only listed replicas are throttled, and none where there is no limit', () => {
  const world = new World();
  const partition = (index: number) => ({
    ...{ topicId: 'id', topic: 't', partition: index, name: `t-${index}` },
  });
  expect(world.quota.isThrottled(partition(0))).toBe(true);
  world.throttled = new Set([1]);
  expect([0, 1].map((index) => world.quota.isThrottled(partition(index)))).toEqual([false, true]);
  world.bytesPerSecond = Number('9223372036854775807');
  expect(world.quota.isThrottled(partition(1))).toBe(false);
  world.quota.record(2 ** 40);
  expect(world.quota.isExceeded).toBe(false);
});
