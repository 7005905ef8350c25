import { expect, test } from 'vitest';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { awaitReplication } from '../../src/replication/delayed-produce.ts';
import { Purgatory } from '../../src/replication/purgatory.ts';
import { World } from '../cluster/world.ts';

const controllerNode = 3000;

test('a write that has lost its leader is NOT_LEADER_OR_FOLLOWER', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]]);
  for (const follower of [2, 3])
    world.cluster.network.setLink({ from: 1, to: follower }, { cut: true });
  const answer = world.produce('t', ['a'], { timeoutMs: 60_000 });
  // The controller hears nothing of broker 1 for a while; then broker 1 hears who leads now.
  world.cluster.network.setLink({ from: 1, to: controllerNode }, { cut: true });
  world.advance(1000);
  expect(world.leader('t')).toBe(2);
  world.cluster.network.setLink({ from: 1, to: controllerNode }, { cut: false });
  world.advance(100);
  expect(answer()?.errorCode).toBe(ErrorCode.NOT_LEADER_OR_FOLLOWER);
});

test('a write waits on in a new leader epoch of the same leader', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]]);
  world.cluster.network.setLink({ from: 1, to: 2 }, { cut: true });
  const answer = world.produce('t', ['a'], { timeoutMs: 60_000 });
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, replicas: [1, 2] }] }];
  const request = { timeoutMs: 1000, allowReplicationFactorChange: true, topics };
  world.send(3, 'AlterPartitionReassignments', request);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({ leader: 1, leaderEpoch: 1, isr: [1, 2] });
  expect(answer()).toBeUndefined();
  world.cluster.network.setLink({ from: 1, to: 2 }, { cut: false });
  world.advance(5000);
  expect(answer()?.errorCode).toBe(ErrorCode.NONE);
});

test('a write whose topic is deleted is UNKNOWN_TOPIC_OR_PARTITION', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]]);
  world.cluster.network.setLink({ from: 1, to: 2 }, { cut: true });
  const answer = world.produce('t', ['a'], { timeoutMs: 60_000 });
  world.deleteTopic('t');
  world.advance(1000);
  expect(answer()?.errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test('a write that is committed among too few is NOT_ENOUGH_REPLICAS_AFTER_APPEND', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]], { 'min.insync.replicas': '2' });
  expect(world.produce('t', ['a'])()?.errorCode).toBe(ErrorCode.NONE);
  world.cluster.crash(2);
  world.cluster.crash(3);
  world.advance(1000);
  const partition = world.cluster.replica(1, 't', 0)!;
  expect(partition.leadership?.isr).toEqual([1]);
  const { leaderEpoch } = partition;
  const outcomes: ErrorCode[] = [];
  const reply = (errorCodes: readonly ErrorCode[]) => outcomes.push(...errorCodes);
  const write = { partition, requiredOffset: 1, leaderEpoch };
  awaitReplication(new Purgatory(world.cluster.clock), [write], 1000, reply);
  expect(outcomes).toEqual([ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND]);
});
