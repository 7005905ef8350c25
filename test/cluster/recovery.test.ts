import { expect, test } from 'vitest';
import type { Outcome } from '../../src/broker/door.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { encodeRequest } from '../../src/protocol/header.ts';
import { apis } from '../../src/protocol/messages/index.ts';
import { World } from './world.ts';

const controller = 3000;

test('topics made one after another are all replicated in the instant', () => {
  const world = new World();
  for (const name of ['a', 'b', 'c']) world.createTopic(name, [[1, 2, 3]]);
  for (const name of ['c', 'a', 'b']) {
    expect(world.produce(name, ['x'])()?.errorCode, name).toBe(ErrorCode.NONE);
  }
  expect(world.cluster.clock.now()).toBe(0);
});

test('a broker that was cut off learns what it has missed, though nothing more happens', () => {
  const world = new World();
  world.cluster.network.setLink({ from: controller, to: 2 }, { cut: true });
  world.createTopic('t', [[1, 2]]);
  expect(world.cluster.broker(2)?.metadata.topicsByName.has('t')).toBe(false);
  world.cluster.network.setLink({ from: controller, to: 2 }, { cut: false });
  world.advance(200); // a heartbeat
  expect(world.cluster.broker(2)?.metadata).toBe(world.cluster.metadata);
  world.advance(1000);
  expect(world.produce('t', ['x'])()?.errorCode).toBe(ErrorCode.NONE);
});

test('a broker that came back from isolation is missed when it crashes', () => {
  const world = new World();
  world.createTopic('t', [[1, 2]]);
  world.cluster.network.setLink({ from: 1, to: controller }, { cut: true });
  world.advance(1000);
  expect(world.partition('t').leader).toBe(2);
  world.cluster.network.setLink({ from: 1, to: controller }, { cut: false });
  world.advance(1000);
  expect(world.cluster.metadata.brokers.get(1)?.fenced).toBe(false);
  world.cluster.crash(1);
  world.advance(1000);
  expect(world.cluster.metadata.brokers.get(1)?.fenced).toBe(true);
  expect(world.partition('t').isr).toEqual([2]);
});

test('a follower that restarts is not in sync again before its leader has heard of it', () => {
  const world = new World();
  world.createTopic('t', [[1, 2]]);
  world.produce('t', ['x']);
  world.cluster.crash(2);
  world.advance(1000);
  world.cluster.network.setLink({ from: 2, to: 1 }, { cut: true });
  world.cluster.restart(2);
  world.advance(5000);
  expect(world.cluster.metadata.brokers.get(2)?.fenced).toBe(false);
  expect(world.partition('t').isr).toEqual([1]);
  expect(world.produce('t', ['y'])()?.errorCode).toBe(ErrorCode.NONE);
  world.cluster.network.setLink({ from: 2, to: 1 }, { cut: false });
  world.advance(40_000);
  expect(world.partition('t').isr).toEqual([1, 2]);
});

test('a topic deleted while a follower is down is gone from it when it comes back', () => {
  const world = new World();
  world.createTopic('t', [[1, 2]]);
  world.produce('t', ['old']);
  const { topicId } = world.cluster.metadata.topicsByName.get('t')!;
  world.cluster.crash(2);
  world.deleteTopic('t');
  world.createTopic('t', [[1, 2]]);
  world.produce('t', ['new'], { acks: 1 });
  world.cluster.restart(2);
  world.advance(2000);
  expect(world.cluster.broker(2)?.replicas.partition(topicId, 0)).toBeUndefined();
  expect(world.values(2, 't')).toEqual(['new']);
});

test('a connection to a process that has crashed is closed, and reaches no other', () => {
  const world = new World({ brokers: 1 });
  world.createTopic('t', [[1]]);
  const door = world.cluster.door(1);
  world.cluster.crash(1);
  world.cluster.restart(1);
  world.advance(1000);
  const outcomes: Outcome[] = [];
  const request = { clientSoftwareName: 'test', clientSoftwareVersion: '1' };
  const frame = encodeRequest(apis.ApiVersions, 3, 1, 'test', request).subarray(4);
  const client = { connectionId: 1, host: 'localhost' };
  door.receive(frame, client, (outcome) => outcomes.push(outcome));
  world.cluster.door(1).receive(frame, client, (outcome) => outcomes.push(outcome));
  expect(outcomes[0]).toBe('close');
  expect(outcomes[1]).not.toBe('close');
});
