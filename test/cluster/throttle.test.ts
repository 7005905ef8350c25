import { expect, test } from 'vitest';
import { World } from './world.ts';

/** Throttles are set at run time (KIP-73); '': for every broker. */
function throttle(world: World, rates: Record<string, number>, resourceName = ''): void {
  const configs = Object.entries(rates).map(([side, rate]) => ({
    ...{ name: `${side}.replication.throttled.rate`, value: `${rate}`, configOperation: 0 },
  }));
  const resources = [{ resourceType: 4, resourceName, configs }];
  const brokerId = Number(resourceName || 1);
  world.send(brokerId, 'IncrementalAlterConfigs', { resources, validateOnly: false });
}

const throttledReplicas = (leader: string, follower: string) => ({
  'leader.replication.throttled.replicas': leader,
  'follower.replication.throttled.replicas': follower,
});

/** t-0 on brokers 1 and 2, with 100 batches of about 10 kB, a megabyte in all. */
function worldOf(configs: Record<string, string>): World {
  const config = {
    'replica.fetch.max.bytes': '20000',
    'replica.fetch.response.max.bytes': '20000',
  };
  const world = new World({ brokers: 4, config });
  world.createTopic('t', [[1, 2]], configs);
  for (let count = 0; count < 100; count++) world.produce('t', ['x'.repeat(10_000)]);
  return world;
}

function moveTo(world: World, replicas: readonly number[]): void {
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, replicas }] }];
  const request = { timeoutMs: 1000, allowReplicationFactorChange: true, topics };
  world.send(1, 'AlterPartitionReassignments', request);
}

/** How long, in seconds, until the reassignment is over; at most a hundred. */
function secondsUntilMoved(world: World): number {
  const startMs = world.cluster.clock.now();
  const elapsed = () => (world.cluster.clock.now() - startMs) / 1000;
  while (world.partition('t').addingReplicas.length > 0 && elapsed() < 100) world.advance(100);
  return elapsed();
}

test('without a throttle a reassignment takes no time', () => {
  const world = worldOf(throttledReplicas('0:1', '0:3'));
  moveTo(world, [1, 3]);
  expect(secondsUntilMoved(world)).toBe(0);
});

test.each([
  ['leader', throttledReplicas('0:1,0:2', '')],
  ['follower', throttledReplicas('', '0:3')],
  ['leader', throttledReplicas('*', '')],
  ['follower', throttledReplicas('', '*')],
])('under a throttle of the %s it takes as long as the rate says', (side, configs) => {
  const world = worldOf(configs);
  throttle(world, { [side]: 50_000 });
  moveTo(world, [1, 3]);
  const seconds = secondsUntilMoved(world);
  expect(seconds).toBeGreaterThan(18); // a megabyte at 50 kB a second, the first window at once
  expect(seconds).toBeLessThan(24);
  expect(world.log(3, 't').logEndOffset).toBe(100);
});

test('the rate counts for those replicas alone that are listed', () => {
  const world = worldOf(throttledReplicas('0:2', '0:4'));
  throttle(world, { leader: 50_000, follower: 50_000 });
  moveTo(world, [1, 3]);
  expect(secondsUntilMoved(world)).toBe(0);
});

test("a broker's own rate goes before that of all", () => {
  const world = worldOf(throttledReplicas('', '*'));
  throttle(world, { follower: 10 });
  throttle(world, { follower: 100_000 }, '3');
  moveTo(world, [1, 3]);
  expect(secondsUntilMoved(world)).toBeLessThan(13);
});

test('it counts from when it is set until it is taken back', () => {
  const world = worldOf(throttledReplicas('*', ''));
  throttle(world, { leader: 1 });
  moveTo(world, [1, 3]);
  world.advance(30_000);
  expect(world.log(3, 't').logEndOffset).toBeLessThan(10);
  const configs = [
    { name: 'leader.replication.throttled.rate', value: null, configOperation: 1 },
  ] as const;
  const resources = [{ resourceType: 4, resourceName: '', configs }];
  world.send(1, 'IncrementalAlterConfigs', { resources, validateOnly: false });
  world.advance(500); // the follower's fetch has waited at the leader
  expect(world.partition('t')).toMatchObject({ replicas: [1, 3], addingReplicas: [] });
});

test('who is in sync is not held back, and gets more than the rate if need be', () => {
  const world = worldOf(throttledReplicas('*', '*'));
  throttle(world, { leader: 1, follower: 1 });
  for (let count = 0; count < 20; count++) {
    const answer = world.produce('t', ['x'.repeat(10_000)]);
    expect(answer()).toMatchObject({ errorCode: 0 });
  }
  expect(world.log(1, 't').highWatermark).toBe(120);
});

test('a follower that lags is held back until it is in sync again', () => {
  const world = worldOf(throttledReplicas('*', ''));
  throttle(world, { leader: 50_000 });
  world.cluster.crash(2);
  world.advance(10_000);
  for (let count = 0; count < 150; count++) world.produce('t', ['x'.repeat(10_000)]);
  world.cluster.restart(2);
  world.advance(5000);
  expect(world.partition('t').isr).toEqual([1]);
  world.advance(30_000);
  expect(world.partition('t').isr).toEqual([1, 2]);
});
