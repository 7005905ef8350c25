import { describe, expect, onTestFinished, test } from 'vitest';
import { type ClusterOptions, replayRecording, startCluster } from '../../src/index.ts';

const threeTimes = { partitions: 1, replicationFactor: 3 };
const quickLag = { 'replica.lag.time.max.ms': 100, 'replica.fetch.wait.max.ms': 50 };

async function start(options: ClusterOptions = {}) {
  const cluster = await startCluster({ topics: { orders: threeTimes }, ...options });
  onTestFinished(() => cluster.close());
  return { cluster, orders: cluster.partition('orders', 0) };
}

test('an afternoon of every verb is replayed, event for event', async () => {
  const { cluster, orders } = await start({ record: true, controllers: 3 });
  const [first, second, third] = orders.replicas as [number, number, number];
  await cluster.topic('orders').produce([{ value: 'one' }, { value: 'two' }]);
  await cluster.broker(first).crash({ lose: 'unflushed' });
  await cluster.broker(first).restart();
  cluster.broker(third).pause();
  await cluster.topic('orders').produce({ value: 'three' }, { acks: 1 });
  cluster.broker(third).resume();
  const { id: added } = await cluster.addBroker({ rack: 'b' });
  await orders.reassign([added, first]);
  await orders.elect(first);
  cluster.slow(first, added, { latencyMs: 2, jitterMs: 3, loss: 0.1, plane: 'replication' });
  await cluster.topic('orders').produce({ value: 'four' });
  cluster.isolate(added);
  cluster.cut(first, 'clients', { oneWay: true });
  cluster.heal();
  await cluster.activeController!.crash();
  await cluster.until(() => orders.isr.length === 2);
  await cluster.removeBroker(added);
  await cluster.broker(second).shutdown();
  const text = cluster.recording();
  const events = cluster.events();
  const again = replayRecording(text);
  expect(again.length).toBeGreaterThan(100);
  expect(again).toEqual(events.slice(0, again.length));
});

describe('brokers', () => {
  test('a crash that loses all leaves an empty log to restart on', async () => {
    const { cluster, orders } = await start();
    await cluster.topic('orders').produce({ value: 'v' });
    const follower = cluster.broker(orders.replicas[1]!);
    cluster.cut(follower.id, orders.leader!.id, { plane: 'replication' });
    await follower.crash({ lose: 'all' });
    await follower.restart();
    expect(orders.replica(follower.id).logEndOffset).toBe(0n);
    cluster.heal();
    await cluster.until(() => orders.isr.length === 3);
    expect(orders.replica(follower.id).logEndOffset).toBe(1n);
  });

  test('one that is added serves clients, and is gone after a reset', async () => {
    const { cluster } = await start();
    const before = cluster.bootstrapServers;
    const added = await cluster.addBroker({ id: 7, rack: 'b', config: { 'num.partitions': 2 } });
    expect([added.id, added.rack, added.isRunning]).toEqual([7, 'b', true]);
    expect(cluster.bootstrapServers).toBe(`${before},127.0.0.1:${added.port}`);
    await cluster.topic('four').create({ partitions: 1, replicationFactor: 4 });
    await cluster.topic('four').produce({ value: 'v' });
    expect(cluster.partition('four', 0).replica(7).logEndOffset).toBe(1n);
    await cluster.reset();
    expect(cluster.bootstrapServers).toBe(before);
    expect(added.isRunning).toBe(false);
    await expect(added.restart()).rejects.toThrow('E_UNKNOWN_BROKER: broker 7 has been removed');
  });

  test('one that is removed hands over, and is back after a reset, on its port', async () => {
    const { cluster, orders } = await start();
    const before = cluster.bootstrapServers;
    const { leader } = orders;
    await cluster.removeBroker(leader!.id);
    expect(cluster.brokers.map(({ id }) => id)).not.toContain(leader!.id);
    expect(orders.leader?.id).not.toBe(leader!.id);
    expect(orders.replicas).toContain(leader!.id);
    expect(() => cluster.broker(leader!.id)).toThrow('E_UNKNOWN_BROKER');
    expect(() => orders.replica(leader!.id)).toThrow('E_UNKNOWN_BROKER');
    await cluster.reset();
    expect(cluster.bootstrapServers).toBe(before);
  });

  test.each<[string, object, RegExp]>([
    ['an id that is taken', { id: 1 }, /E_BAD_OPTION: there is a node 1 already/],
    ['the id of a controller', { id: 3000 }, /there is a node 3000 already/],
    ['a misspelt option', { rak: 'b' }, /E_UNKNOWN_OPTION: addBroker has no 'rak'.*'rack'/],
    ['a bad config', { config: { 'num.partitions': 'x' } }, /E_BAD_CONFIG/],
  ])('addBroker refuses %s', async (_name, options, text) => {
    const { cluster } = await start({ brokers: 1, topics: {} });
    await expect(cluster.addBroker(options)).rejects.toThrow(text);
    expect(cluster.brokers).toHaveLength(1);
  });

  test('the last one and a controller stay', async () => {
    const { cluster: single } = await start({ brokers: 1, topics: {} });
    await expect(single.removeBroker(1)).rejects.toThrow('E_BAD_OPTION: broker 1 is the last');
    const { cluster } = await start({ controllers: { combined: true } });
    await expect(cluster.removeBroker(1)).rejects.toThrow('broker 1 is a controller');
  });

  test('what never comes about is said with what happened instead', async () => {
    const config = { 'broker.session.timeout.ms': 100, 'broker.heartbeat.interval.ms': 50 };
    const { cluster, orders } = await start({ config });
    cluster.cut(1, 3000);
    await cluster.until(() => !orders.isr.includes(1));
    const joined = orders.reassign([1, 2], { withinMs: 20 });
    await expect(joined).rejects.toThrow(/E_CHANGE_REFUSED|E_TIMEOUT: the reassignment of part/);
  });
});

