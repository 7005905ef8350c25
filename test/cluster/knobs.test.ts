import { expect, test } from 'vitest';
import type { Knobs } from '../../src/config/knobs.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { World } from './world.ts';

// What each knob takes back, and that it is there without it (faults.md § 4.1).

/** What is left of a committed record when its leaders fall one after the other (E07). */
function afterTwoCrashes(truncation: Knobs['truncation']): string[] {
  const world = new World({ knobs: { truncation } });
  world.createTopic('t', [[1, 2, 3]]);
  expect(world.produce('t', ['committed'])()?.errorCode).toBe(ErrorCode.NONE);
  expect([1, 2, 3].map((brokerId) => world.log(brokerId, 't').highWatermark)).toEqual([1, 0, 0]);
  for (const [from, to] of [[2, 3] as const, [3, 2] as const]) {
    world.cluster.network.setLink({ from, to }, { cut: true });
  }
  world.cluster.crash(1);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({ leader: 2, isr: [2, 3] });
  world.cluster.crash(2);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({ leader: 3, isr: [3] });
  return world.values(3, 't');
}

test('a follower that cuts at its high watermark loses what was committed, others do not', () => {
  expect(afterTwoCrashes('hw')).toEqual([]);
  for (const truncation of ['kip101', 'kip279', 'kip320'] as const) {
    expect(afterTwoCrashes(truncation), truncation).toEqual(['committed']);
  }
});

test('replication goes on through changes of the leader, whatever the way of truncation', () => {
  for (const truncation of ['hw', 'kip101', 'kip279', 'kip320'] as const) {
    const world = new World({ knobs: { truncation } });
    world.createTopic('t', [[1, 2, 3]]);
    for (const follower of [2, 3]) {
      world.cluster.network.setLink({ from: 1, to: follower }, { cut: true });
    }
    world.produce('t', ['only on 1'], { acks: 1 });
    world.cluster.crash(1);
    world.cluster.network.heal();
    world.advance(1000);
    world.produce('t', ['a', 'b'], { acks: 1 });
    world.cluster.restart(1);
    world.advance(5000);
    expect(world.partition('t').isr, truncation).toEqual([2, 3, 1]);
    expect(world.values(1, 't'), truncation).toEqual(['a', 'b']);
  }
});

test('a follower in another leader epoch moves nothing, unless epochs are not said', () => {
  const answered = (fencing: boolean) => {
    const world = new World({ knobs: { fencing } });
    world.createTopic('t', [[1, 2, 3]]);
    const controller = world.cluster.activeController!;
    world.cluster.network.setLink({ from: controller, to: 3 }, { cut: true });
    // Without broker 2 broker 1 leads on, in a new epoch of which broker 3 does not hear.
    const partitions = [{ partitionIndex: 0, replicas: [1, 3] }];
    world.send(1, 'AlterPartitionReassignments', {
      ...{ timeoutMs: 1000, allowReplicationFactorChange: true },
      topics: [{ name: 't', partitions }],
    });
    expect(world.partition('t')).toMatchObject({ leader: 1, leaderEpoch: 1, isr: [1, 3] });
    const answer = world.produce('t', ['a']);
    world.advance(100);
    return answer()?.errorCode;
  };
  expect(answered(true)).toBeUndefined();
  expect(answered(false)).toBe(ErrorCode.NONE);
});

test('without eligible leader replicas the last one in sync leads, whatever it has lost', () => {
  const leads = (elr: boolean) => {
    const world = new World({ knobs: { elr } });
    world.createTopic('t', [[1, 2]], { 'min.insync.replicas': '2', 'flush.messages': '1' });
    expect(world.produce('t', ['a'])()?.errorCode).toBe(ErrorCode.NONE);
    world.cluster.shutdown(2);
    world.advance(1000);
    expect(world.partition('t')).toMatchObject({ leader: 1, isr: [1], elr: elr ? [2] : [] });
    world.cluster.crash(1, 'all');
    world.advance(1000);
    for (const brokerId of [1, 2]) world.cluster.restart(brokerId);
    world.advance(5000);
    return { leader: world.leader('t'), values: world.values(2, 't') };
  };
  expect(leads(true)).toEqual({ leader: 2, values: ['a'] });
  expect(leads(false)).toEqual({ leader: 1, values: [] });
});

test('the high watermark moves below the minimum of in-sync replicas only without the rule', () => {
  const visible = (strictMinIsr: boolean) => {
    const world = new World({ knobs: { strictMinIsr } });
    world.createTopic('t', [[1, 2]], { 'min.insync.replicas': '2' });
    world.cluster.crash(2);
    world.advance(1000);
    world.produce('t', ['a'], { acks: 1 });
    return world.log(1, 't').highWatermark;
  };
  expect(visible(true)).toBe(0);
  expect(visible(false)).toBe(1);
});
