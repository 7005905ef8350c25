import { expect, test } from 'vitest';
import { Transactional } from '../harness/transaction.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

test('generation 1: a commit that comes late commits the next transaction', async () => {
  const topic = await cluster().topic();
  const producer = await Transactional.ready(cluster(), 1);
  await producer.write(topic, ['a']);
  await producer.ended(true);
  await producer.write(topic, ['b']);
  expect((await producer.end(true)).error).toBe('NONE');
  await producer.untilState('CompleteCommit');
  const { lastStableOffset, abortedTransactions } = await topic.fetch({ isolationLevel: 1 });
  expect([lastStableOffset, abortedTransactions]).toEqual([4, []]);
});

test.each([
  [11, 'TRANSACTION_ABORTABLE'],
  [10, 'INVALID_TXN_STATE'],
])('Produce %d after the abort of its transaction: %s', async (version, error) => {
  const topic = await cluster().topic();
  const producer = await Transactional.ready(cluster(), 1);
  await producer.add(topic);
  await producer.ended(false);
  expect((await producer.send(topic, ['m'], { version })).error).toBe(error);
  const { lastStableOffset, highWatermark } = await topic.fetch({ isolationLevel: 1 });
  expect([lastStableOffset, highWatermark]).toEqual([1, 1]);
});
