import { describe as about, expect, test } from 'vitest';
import { decodeRecord } from '../../src/protocol/coordinator-records/coordinator-record.ts';
import { recordsOf } from '../../src/protocol/records/batch-records.ts';
import { ClassicConsumer } from './classic-consumer.ts';
import { Consumer, describe } from './consumer-world.ts';
import { GroupWorld } from './group-world.ts';

const policy = (name: string) => ({ config: { 'group.consumer.migration.policy': name } });

/** A heartbeat of each in turn, until there is nothing new. */
function settle(world: GroupWorld, classics: readonly ClassicConsumer[], others: Consumer[] = []) {
  for (let round = 0; round < 12; round++) {
    world.advance(1000);
    for (const one of classics) one.step();
    for (const one of others) one.step();
  }
}

const shares = (consumers: readonly ClassicConsumer[]) =>
  consumers.map(({ owned }) => owned.length).sort();

function classicGroup(options: ConstructorParameters<typeof GroupWorld>[0], count = 2) {
  const world = new GroupWorld(options);
  const classics = Array.from({ length: count }, () => new ClassicConsumer(world));
  settle(world, classics);
  expect(world.state()).toBe('Stable');
  return { world, classics };
}

/** Two classic members and one of the new protocol, that leaves. */
function upgraded(options: ConstructorParameters<typeof GroupWorld>[0] = {}) {
  const { world, classics } = classicGroup(options);
  const last = new Consumer(world);
  expect(last.join()).toBe('NONE');
  settle(world, classics, [last]);
  expect(describe(world).groupState).toBe('Stable');
  expect([last.size, ...shares(classics)]).toHaveLength(3);
  return { world, classics, last };
}

about('a group is upgraded', () => {
  test('where everybody was, and all have a share in the end', () => {
    const { classics, last } = upgraded();
    const all = [...classics.flatMap(({ owned }) => owned), ...partitionsOf(last)].sort();
    expect(all).toEqual([0, 1, 2, 3]);
  });

  test.each(['bidirectional', 'BIDIRECTIONAL', 'upgrade'])('if the policy is %s', (name) => {
    const { world } = classicGroup(policy(name), 1);
    expect(new Consumer(world).join()).toBe('NONE');
  });

  test.each(['disabled', 'downgrade'])('not if the policy is %s', (name) => {
    const { world, classics } = classicGroup(policy(name), 1);
    expect(new Consumer(world).join()).toBe('GROUP_ID_NOT_FOUND');
    expect(classics[0]!.heartbeat()).toBe('NONE');
  });

  test('not if it has more members than a consumer group may have', () => {
    const { world } = classicGroup({ config: { 'group.consumer.max.size': '1' } });
    expect(new Consumer(world).join()).toBe('GROUP_ID_NOT_FOUND');
  });

  test('whoever waits for the next generation is told to join again', () => {
    const { world, classics } = classicGroup({}, 1);
    const late = new ClassicConsumer(world);
    late.step();
    late.step();
    expect(late.isWaiting).toBe(true);
    expect(new Consumer(world).join()).toBe('NONE');
    late.step();
    expect([late.isWaiting, late.lastError]).toEqual([false, 'REBALANCE_IN_PROGRESS']);
    expect(classics[0]!.heartbeat()).toBe('REBALANCE_IN_PROGRESS');
  });
});

about('a classic member joins a consumer group', () => {
  test.each(['bidirectional', 'upgrade', 'downgrade'])('if the policy is %s', (name) => {
    const world = new GroupWorld(policy(name));
    const consumer = new Consumer(world);
    consumer.join();
    const classic = new ClassicConsumer(world);
    settle(world, [classic], [consumer]);
    expect([classic.owned.length, consumer.size]).toEqual([2, 2]);
  });

  test('not if the policy is disabled', () => {
    const world = new GroupWorld(policy('disabled'));
    new Consumer(world).join();
    const classic = new ClassicConsumer(world);
    classic.step();
    expect(classic.lastError).toBe('INCONSISTENT_GROUP_PROTOCOL');
  });
});

about('a group is downgraded', () => {
  test('when the last of the new protocol leaves, and the others find together', () => {
    const { world, classics, last } = upgraded();
    expect(last.leave()).toBe('NONE');
    expect(world.state()).toBe('PreparingRebalance');
    settle(world, classics);
    expect(world.state()).toBe('Stable');
    expect(shares(classics)).toEqual([2, 2]);
  });

  test('when its session ends', () => {
    const { world, classics } = upgraded();
    for (let beat = 0; beat < 45; beat++) settle(world, classics);
    expect(world.state()).toBe('Stable');
    expect(shares(classics)).toEqual([2, 2]);
  });

  test('who has gone without a word does not keep the others waiting', () => {
    const { world, classics, last } = upgraded();
    classics[0]!.stop();
    last.leave();
    settle(world, classics);
    expect([world.state(), classics[1]!.owned]).toEqual(['Stable', [0, 1, 2, 3]]);
  });

  test('nor is it there for ever when all have gone', () => {
    const { world, classics, last } = upgraded();
    for (const classic of classics) classic.stop();
    last.leave();
    expect(world.state()).toBe('PreparingRebalance');
    world.advance(6000);
    expect(world.state()).toBe('Empty');
  });

  test('before that, its next coordinator takes it for stable, until somebody joins', () => {
    const { world, classics, last } = upgraded();
    last.leave();
    world.cluster.crash(world.coordinator);
    for (const classic of classics) classic.lose();
    world.advance(1000);
    expect(world.state()).toBe('Stable');
    classics[0]!.restart();
    settle(world, classics);
    expect([world.state(), ...shares(classics)]).toEqual(['Stable', 2, 2]);
  });

  test('if the policy is downgrade', () => {
    const world = new GroupWorld(policy('downgrade'));
    const last = new Consumer(world);
    last.join();
    const classic = new ClassicConsumer(world);
    settle(world, [classic], [last]);
    last.leave();
    settle(world, [classic]);
    expect([world.state(), classic.owned]).toEqual(['Stable', [0, 1, 2, 3]]);
  });
});