describe('links', () => {
  const route = ({ from, to, plane }: { from: unknown; to: unknown; plane: string }) =>
    `${from} ${to} ${plane}`;

  test('each word means its directions and planes', async () => {
    const { cluster } = await start({ brokers: 2, topics: {} });
    const healed = (action: () => void) => {
      action();
      const routes = cluster.status().links.map(route);
      cluster.heal();
      expect(cluster.status().links).toEqual([]);
      return routes;
    };
    expect(healed(() => cluster.cut(1, 2))).toEqual(['1 2 replication', '2 1 replication']);
    expect(healed(() => cluster.cut(1, 3000, { oneWay: true }))).toEqual(['1 3000 controller']);
    expect(healed(() => cluster.link({ from: 'clients', to: 1 }, { latencyMs: 1 }))).toEqual([
      'clients 1 client',
    ]);
    expect(healed(() => cluster.isolate(1, { keep: ['client'] }))).toEqual([
      '1 2 replication',
      '2 1 replication',
      '1 3000 controller',
      '3000 1 controller',
    ]);
    expect(healed(() => cluster.isolate(2))).toContain('clients 2 client');
  });

  test('brokers that are controllers, too, speak on two planes', async () => {
    const { cluster } = await start({ controllers: { count: 3, combined: true } });
    cluster.cut(1, 2, { oneWay: true });
    expect(cluster.status().links.map(route)).toEqual(['1 2 replication', '1 2 controller']);
  });

  test('a follower that is cut off leaves the ISR, and is back when it is healed', async () => {
    const { cluster, orders } = await start({ config: quickLag });
    const [leader, follower] = orders.replicas as [number, number];
    cluster.cut(leader, follower, { plane: 'replication' });
    await cluster.topic('orders').produce({ value: 'v' });
    expect(orders.isr).not.toContain(follower);
    cluster.heal();
    await cluster.until(() => orders.isr.includes(follower));
  });

  test.each<[string, (cluster: Awaited<ReturnType<typeof startCluster>>) => void, string]>([
    ['no node', (cluster) => cluster.cut(1, 9), 'E_UNKNOWN_NODE: there is no node 9, only 1, 3000'],
    ['itself', (cluster) => cluster.cut(1, 1), 'E_BAD_OPTION: 1 and 1 do not speak'],
    [
      'another plane',
      (cluster) => cluster.cut(1, 'clients', { plane: 'replication' }),
      'do not speak to each other on the plane replication',
    ],
    ['no plane', (cluster) => cluster.cut(1, 3000, { plane: 'x' as 'client' }), "not 'x'"],
    ['nothing', (cluster) => cluster.slow(1, 3000, {}), 'needs one of latencyMs, jitterMs, loss'],
    ['half a ms', (cluster) => cluster.slow(1, 3000, { latencyMs: 0.5 }), 'not 0.5'],
    ['a sure loss', (cluster) => cluster.slow(1, 3000, { loss: 1 }), 'not 1'],
    [
      'a misspelt change',
      (cluster) => cluster.link({ from: 1, to: 3000 }, { latency: 1 } as object),
      "E_UNKNOWN_OPTION: link has no 'latency'; did you mean 'latencyMs'",
    ],
  ])('%s is refused', async (_name, action, text) => {
    const { cluster } = await start({ brokers: 1, topics: {} });
    expect(() => action(cluster)).toThrow(text);
    expect(cluster.status().links).toEqual([]);
  });
});

