import { expect, test } from 'vitest';
import { batchesOf } from '../../src/lab/batches.ts';
import { SmallModel } from '../../src/lab/exhaustive/small-model.ts';

const place = ['t', 0] as const;

function makeAll(model: SmallModel, names: readonly string[]): void {
  for (const name of names) {
    const move = model.moves().find((one) => Object.values(one).slice(0, 3).join(' ') === name);
    if (move === undefined) throw new Error(`'${name}' is not possible`);
    model.make(move);
  }
}

/** One record is shown, and then the power of all who have it fails. */
function afterLoss() {
  const model = new SmallModel({
    ...{ brokers: 2, records: 2, crashes: 0, powerCuts: 2, elections: 0 },
    knobs: { elr: false },
  });
  makeAll(model, ['produce 1', 'deliver 1 2', 'deliver 2 1']);
  const log = model.laboratory.cluster.replica(1, ...place)!.log;
  const [lost] = batchesOf(log, 0, 1);
  makeAll(model, ['power-cut 2', 'wait', 'power-cut 1', 'wait', 'restart 1', 'wait', 'restart 2']);
  const partition = model.invariants.partition(...place)!;
  const { losses } = partition;
  makeAll(model, ['produce 1', 'deliver 2 1', 'deliver 1 2', 'deliver 2 1']);
  return { model, partition, losses, lost: lost! };
}

test('a loss that was to be expected is counted, and no more than that is forgiven', () => {
  const { losses, lost, partition, model } = afterLoss();
  expect(losses).toBe(1);
  expect(partition.history.hasLost(lost)).toBe(true);
  const log = model.laboratory.cluster.replica(1, ...place)!.log;
  const [kept] = batchesOf(log, 0, 1);
  partition.acknowledged(lost);
  partition.served(lost);
  partition.acknowledged(kept!);
  partition.served(kept!);
  const neither = { ...lost, crc: lost.crc ^ kept!.crc ^ 1 };
  expect(() => partition.acknowledged(neither)).toThrow('I-12');
  expect(() => partition.served(neither)).toThrow('I-13');
});

test('what is committed after a loss is held against the cluster like any other', () => {
  for (const brokerIds of [[1], [2], [1, 2]]) {
    const { model } = afterLoss();
    for (const brokerId of brokerIds) {
      model.laboratory.cluster.replica(brokerId, ...place)!.log.truncateTo(0);
    }
    expect(() => model.invariants.checkAll(), String(brokerIds)).toThrow(/^I-\d\d/);
  }
});