about('a group is not downgraded', () => {
  test('if the policy is upgrade: then what the last one had is whose who joins next', () => {
    const { world, classics, last } = upgraded(policy('upgrade'));
    last.leave();
    settle(world, classics);
    expect(describe(world)).toMatchObject({ groupState: 'Assigning', groupEpoch: 4 });
    const another = new ClassicConsumer(world);
    settle(world, [...classics, another]);
    expect(describe(world).groupState).toBe('Stable');
    expect(shares([...classics, another])).toEqual([1, 1, 2]);
  });

  test('if more stay than a classic group may have', () => {
    const { world, last } = upgraded({ config: { 'group.max.size': '2' } });
    new Consumer(world).join();
    last.leave();
    expect(describe(world).members).toHaveLength(3);
  });
});

about('the last of the new protocol is a static one and comes back with the classic one', () => {
  test('the group is classic at once, and nobody has to join again', () => {
    const world = new GroupWorld();
    const before = new Consumer(world, { instanceId: 'i' });
    before.join();
    const other = new ClassicConsumer(world);
    settle(world, [other], [before]);
    const held = partitionsOf(before);
    const after = new ClassicConsumer(world, { instanceId: 'i' });
    after.step();
    expect(world.state()).toBe('Stable');
    expect(after.owned).toEqual(held);
    expect([after.heartbeat(), other.heartbeat()]).toEqual(['NONE', 'NONE']);
    expect(after.generationId).toBe(other.generationId);
    expect(before.step()).toBe('GROUP_ID_NOT_FOUND');
  });

  test('if it comes alone, too', () => {
    const world = new GroupWorld();
    new Consumer(world, { instanceId: 'i' }).join();
    const after = new ClassicConsumer(world, { instanceId: 'i' });
    after.step();
    expect([world.state(), after.owned]).toEqual(['Stable', [0, 1, 2, 3]]);
  });

  test('if the target is not up to date, they find together anew', () => {
    const world = new GroupWorld();
    world.advance(1); // A target made at 0 is never made.
    const before = new Consumer(world, { instanceId: 'i' });
    before.join();
    const other = new ClassicConsumer(world);
    other.step();
    other.step();
    const after = new ClassicConsumer(world, { instanceId: 'i' });
    after.step();
    expect(world.state()).toBe('PreparingRebalance');
    settle(world, [other, after]);
    expect([world.state(), ...shares([other, after])]).toEqual(['Stable', 2, 2]);
  });

  test('not while there is another of the new protocol', () => {
    const world = new GroupWorld();
    const [before, another] = [new Consumer(world, { instanceId: 'i' }), new Consumer(world)];
    before.join();
    another.join();
    const after = new ClassicConsumer(world, { instanceId: 'i' });
    settle(world, [after], [another]);
    expect(describe(world).groupState).toBe('Stable');
    expect([after.owned.length, another.size]).toEqual([2, 2]);
  });

  test('its next coordinator has it so', () => {
    const world = new GroupWorld();
    new Consumer(world, { instanceId: 'i' }).join();
    const after = new ClassicConsumer(world, { instanceId: 'i' });
    after.step();
    world.cluster.crash(world.coordinator);
    world.advance(1000);
    expect([world.state(), world.members(), after.heartbeat()]).toEqual([
      ...['Stable', [after.memberId], 'NONE'],
    ]);
  });
});

const partitionsOf = ({ owned }: Consumer) => owned.flatMap(({ partitions }) => [...partitions]);

test('an empty consumer group ends in the batch in which the classic one begins', () => {
  const world = new GroupWorld();
  const consumer = new Consumer(world);
  consumer.join();
  consumer.leave();
  const { coordinator, offsetsPartition } = world;
  const { log } = world.cluster.replica(coordinator, '__consumer_offsets', offsetsPartition)!;
  const { logEndOffset } = log;
  new ClassicConsumer(world).step();
  const [bytes] = log.read(logEndOffset, {
    untilOffset: log.logEndOffset,
    maxSizeBytes: 1 << 20,
    atLeastOneBatch: true,
  }).chunks;
  const kinds = [...recordsOf(bytes!, 0)!].map(({ key, value }) => {
    const record = decodeRecord(key!, value)!;
    return `${record.type} ${record.value === null ? 'ends' : 'begins'}`;
  });
  expect(kinds).toEqual([
    'consumer-group-target-assignment-metadata ends',
    'consumer-group-partition-metadata ends',
    'consumer-group-metadata ends',
    'group-metadata begins',
  ]);
});

test('if that cannot be written, it is the consumer group that it was', () => {
  const replicas = { 'offsets.topic.replication.factor': '3', 'min.insync.replicas': '2' };
  const world = new GroupWorld({ brokers: 3, config: replicas });
  const consumer = new Consumer(world);
  consumer.join();
  consumer.leave();
  const { coordinator } = world;
  for (const brokerId of world.cluster.brokerIds) {
    if (brokerId !== coordinator) world.cluster.crash(brokerId);
  }
  world.advance(30_000);
  const classic = new ClassicConsumer(world);
  classic.step();
  // As in Kafka, it is told before that is known.
  expect(classic.lastError).toBe('MEMBER_ID_REQUIRED');
  expect(describe(world).groupState).toBe('Empty');
});
