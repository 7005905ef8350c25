import { expect, test } from 'vitest';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { World } from './world.ts';

test('acks=all on three replicas is answered in the instant in which it came', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]]);
  const answer = world.produce('t', ['a', 'b']);
  expect(answer()).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 0 });
  expect(world.cluster.clock.now()).toBe(0);
  for (const brokerId of [1, 2, 3]) expect(world.values(brokerId, 't')).toEqual(['a', 'b']);
  expect(world.log(1, 't').highWatermark).toBe(2);
});

test('a follower learns the high watermark one fetch later', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]]);
  world.produce('t', ['a']);
  expect(world.log(2, 't').highWatermark).toBe(0);
  world.produce('t', ['b']);
  expect(world.log(2, 't').highWatermark).toBeGreaterThanOrEqual(1);
  world.advance(600); // replica.fetch.wait.max.ms
  expect(world.log(2, 't').highWatermark).toBe(2);
});

test('the bytes are stored once: a follower holds the very memory of its leader', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]]);
  world.produce('t', ['a']);
  const memory = [1, 2, 3].map((brokerId) => {
    const options = { maxSizeBytes: 1000, untilOffset: 1, atLeastOneBatch: true };
    return world.log(brokerId, 't').read(0, options).chunks[0]?.buffer;
  });
  expect(memory[0]).toBeDefined();
  expect(memory[1]).toBe(memory[0]);
  expect(memory[2]).toBe(memory[0]);
});

test('a follower that is cut off holds the high watermark back until it leaves the ISR', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]]);
  world.cluster.network.setLink({ from: 1, to: 3 }, { cut: true });
  const answer = world.produce('t', ['a'], { timeoutMs: 120_000 });
  world.advance(20_000);
  expect(answer()).toBeUndefined();
  expect(world.partition('t').isr).toEqual([1, 2, 3]);
  world.advance(30_000); // replica.lag.time.max.ms, checked every half of it
  expect(world.partition('t').isr).toEqual([1, 2]);
  expect(answer()?.errorCode).toBe(ErrorCode.NONE);
  world.cluster.network.setLink({ from: 1, to: 3 }, { cut: false });
  world.advance(60_000);
  expect(world.partition('t').isr).toEqual([1, 2, 3]);
  expect(world.values(3, 't')).toEqual(['a']);
});

test('below min.insync.replicas acks=all is refused, acks=1 is taken but not shown', () => {
  const world = new World();
  world.createTopic('t', [[1, 2]], { 'min.insync.replicas': '2' });
  world.cluster.crash(2);
  world.advance(1000);
  expect(world.partition('t').isr).toEqual([1]);
  expect(world.produce('t', ['a'])()?.errorCode).toBe(ErrorCode.NOT_ENOUGH_REPLICAS);
  expect(world.produce('t', ['b'], { acks: 1 })()?.errorCode).toBe(ErrorCode.NONE);
  expect(world.log(1, 't')).toMatchObject({ logEndOffset: 1, highWatermark: 0 });
  world.cluster.restart(2);
  world.advance(2000);
  expect(world.partition('t').isr).toEqual([1, 2]);
  expect(world.log(1, 't').highWatermark).toBe(1);
});

test('a deadline that comes first says so, and the batch stays', () => {
  const world = new World();
  world.createTopic('t', [[1, 2]]);
  world.cluster.network.setLink({ from: 1, to: 2 }, { cut: true });
  const answer = world.produce('t', ['a'], { timeoutMs: 500 });
  world.advance(499);
  expect(answer()).toBeUndefined();
  world.advance(1);
  expect(answer()?.errorCode).toBe(ErrorCode.REQUEST_TIMED_OUT);
  expect(world.values(1, 't')).toEqual(['a']);
});

test('an in-sync follower takes over, in a new epoch, with all that was committed', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]]);
  world.produce('t', ['a', 'b']);
  world.cluster.crash(1);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({ leader: 2, leaderEpoch: 1, isr: [2, 3] });
  expect(world.produce('t', ['c'])()).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 2 });
  world.cluster.restart(1);
  world.advance(2000);
  expect(world.partition('t').isr).toEqual([2, 3, 1]);
  expect(world.values(1, 't')).toEqual(['a', 'b', 'c']);
});

test('what only the old leader had is cut off when it comes back', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]]);
  world.produce('t', ['a']);
  for (const follower of [2, 3])
    world.cluster.network.setLink({ from: 1, to: follower }, { cut: true });
  world.produce('t', ['lost'], { acks: 1 });
  world.cluster.crash(1);
  for (const follower of [2, 3])
    world.cluster.network.setLink({ from: 1, to: follower }, { cut: false });
  world.advance(1000);
  world.produce('t', ['b']);
  world.cluster.restart(1);
  world.advance(2000);
  for (const brokerId of [1, 2, 3]) expect(world.values(brokerId, 't')).toEqual(['a', 'b']);
});

test('the last in-sync replica keeps the partition: nobody else may lead it', () => {
  const world = new World();
  world.createTopic('t', [[1, 2]]);
  world.cluster.crash(2);
  world.advance(1000);
  world.produce('t', ['only on 1']);
  world.cluster.crash(1);
  world.advance(1000);
  world.cluster.restart(2);
  world.advance(1000);
  expect(world.partition('t').leader).toBe(-1);
  world.cluster.restart(1);
  world.advance(2000);
  expect(world.partition('t')).toMatchObject({ leader: 1, isr: [1, 2] });
  expect(world.values(2, 't')).toEqual(['only on 1']);
});