describe('partitions', () => {
  test('elect: whom one names, the preferred leader again, anyone that lives', async () => {
    const config = { 'auto.leader.rebalance.enable': false };
    const { cluster, orders } = await start({ config });
    const [first, second] = orders.replicas as [number, number];
    await orders.elect(second);
    expect([orders.leader?.id, orders.replicas[0]]).toEqual([second, second]);
    await cluster.broker(second).crash();
    expect(orders.leader?.id).not.toBe(second);
    await expect(orders.elect()).rejects.toThrow(/E_CHANGE_REFUSED: .*PREFERRED_LEADER_NOT_AVAIL/);
    await expect(orders.elect(9)).rejects.toThrow(/E_BAD_OPTION: .*no replica is on 9/);
    await cluster.broker(second).restart();
    await cluster.until(() => orders.isr.length === 3);
    await orders.elect();
    expect(orders.leader?.id).toBe(second);
    await orders.elect('unclean'); // there is a leader: nothing to do
    expect(orders.leader?.id).toBe(second);
    expect(first).not.toBe(second);
  });

  test('elect unclean: a partition without a leader has one again, with less in it', async () => {
    const { cluster, orders } = await start({
      topics: { orders: { ...threeTimes, replicationFactor: 2 } },
      config: quickLag,
    });
    const [leader, follower] = orders.replicas as [number, number];
    cluster.cut(leader, follower, { plane: 'replication' });
    await cluster.topic('orders').produce({ value: 'lost' });
    await cluster.broker(leader).crash();
    expect(orders.leader).toBeNull();
    await orders.elect('unclean');
    expect([orders.leader?.id, orders.logEndOffset]).toEqual([follower, 0n]);
  });

  test('reassign: it moves with its records', async () => {
    const { cluster, orders } = await start({ brokers: 4 });
    await cluster.topic('orders').produce({ value: 'v' });
    const stranger = [1, 2, 3, 4].find((id) => !orders.replicas.includes(id))!;
    const target = [stranger, orders.replicas[0]!];
    await orders.reassign(target);
    expect([orders.replicas, orders.isr.length]).toEqual([target, 2]);
    expect(orders.replica(stranger).logEndOffset).toBe(1n);
    await expect(orders.reassign([])).rejects.toThrow('E_BAD_OPTION: replicas must be ids');
    await expect(orders.reassign([1, 9])).rejects.toThrow(/E_CHANGE_REFUSED: .*INVALID_REPLICA/);
  });
});

describe('knobs', () => {
  test('a rule of an earlier release holds: without ELR the last one in sync stays', async () => {
    const { cluster, orders } = await start({
      knobs: { elr: false },
      topics: { orders: { ...threeTimes, replicationFactor: 1 } },
    });
    await orders.leader!.crash();
    expect([orders.isr.length, orders.elr.length]).toEqual([1, 0]);
    await cluster.close();
    const { orders: modern } = await start({
      topics: { orders: { ...threeTimes, replicationFactor: 1 } },
    });
    await modern.leader!.crash();
    expect([modern.isr.length, modern.elr.length]).toEqual([0, 1]);
  });

  test.each<[object, string]>([
    [{ truncation: 'kip1' }, 'knobs.truncation must be one of hw, kip101, kip279, kip320'],
    [{ elr: 1 }, 'knobs.elr must be one of true, false, not 1'],
    [{ fence: true }, "E_UNKNOWN_OPTION: knobs has no 'fence'"],
  ])('%j is refused', async (knobs, text) => {
    await expect(startCluster({ knobs })).rejects.toThrow(text);
  });
});
