import { expect, test } from 'vitest';
import type { ResponseOf } from '../../src/broker/request-context.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { World } from './world.ts';

function elect(world: World, electionType: number): number | undefined {
  const topicPartitions = [{ topic: 't', partitions: [0] }];
  const request = { electionType, topicPartitions, timeoutMs: 1000 };
  const answer = world.send(world.anyBroker(), 'ElectLeaders', request).value;
  const { replicaElectionResults } = answer as ResponseOf<'ElectLeaders'>;
  return replicaElectionResults[0]?.partitionResult[0]?.errorCode;
}

/** Broker 1 was away, so that broker 2 leads in its place; now it is back and in sync. */
function awayAndBack(config: Record<string, string> = {}): World {
  const world = new World({ config });
  world.createTopic('t', [[1, 2, 3]]);
  world.cluster.crash(1);
  world.advance(1000);
  world.cluster.restart(1);
  world.advance(2000);
  expect(world.partition('t')).toMatchObject({ leader: 2, isr: [2, 3, 1] });
  return world;
}

test('the preferred leader leads again on demand', () => {
  const world = awayAndBack();
  expect(elect(world, 0)).toBe(ErrorCode.NONE);
  expect(world.partition('t')).toMatchObject({ leader: 1, leaderEpoch: 2 });
  expect(elect(world, 0)).toBe(ErrorCode.ELECTION_NOT_NEEDED);
  expect(world.produce('t', ['a'])()?.errorCode).toBe(ErrorCode.NONE);
});

test('and by itself, every leader.imbalance.check.interval.seconds', () => {
  const world = awayAndBack({ 'leader.imbalance.check.interval.seconds': '60' });
  world.advance(60_000);
  expect(world.leader('t')).toBe(1);
});

test('but not where auto.leader.rebalance.enable is off', () => {
  const world = awayAndBack({
    ...{ 'leader.imbalance.check.interval.seconds': '60' },
    ...{ 'auto.leader.rebalance.enable': 'false' },
  });
  world.advance(600_000);
  expect(world.leader('t')).toBe(2);
});

test('a preferred leader that is not in sync is not elected', () => {
  const world = new World();
  world.createTopic('t', [[1, 2]]);
  world.cluster.crash(1);
  world.advance(1000);
  expect(elect(world, 0)).toBe(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
});

/** Broker 2 has missed what broker 1 wrote alone; then broker 1 goes and broker 2 comes. */
function onlyTheLaggardIsLeft(config: Record<string, string> = {}): World {
  const world = new World();
  world.createTopic('t', [[1, 2]], config);
  world.produce('t', ['a']);
  world.cluster.crash(2);
  world.advance(1000);
  world.produce('t', ['b']);
  world.cluster.crash(1);
  world.advance(1000);
  world.cluster.restart(2);
  world.advance(1000);
  return world;
}

test('an unclean election on demand takes who is there, and what it lacks is lost', () => {
  const world = onlyTheLaggardIsLeft();
  expect(world.partition('t')).toMatchObject({ leader: -1, isr: [], lastKnownElr: [1] });
  expect(elect(world, 1)).toBe(ErrorCode.NONE);
  const recovering = { leader: 2, isr: [2], leaderRecoveryState: 'Recovering' };
  expect(world.partition('t')).toMatchObject(recovering);
  world.produce('t', ['c']);
  world.cluster.restart(1);
  world.advance(2000);
  // Who joins the ISR is proof that the leader has recovered.
  const recovered = { leader: 2, isr: [2, 1], leaderRecoveryState: 'Recovered' };
  expect(world.partition('t')).toMatchObject(recovered);
  for (const brokerId of [1, 2]) expect(world.values(brokerId, 't')).toEqual(['a', 'c']);
});

test('a topic that allows unclean elections has one at once', () => {
  const world = onlyTheLaggardIsLeft({ 'unclean.leader.election.enable': 'true' });
  expect(world.partition('t')).toMatchObject({ leader: 2, isr: [2] });
});

test('one that comes to allow them has one within five minutes', () => {
  const world = onlyTheLaggardIsLeft();
  world.alterTopic('t', { 'unclean.leader.election.enable': 'true' });
  expect(world.leader('t')).toBe(-1);
  world.advance(300_000);
  expect(world.leader('t')).toBe(2);
});

test('a broker shuts down without anyone waiting for a leader', () => {
  const world = new World();
  world.createTopic('t', [[1, 2, 3]]);
  world.produce('t', ['a']);
  world.cluster.shutdown(1);
  world.cluster.clock.settle();
  expect(world.partition('t')).toMatchObject({ leader: 2, isr: [2, 3] });
  expect(world.produce('t', ['b'], { brokerId: 2 })()?.errorCode).toBe(ErrorCode.NONE);
  world.advance(500);
  expect(world.cluster.isRunning(1)).toBe(false);
  expect(world.cluster.metadata.brokers.get(1)?.fenced).toBe(true);
});

test('who shut down in good order leads alone what it was eligible for', () => {
  const world = new World();
  world.createTopic('t', [[1, 2]], { 'min.insync.replicas': '2' });
  world.produce('t', ['a']);
  world.cluster.shutdown(2);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({ leader: 1, isr: [1], elr: [2] });
  world.cluster.crash(1);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({ leader: -1, isr: [], elr: [1, 2] });
  world.cluster.restart(2);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({ leader: 2, isr: [2], elr: [1] });
  expect(world.partition('t').leaderRecoveryState).toBe('Recovered');
  expect(world.values(2, 't')).toEqual(['a']);
});
