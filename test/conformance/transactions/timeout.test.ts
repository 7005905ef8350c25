import { expect, test } from 'vitest';
import { Transactional } from '../harness/transaction.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

test.each([1, 2] as const)('generation %d: what is open for too long is aborted', async (gen) => {
  const topic = await cluster().topic();
  const producer = await Transactional.make(cluster(), gen);
  await producer.initialised({ timeoutMs: 1000 });
  await producer.write(topic, ['a']);
  await producer.untilState('CompleteAbort');
  expect(await producer.describe()).toMatchObject({ producerEpoch: 1, topics: [] });
  expect((await topic.fetch({ isolationLevel: 1 })).abortedTransactions).toHaveLength(1);
  const late = await producer.send(topic, ['b'], { sequence: 1 });
  expect(late.error).toBe('INVALID_PRODUCER_EPOCH');
  // With KIP-890 it is as if the end had been asked for, and the answer lost.
  expect((await producer.end(false)).error).toBe(gen === 1 ? 'PRODUCER_FENCED' : 'NONE');
  const commit = await producer.end(true);
  expect(commit.error).toBe(gen === 1 ? 'PRODUCER_FENCED' : 'INVALID_TXN_STATE');
});
