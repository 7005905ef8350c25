import { expect, test } from 'vitest';
import { Consumer, converge, describe } from './consumer-world.ts';
import { GroupWorld } from './group-world.ts';

const minute = 60_000;

function trio(options: ConstructorParameters<typeof GroupWorld>[0] = {}) {
  const world = new GroupWorld(options);
  const consumers = [new Consumer(world), new Consumer(world), new Consumer(world)];
  for (const consumer of consumers) consumer.join();
  converge(world, consumers);
  return { world, consumers };
}

test('whoever comes alone has everything at once', () => {
  const world = new GroupWorld();
  const consumer = new Consumer(world);
  expect(consumer.join()).toBe('NONE');
  expect(consumer.partitions).toBe('orders 0 1 2 3');
  expect(describe(world)).toMatchObject({ groupState: 'Stable', groupEpoch: 2 });
});

test('three have their shares, and no partition has two owners on the way', () => {
  const { consumers } = trio();
  expect(consumers.map(({ size }) => size).sort()).toEqual([1, 1, 2]);
  const all = consumers.flatMap(({ owned }) => owned.flatMap(({ partitions }) => partitions));
  expect(all.sort()).toEqual([0, 1, 2, 3]);
});

test('targets are made at most once in an interval', () => {
  const world = new GroupWorld();
  world.advance(1); // Made at 0 is never made.
  const [one, two] = [new Consumer(world), new Consumer(world)];
  one.join();
  two.join();
  expect(describe(world)).toMatchObject({ groupState: 'Assigning', assignmentEpoch: 2 });
  world.advance(999);
  one.step();
  expect(describe(world).groupState).toBe('Assigning');
  world.advance(1);
  one.step();
  expect(describe(world)).toMatchObject({ groupState: 'Reconciling', assignmentEpoch: 3 });
});

test('a group may have an interval of its own', () => {
  const world = new GroupWorld({ config: { 'group.consumer.assignment.interval.ms': '0' } });
  const [one, two] = [new Consumer(world), new Consumer(world)];
  one.join();
  two.join();
  expect(describe(world)).toMatchObject({ groupState: 'Reconciling', assignmentEpoch: 3 });
});

test('a member that is not heard of is out after its session, and others have what was its', () => {
  const { world, consumers } = trio();
  const [, ...others] = consumers;
  for (let beat = 0; beat < 9; beat++) {
    world.advance(5000);
    for (const other of others) other.step();
  }
  converge(world, others);
  expect(others.map(({ size }) => size)).toEqual([2, 2]);
  expect(consumers[0]!.step()).toBe('UNKNOWN_MEMBER_ID');
});

test('who does not give up in time is out', () => {
  const world = new GroupWorld();
  const one = new Consumer(world, { rebalanceTimeoutMs: 10_000 });
  const two = new Consumer(world);
  one.join();
  two.join();
  world.advance(1000);
  const held = one.owned;
  one.beat({ topicPartitions: held });
  expect(one.size).toBe(2);
  world.advance(9999);
  expect(one.beat({ topicPartitions: held })).toBe('NONE');
  expect(two.step()).toBe('NONE');
  expect(two.size).toBe(0);
  world.advance(1);
  expect(one.beat({ topicPartitions: held })).toBe('UNKNOWN_MEMBER_ID');
  converge(world, [two]);
  expect(two.size).toBe(4);
});

test('the next coordinator goes on where this one ended', () => {
  const { world, consumers } = trio({ brokers: 3 });
  const before = describe(world);
  world.cluster.crash(world.coordinator);
  world.advance(5000);
  const after = describe(world);
  const byId = (group: typeof before) =>
    [...group.members].sort((one, other) => (one.memberId < other.memberId ? -1 : 1));
  expect({ ...after, members: byId(after) }).toEqual({ ...before, members: byId(before) });
  for (const consumer of consumers) expect(consumer.step()).toBe('NONE');
  // Nobody is held against what the old coordinator heard last.
  world.advance(44_000);
  expect(describe(world).members).toHaveLength(3);
  world.advance(1000);
  expect(describe(world).members).toHaveLength(0);
});

test('a reply that was lost is asked for again', () => {
  const world = new GroupWorld();
  const [one, two] = [new Consumer(world), new Consumer(world)];
  one.join();
  two.join();
  world.advance(1000);
  one.step();
  one.step();
  const { memberEpoch, owned } = one;
  expect(memberEpoch).toBe(3);
  expect(one.beat({ memberEpoch: 2, topicPartitions: owned })).toBe('NONE');
  expect(one.beat({ memberEpoch: 1, topicPartitions: owned })).toBe('FENCED_MEMBER_EPOCH');
});

test('a group has room for as many as it may', () => {
  const world = new GroupWorld({ config: { 'group.consumer.max.size': '1' } });
  const [one, two] = [new Consumer(world), new Consumer(world)];
  expect(one.join()).toBe('NONE');
  expect(two.join()).toBe('GROUP_MAX_SIZE_REACHED');
  expect(one.join()).toBe('NONE');
});

test('a topic that is deleted is nobody’s', () => {
  const world = new GroupWorld();
  world.createTopic('more', [[1]]);
  const consumer = new Consumer(world, { topics: ['more', 'orders'] });
  consumer.join();
  expect(consumer.partitions).toBe('more 0, orders 0 1 2 3');
  world.deleteTopic('more');
  converge(world, [consumer]);
  expect(consumer.partitions).toBe('orders 0 1 2 3');
});

test('expressions find topics that come later, some time after they do', () => {
  const world = new GroupWorld();
  const consumer = new Consumer(world, { expression: 'order.*' });
  consumer.join();
  expect(consumer.partitions).toBe('');
  consumer.step();
  expect(consumer.partitions).toBe('orders 0 1 2 3');
  world.createTopic('orders-too', [[1]]);
  consumer.step();
  expect(consumer.partitions).toBe('orders 0 1 2 3');
  world.advance(10_001);
  converge(world, [consumer]);
  expect(consumer.partitions).toBe('orders 0 1 2 3, orders-too 0');
});

test('a static member that left for a while is waited for', () => {
  const world = new GroupWorld();
  const [one, two] = [new Consumer(world, { instanceId: 'i' }), new Consumer(world)];
  one.join();
  two.join();
  converge(world, [one, two]);
  const { partitions } = one;
  expect(one.leave(-2)).toBe('NONE');
  const again = new Consumer(world, { instanceId: 'i' });
  expect(again.join()).toBe('NONE');
  expect(again.partitions).toBe(partitions);
  expect(describe(world).groupState).toBe('Stable');
  expect(again.leave(-2)).toBe('NONE');
  for (let beat = 0; beat < 9; beat++) {
    world.advance(5000);
    two.step();
  }
  converge(world, [two]);
  expect(two.size).toBe(4);
});

test('a group without members and offsets vanishes', () => {
  const world = new GroupWorld();
  const consumer = new Consumer(world);
  consumer.join();
  consumer.leave();
  expect(describe(world).groupState).toBe('Empty');
  world.advance(11 * minute);
  expect(describe(world).errorCode).toBe(69);
});
