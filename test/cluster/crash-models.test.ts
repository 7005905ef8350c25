import { expect, test } from 'vitest';
import { staticConfigs } from '../../src/config/static-configs.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { World } from './world.ts';

const longLived = { 'broker.session.timeout.ms': '600000' };

test('a process that dies leaves everything it wrote in the page cache', () => {
  const world = new World({ brokers: 1 });
  world.createTopic('t', [[1]]);
  world.produce('t', ['a', 'b']);
  world.cluster.crash(1);
  world.cluster.restart(1);
  world.advance(2000);
  expect(world.values(1, 't')).toEqual(['a', 'b']);
});

test('a power cut takes what was not flushed', () => {
  const world = new World({ brokers: 1 });
  world.createTopic('kept', [[1]], { 'flush.messages': '2' });
  world.createTopic('lost', [[1]]);
  for (const topic of ['kept', 'lost']) {
    for (const value of ['a', 'b', 'c']) world.produce(topic, [value]);
  }
  world.cluster.crash(1, 'unflushed');
  world.cluster.restart(1);
  world.advance(2000);
  expect(world.values(1, 'kept')).toEqual(['a', 'b']);
  expect(world.values(1, 'lost')).toEqual([]);
  expect(world.produce('kept', ['d'])()).toMatchObject({ baseOffset: 2 });
});

test('flush.ms saves what has waited so long, where the flusher looks', () => {
  const world = new World({
    brokers: 1,
    config: { 'log.flush.scheduler.interval.ms': '100' },
  });
  world.createTopic('t', [[1]], { 'flush.ms': '1000' });
  world.advance(5000);
  world.produce('t', ['a']);
  world.advance(200);
  world.produce('t', ['b']);
  world.cluster.crash(1, 'unflushed');
  world.cluster.restart(1);
  world.advance(2000);
  expect(world.values(1, 't')).toEqual(['a']);
});

test('a segment that is full is flushed', () => {
  const world = new World({ brokers: 1 });
  world.createTopic('t', [[1]], { 'segment.bytes': String(1 << 20) });
  const big = 'x'.repeat(600 << 10);
  for (const value of [big, big, 'tail']) world.produce('t', [value]);
  world.cluster.crash(1, 'unflushed');
  world.cluster.restart(1);
  world.advance(2000);
  expect(world.values(1, 't')).toEqual([big]);
});

test('a new disk is empty, and is filled by the leader', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]]);
  world.produce('t', ['a', 'b']);
  world.cluster.crash(3, 'all');
  world.advance(1000);
  world.cluster.restart(3);
  world.advance(2000);
  expect(world.values(3, 't')).toEqual(['a', 'b']);
  expect(world.partition('t').isr).toEqual([1, 2, 3]);
});

test('a clean shutdown hands over first: nobody waits for a session to end', () => {
  const world = new World({ config: longLived });
  world.createTopic('t', [[1, 2, 3]]);
  world.produce('t', ['a']);
  world.cluster.shutdown(1);
  world.advance(1000);
  expect(world.cluster.state(1)).toBe('stopped');
  expect(world.partition('t').leader).toBe(2);
  expect(world.partition('t').isr).toEqual([2, 3]);
  expect(world.produce('t', ['b'])()?.errorCode).toBe(ErrorCode.NONE);
});

test('what was flushed by a clean shutdown survives a power cut before the next one', () => {
  const world = new World({ brokers: 1 });
  world.createTopic('t', [[1]]);
  world.produce('t', ['a']);
  world.cluster.shutdown(1);
  world.advance(1000);
  world.cluster.restart(1);
  world.advance(1000);
  world.produce('t', ['b']);
  world.cluster.crash(1, 'unflushed');
  world.cluster.restart(1);
  world.advance(2000);
  expect(world.values(1, 't')).toEqual(['a']);
});

test('a process that starts knows the high watermark that was last written down', () => {
  const config = { 'replica.high.watermark.checkpoint.interval.ms': '1000' };
  const world = new World({ config });
  world.createTopic('t', [[1, 2]]);
  world.produce('t', ['a']);
  world.advance(2000);
  world.produce('t', ['b']);
  world.advance(600);
  expect(world.log(2, 't').highWatermark).toBe(2);
  world.cluster.network.setLink({ from: 2, to: 1, plane: 'replication' }, { cut: true });
  world.cluster.crash(2);
  world.cluster.restart(2);
  world.advance(500);
  expect(world.log(2, 't').highWatermark).toBe(1);
});

test('a paused leader is replaced, and follows once it goes on', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]]);
  world.produce('t', ['a']);
  world.cluster.pause(1);
  world.advance(2000);
  expect(world.partition('t')).toMatchObject({ leader: 2, isr: [2, 3] });
  world.produce('t', ['b']);
  expect(world.values(1, 't')).toEqual(['a']);
  world.cluster.resume(1);
  world.advance(2000);
  expect(world.values(1, 't')).toEqual(['a', 'b']);
  expect([...world.partition('t').isr].sort()).toEqual([1, 2, 3]);
});

test('a pause shorter than the session changes nothing but the time', () => {
  const world = new World({ config: longLived });
  world.createTopic('t', [[1, 2, 3]]);
  world.cluster.pause(2);
  const answer = world.produce('t', ['a'], { timeoutMs: 60_000 });
  world.advance(5000);
  expect(answer()).toBeUndefined();
  world.cluster.resume(2);
  world.advance(0);
  expect(answer()?.errorCode).toBe(ErrorCode.NONE);
  expect(world.partition('t').isr).toEqual([1, 2, 3]);
});

test('a broker that joins later gets its share, and one that is taken out leaves none', () => {
  const world = new World({ brokers: 1 });
  const configs = staticConfigs({ brokerIds: [4], config: {} }).brokers.get(4)!;
  world.cluster.addBroker({ brokerId: 4, configs });
  world.cluster.advertise(4, { host: 'localhost', port: 9099 });
  world.cluster.restart(4);
  world.advance(5000);
  expect(world.cluster.metadata.brokers.get(4)?.fenced).toBe(false);
  world.createTopic('t', [[4]]);
  expect(world.produce('t', ['a'])()?.errorCode).toBe(ErrorCode.NONE);
  world.cluster.shutdown(4);
  world.advance(1000);
  world.cluster.removeBroker(4);
  expect(world.cluster.brokerIds).toEqual([1]);
});
