import { expect, test } from 'vitest';
import type { ResponseOf } from '../../src/broker/request-context.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { World } from './world.ts';

/** Moves t-0, or with null takes that back. */
function move(world: World, replicas: readonly number[] | null): number | undefined {
  const request = {
    ...{ timeoutMs: 1000, allowReplicationFactorChange: true },
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, replicas }] }],
  };
  const answer = world.send(world.anyBroker(), 'AlterPartitionReassignments', request).value;
  const { responses } = answer as ResponseOf<'AlterPartitionReassignments'>;
  return responses[0]?.partitions[0]?.errorCode;
}

function worldOf(replicas: readonly number[], brokers = 4): World {
  const world = new World({ brokers });
  world.createTopic('t', [replicas]);
  world.produce('t', ['a', 'b']);
  return world;
}

test('a partition moves with all that it holds, and is gone from where it was', () => {
  const world = worldOf([1, 2]);
  expect(move(world, [3, 4])).toBe(ErrorCode.NONE);
  world.advance(1000);
  const after = { replicas: [3, 4], leader: 3, leaderEpoch: 1 };
  expect(world.partition('t')).toMatchObject({
    ...after,
    addingReplicas: [],
    removingReplicas: [],
  });
  expect([...world.partition('t').isr].sort()).toEqual([3, 4]);
  for (const brokerId of [3, 4]) expect(world.values(brokerId, 't')).toEqual(['a', 'b']);
  for (const brokerId of [1, 2]) expect(world.cluster.replica(brokerId, 't', 0)).toBeUndefined();
  expect(world.produce('t', ['c'])()).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 2 });
});

test('a write that waits when its leader is moved away is told to look elsewhere', () => {
  const world = worldOf([1, 2]);
  world.cluster.network.setLink({ from: 1, to: 2 }, { cut: true });
  const answer = world.produce('t', ['c'], { timeoutMs: 10_000 });
  move(world, [3]);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({ replicas: [3], leader: 3 });
  expect(answer()?.errorCode).toBe(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  expect(world.values(3, 't')).toEqual(['a', 'b', 'c']);
});

test('while one of the new brokers is down all go on being replicas; then it ends', () => {
  const world = worldOf([1, 2]);
  world.cluster.crash(4);
  world.advance(1000);
  move(world, [3, 4]);
  world.advance(5000);
  expect(world.partition('t')).toMatchObject({
    ...{ replicas: [3, 4, 1, 2], addingReplicas: [3, 4], removingReplicas: [1, 2], leader: 1 },
  });
  expect([...world.partition('t').isr].sort()).toEqual([1, 2, 3]);
  expect(world.produce('t', ['c'])()?.errorCode).toBe(ErrorCode.NONE);
  world.cluster.restart(4);
  world.advance(5000);
  expect(world.partition('t')).toMatchObject({ replicas: [3, 4], addingReplicas: [], leader: 3 });
  expect(world.values(4, 't')).toEqual(['a', 'b', 'c']);
});

test('one that is taken back leaves no trace on the new brokers', () => {
  const world = worldOf([1, 2]);
  world.cluster.crash(4);
  world.advance(1000);
  move(world, [3, 4]);
  world.advance(1000);
  expect(move(world, null)).toBe(ErrorCode.NONE);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({
    ...{ replicas: [1, 2], addingReplicas: [], removingReplicas: [], leader: 1 },
  });
  expect([...world.partition('t').isr].sort()).toEqual([1, 2]);
  expect(world.cluster.replica(3, 't', 0)).toBeUndefined();
  expect(move(world, null)).toBe(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
});

test('a broker that was down while its replica was moved away does not bring it back', () => {
  const world = worldOf([1, 2]);
  world.cluster.crash(2);
  world.advance(1000);
  move(world, [1, 3]);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({ replicas: [1, 3], isr: [1, 3] });
  world.cluster.restart(2);
  world.advance(1000);
  expect(world.cluster.replica(2, 't', 0)).toBeUndefined();
  move(world, [1, 2]);
  world.advance(1000);
  expect(world.values(2, 't')).toEqual(['a', 'b']);
});

test('what is moved may be moved elsewhere before it has arrived', () => {
  const world = worldOf([1]);
  world.cluster.crash(4);
  world.advance(1000);
  move(world, [4]);
  expect(move(world, [3])).toBe(ErrorCode.NONE);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({ replicas: [3], isr: [3], leader: 3 });
  expect(world.values(3, 't')).toEqual(['a', 'b']);
});

test('a partition that nobody has asked for yet is no other than one in use', () => {
  const world = new World();
  world.createTopic('t', [[1]]);
  move(world, [1, 2]);
  world.advance(1000);
  expect(world.partition('t').isr).toEqual([1, 2]);
  const replicas = [...world.cluster.broker(1)!.replicas.partitions()];
  expect(replicas.map(({ leadership }) => leadership?.replicas)).toEqual([[1, 2]]);
  world.produce('t', ['a']);
  expect(world.values(2, 't')).toEqual(['a']);
  expect(world.cluster.replica(1, 't', 0)?.leadership?.isr).toEqual([1, 2]);
});
