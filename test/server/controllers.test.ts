import { expect, test } from 'vitest';
import { startCluster } from '../../src/index.ts';

test('the active controller crashes, another one takes over, and writes go on', async () => {
  await using cluster = await startCluster({
    controllers: 3,
    topics: { orders: { partitions: 1, replicationFactor: 3 } },
  });
  expect(cluster.controllers.map(({ id }) => id)).toEqual([3000, 3001, 3002]);
  const former = cluster.activeController!;
  const crashed = former.crash();
  expect(cluster.activeController).toBeUndefined();
  await cluster.topic('orders').produce([{ value: 'in the gap' }]);
  await crashed;
  expect(cluster.activeController?.id).not.toBe(former.id);
  expect(former.isRunning).toBe(false);
  await cluster.topic('new').create();
  await former.restart();
  expect(former.isRunning).toBe(true);
  expect(former.isActive).toBe(false);
});

test('a combined node that shuts down hands over its leaders and the quorum', async () => {
  await using cluster = await startCluster({ controllers: { count: 3, combined: true } });
  const former = cluster.activeController!;
  await former.shutdown();
  expect(cluster.broker(former.id).isRunning).toBe(false);
  expect(cluster.activeController?.id).not.toBe(former.id);
  await former.restart();
  expect(cluster.broker(former.id).isRunning).toBe(true);
});

test('without a majority there is no active controller, and nobody hangs', async () => {
  await using cluster = await startCluster({ controllers: 3 });
  for (const { id } of cluster.controllers.slice(0, 2)) await cluster.controller(id).crash();
  await cluster.until(() => cluster.activeController === undefined);
  for (const { id } of cluster.controllers) await cluster.controller(id).restart();
  expect(cluster.activeController).toBeDefined();
});

test.each([
  [2, 'must be 1, 3 or 5, not 2'],
  [{ count: 5, combined: true }, '5 combined controllers need as many brokers, not 3'],
  [{ number: 3 }, "controllers has no 'number'"],
])('controllers: %j is refused', async (controllers, text) => {
  await expect(startCluster({ controllers: controllers as number })).rejects.toThrow(text);
});

test('an id that no controller has', async () => {
  await using cluster = await startCluster({ brokers: 1 });
  expect(() => cluster.controller(1)).toThrow('there is no controller 1, only 3000');
});
