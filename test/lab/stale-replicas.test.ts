import { expect, test } from 'vitest';
import { SmallModel } from '../../src/lab/exhaustive/small-model.ts';
import { StaleReplicas } from '../../src/lab/stale-replicas.ts';

/** Broker 2 follows in epoch 0 and has one record. */
function follower() {
  const model = new SmallModel({
    ...{ brokers: 2, records: 1, crashes: 0, powerCuts: 0, elections: 0, knobs: {} },
  });
  for (const name of ['produce', 'deliver']) {
    model.make(model.moves().find((move) => move.name === name)!);
  }
  const partition = model.laboratory.cluster.replica(2, 't', 0)!;
  expect(partition.log.logEndOffset).toBe(1);
  return { brokerId: 2, log: partition.log, partition, leadership: undefined };
}

test('who has more than what is left does not count until it is cut back', () => {
  const stale = new StaleReplicas();
  const view = follower();
  stale.add(view, { offset: 0, leaderEpoch: 0 });
  stale.ends(2, 1, view.partition);
  expect(stale.has(2)).toBe(true);
  stale.ends(2, 0, view.partition);
  expect(stale.has(2)).toBe(false);
});

test('who has no more, but has not heard who begins anew, may yet be given more', () => {
  const stale = new StaleReplicas();
  const view = follower();
  stale.add(view, { offset: 1, leaderEpoch: 0 });
  expect(stale.has(2)).toBe(false);
  stale.add(view, { offset: 1, leaderEpoch: 1 });
  stale.ends(2, 1, view.partition);
  expect(stale.has(2)).toBe(true);
  stale.ends(2, 1, undefined);
  expect(stale.has(2)).toBe(false);
});

test('of two losses the one that left less counts', () => {
  const stale = new StaleReplicas();
  const view = follower();
  stale.add(view, { offset: 0, leaderEpoch: 1 });
  stale.add(view, { offset: 1, leaderEpoch: 2 });
  stale.ends(2, 1, undefined);
  expect(stale.has(2)).toBe(true);
});
