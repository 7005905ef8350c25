import { describe, expect, test } from 'vitest';
import { GroupWorld, Member, stable } from './group-world.ts';

const minute = 60_000;
const config = { 'min.insync.replicas': '2', 'replica.lag.time.max.ms': '600000' };

const followers = (world: GroupWorld) =>
  world.cluster.brokerIds.filter((id) => id !== world.coordinator);

describe('a commit', () => {
  test('is answered, and shown, once enough replicas have it', () => {
    const world = new GroupWorld({ config });
    expect(world.commit(1)()).toBe('NONE');
    for (const id of followers(world)) world.cluster.pause(id);
    const commit = world.commit(2);
    world.advance(100);
    expect(commit()).toBeUndefined();
    expect(world.committed()).toBe(1);
    for (const id of followers(world)) world.cluster.resume(id);
    world.advance(100);
    expect(commit()).toBe('NONE');
    expect(world.committed()).toBe(2);
  });

  test('that takes too long is COORDINATOR_NOT_AVAILABLE', () => {
    const long = { 'broker.session.timeout.ms': '60000', 'broker.heartbeat.interval.ms': '100' };
    const world = new GroupWorld({ config: { ...config, ...long } });
    for (const id of followers(world)) world.cluster.pause(id);
    const commit = world.commit(2);
    world.advance(4999);
    expect(commit()).toBeUndefined();
    world.advance(1);
    expect(commit()).toBe('COORDINATOR_NOT_AVAILABLE');
    expect(world.committed()).toBe(-1);
  });

  test('with too few in sync is refused, and leaves no trace', () => {
    const world = new GroupWorld({ config });
    world.commit(1);
    for (const id of followers(world)) world.cluster.crash(id);
    world.advance(5000);
    expect(world.commit(2)()).toBe('COORDINATOR_NOT_AVAILABLE');
    expect(world.committed()).toBe(1);
  });

  test('survives the coordinator', () => {
    const world = new GroupWorld();
    world.commit(1);
    world.commit(42);
    world.commit(7, undefined, 1);
    world.cluster.crash(world.coordinator);
    world.advance(1000);
    expect(world.committed(0)).toBe(42);
    expect(world.committed(1)).toBe(7);
  });

  test('is one event', () => {
    const world = new GroupWorld();
    world.commit(42);
    const event = { type: 'offset-committed', topic: 'orders', partition: 0, offset: 42 };
    expect(world.events.map((stamped) => stamped.event)).toEqual([event]);
  });
});

describe('offsets expire', () => {
  const brief = {
    'offsets.retention.minutes': '5',
    'offsets.retention.check.interval.ms': '10000',
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '1000',
  };

  test('of a group without members: so long after the commit', () => {
    const world = new GroupWorld({ config: brief });
    world.commit(1);
    world.advance(5 * minute - 1);
    expect(world.committed()).toBe(1);
    world.advance(10_000);
    expect(world.committed()).toBe(-1);
    expect(world.state()).toBe('Dead');
  });

  test('of a group that had members: so long after the last one left', () => {
    const world = new GroupWorld({ config: brief });
    const member = new Member(world, { sessionTimeoutMs: minute });
    stable(world, [member]);
    world.commit(1, member);
    for (let round = 0; round < 12; round++) {
      world.advance(minute / 2);
      expect(member.heartbeat()).toBe('NONE');
    }
    expect(world.committed()).toBe(1);
    member.leave();
    world.advance(5 * minute - 1);
    expect(world.committed()).toBe(1);
    world.advance(10_000);
    expect(world.committed()).toBe(-1);
    expect(world.state()).toBe('Dead');
  });

  test('at the next coordinator as well', () => {
    const world = new GroupWorld({ config: brief });
    world.commit(1);
    world.advance(minute);
    world.cluster.crash(world.coordinator);
    world.advance(4 * minute - 1);
    expect(world.committed()).toBe(1);
    world.advance(10_000);
    expect(world.committed()).toBe(-1);
  });
});

test('a deleted topic takes its offsets along', () => {
  const world = new GroupWorld();
  world.commit(1);
  world.deleteTopic('orders');
  world.advance(100);
  const { replicas } = world.partition('__consumer_offsets', world.offsetsPartition);
  expect(replicas).toHaveLength(3);
  expect(world.committed()).toBe(-1);
});

test('the first who looks for a coordinator finds one', () => {
  const world = new GroupWorld({ brokers: 1 });
  expect(world.coordinator).toBe(1);
  const { topicsByName } = world.cluster.metadata;
  expect(topicsByName.get('__consumer_offsets')?.partitions[0]?.replicas).toEqual([1]);
});

test('many commits do not grow the log, and the next coordinator has it all', () => {
  const segmentBytes = 1_048_576; // no segment may be smaller
  const compacted = { 'offsets.topic.segment.bytes': String(segmentBytes) };
  const world = new GroupWorld({ config: { ...compacted, 'log.cleaner.backoff.ms': '1000' } });
  world.commit(7, undefined, 1);
  for (let offset = 1; offset <= 20_000; offset++) world.commit(offset);
  world.advance(1000);
  const { topicId } = world.cluster.metadata.topicsByName.get('__consumer_offsets')!;
  for (const id of world.cluster.brokerIds) {
    const log = world.cluster.log(id, topicId, world.offsetsPartition)!;
    expect(log.logEndOffset).toBeGreaterThan(20_000);
    expect(log.segmentCount).toBe(2);
    expect(log.sizeBytes).toBeLessThan(segmentBytes + 1000);
  }
  world.cluster.crash(world.coordinator);
  world.advance(1000);
  expect(world.committed(0)).toBe(20_000);
  expect(world.committed(1)).toBe(7);
});
