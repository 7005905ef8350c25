import { expect, test } from 'vitest';
import type { ResponseOf } from '../../src/broker/request-context.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { World } from './world.ts';

const separate = [3000, 3001, 3002];

function created(world: World, name: string) {
  const topics = [{ name, numPartitions: 1, replicationFactor: 3, assignments: [], configs: [] }];
  const reply = world.send(1, 'CreateTopics', { topics, timeoutMs: 1000, validateOnly: false });
  return () => (reply.value as ResponseOf<'CreateTopics'> | undefined)?.topics[0]?.errorCode;
}

/** The controllers that are not active now. */
const standby = ({ cluster }: World) =>
  cluster.controllerIds.filter((nodeId) => nodeId !== cluster.activeController);

test.each([
  ['separate', separate],
  ['combined', [1, 2, 3]],
])('%s controllers elect one, and brokers register with it', (_kind, controllers) => {
  const world = new World({ controllers });
  expect(controllers).toContain(world.cluster.activeController);
  const { brokers } = world.cluster.metadata;
  expect([...brokers.values()].map(({ fenced }) => fenced)).toEqual([false, false, false]);
  world.createTopic('t', [[1, 2, 3]]);
  expect(world.produce('t', ['x'])()?.errorCode).toBe(ErrorCode.NONE);
  for (const brokerId of [1, 2, 3]) {
    expect(world.cluster.broker(brokerId)?.metadata).toBe(world.cluster.metadata);
  }
});

test('while no controller is active, brokers go on serving', () => {
  const world = new World({ controllers: separate });
  world.createTopic('t', [[1, 2, 3]]);
  world.cluster.crash(world.cluster.activeController!);
  expect(world.cluster.activeController).toBeUndefined();
  expect(world.produce('t', ['x'])()?.errorCode).toBe(ErrorCode.NONE);
  expect(world.values(3, 't')).toEqual(['x']);
});

test('a topic that is asked for while there is no controller is made by the next one', () => {
  const world = new World({ controllers: separate });
  world.cluster.crash(world.cluster.activeController!);
  const errorCode = created(world, 't');
  expect(errorCode()).toBeUndefined();
  world.advance(1000);
  expect(errorCode()).toBe(ErrorCode.NONE);
  const answer = world.produce('t', ['x']);
  world.advance(1000); // a broker that has heard of it earlier than its leader asks again
  expect(answer()?.errorCode).toBe(ErrorCode.NONE);
});

test('without a majority nothing is decided, and all is when it is back', () => {
  const world = new World({ controllers: separate });
  world.createTopic('t', [[1, 2, 3]]);
  const crashed = standby(world);
  for (const nodeId of crashed) world.cluster.crash(nodeId);
  const errorCode = created(world, 'u');
  world.advance(5000);
  expect(world.cluster.activeController).toBeUndefined();
  expect(errorCode()).toBeUndefined();
  expect(world.produce('t', ['x'])()?.errorCode).toBe(ErrorCode.NONE);
  for (const nodeId of crashed) world.cluster.restart(nodeId);
  world.advance(2000);
  // It stood in the log of the controller that could not commit it. That one was elected again,
  // so the broker, which has heard nothing and asked again, finds it made.
  expect(errorCode()).toBe(ErrorCode.TOPIC_ALREADY_EXISTS);
  expect(world.cluster.metadata.topicsByName.has('u')).toBe(true);
});

test('a broker that dies in the gap is missed by the next controller', () => {
  const world = new World({ controllers: separate });
  world.createTopic('t', [[1, 2, 3]]);
  world.cluster.crash(world.cluster.activeController!);
  world.cluster.crash(1);
  world.advance(200);
  expect(world.leader('t')).toBe(1);
  world.advance(1500);
  expect(world.leader('t')).toBe(2);
  expect(world.partition('t').isr).toEqual([2, 3]);
});

test('brokers that live are not fenced by the next controller', () => {
  const world = new World({ controllers: separate });
  const { brokers } = world.cluster.metadata;
  const epochs = () =>
    [...world.cluster.metadata.brokers].map(([id, one]) => [id, one.brokerEpoch]);
  const before = epochs();
  world.cluster.crash(world.cluster.activeController!);
  world.advance(5000);
  expect(epochs()).toEqual(before);
  expect(world.cluster.metadata.brokers).toEqual(brokers);
});

test('a controller that is cut off decides nothing; its caller goes to the next one', () => {
  const world = new World({ controllers: separate });
  const former = world.cluster.activeController!;
  for (const other of standby(world)) {
    world.cluster.network.setLink({ from: former, to: other }, { cut: true });
    world.cluster.network.setLink({ from: other, to: former }, { cut: true });
  }
  const errorCode = created(world, 't');
  expect(errorCode()).toBeUndefined();
  expect(world.cluster.metadata.topicsByName.has('t')).toBe(false);
  world.advance(2000);
  expect(world.cluster.activeController).not.toBe(former);
  expect(errorCode()).toBe(ErrorCode.NONE);
  world.cluster.network.heal();
  world.advance(2000);
  expect(world.cluster.controller(former)?.node.role.name).toBe('follower');
  const { log } = world.cluster.controller(former)!.node.replica;
  expect(log.endOffset).toBe(world.cluster.metadata.offset);
});

test('a combined node goes with its controller, and hands both over when it shuts down', () => {
  const world = new World({ controllers: [1, 2, 3] });
  world.createTopic('t', [[1, 2, 3]]);
  const former = world.cluster.activeController!;
  world.cluster.shutdown(former);
  world.advance(1000);
  expect(world.cluster.state(former)).toBe('stopped');
  expect(world.cluster.controller(former)).toBeUndefined();
  expect(world.cluster.activeController).not.toBe(former);
  expect(world.leader('t')).not.toBe(former);
  world.cluster.restart(former);
  world.advance(2000);
  expect(world.partition('t').isr).toHaveLength(3);
});

test('with snapshots a broker that comes back gets the image, not the history', () => {
  const config = { 'metadata.log.max.record.bytes.between.snapshots': '1000' };
  const world = new World({ controllers: separate, config });
  world.cluster.crash(3);
  for (let index = 0; index < 20; index++) world.createTopic(`t${index}`, [[1, 2]]);
  const active = world.cluster.controller(world.cluster.activeController!)!;
  expect(active.node.replica.log.startOffset).toBeGreaterThan(20);
  world.cluster.restart(3);
  world.advance(1000);
  expect(world.cluster.broker(3)?.metadata).toBe(world.cluster.metadata);
});
