import { expect, test } from 'vitest';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { World } from './world.ts';

/** Broker 1 led t-0 and is struck off while it runs. */
function struckOff(): World {
  const world = new World();
  world.createTopic('t', [[1, 2]]);
  world.produce('t', ['a']);
  world.send(3, 'UnregisterBroker', { brokerId: 1 });
  world.advance(100);
  return world;
}

test('a broker that is struck off while it runs remains a stranger', () => {
  const world = struckOff();
  world.advance(60_000);
  expect([...world.cluster.metadata.brokers.keys()]).toEqual([2, 3]);
  expect(world.cluster.isRunning(1)).toBe(true);
  expect(world.partition('t')).toMatchObject({ leader: 2, isr: [2], replicas: [1, 2] });
  const late = world.produce('t', ['x'], { brokerId: 1, acks: 1 });
  expect(late()?.errorCode).toBe(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  expect(world.produce('t', ['b'])()?.errorCode).toBe(ErrorCode.NONE);
});

test('started anew it is in sync again', () => {
  const world = struckOff();
  world.cluster.crash(1);
  world.cluster.restart(1);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({ leader: 2, isr: [2, 1] });
  expect(world.values(1, 't')).toEqual(['a']);
});

test('it cannot end in good order: nobody lets it go, so after five minutes it goes', () => {
  const world = struckOff();
  world.cluster.shutdown(1);
  world.advance(4 * 60_000);
  expect(world.cluster.isRunning(1)).toBe(true);
  world.advance(2 * 60_000);
  expect(world.cluster.isRunning(1)).toBe(false);
});
