import { describe, expect, test } from 'vitest';
import { Transactional } from '../harness/transaction.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

test.each([0, 1, 2, 3, 4, 5])(
  'version %d: each time the id has the next epoch',
  async (version) => {
    const producer = await Transactional.make(cluster());
    const first = await producer.initialised({ version });
    expect(first.producerEpoch).toBe(0);
    const second = await producer.initialised({ version });
    expect(second).toMatchObject({ producerId: first.producerId, producerEpoch: 1 });
  },
);

test.each([0, -1, 900_001])('a timeout of %d ms is refused', async (timeoutMs) => {
  const producer = await Transactional.make(cluster());
  expect(await producer.init({ timeoutMs })).toMatchObject({
    error: 'INVALID_TRANSACTION_TIMEOUT',
    producerId: -1,
    producerEpoch: -1,
  });
});

test('another broker does not coordinate the id', async () => {
  const producer = await Transactional.ready(cluster());
  const elsewhere = cluster().brokerIds.find((id) => id !== producer.coordinator)!;
  Object.assign(producer, { coordinator: elsewhere });
  expect((await producer.init()).error).toBe('NOT_COORDINATOR');
  expect((await producer.describe()).error).toBe('NOT_COORDINATOR');
  expect((await producer.end(true)).error).toBe('NOT_COORDINATOR');
});

describe('a producer that says who it is (KIP-360)', () => {
  test('gets the next epoch, and the same again when it asks again', async () => {
    const producer = await Transactional.ready(cluster());
    const self = { producerId: producer.producerId, producerEpoch: 0 };
    const next = { error: 'NONE', producerId: producer.producerId, producerEpoch: 1 };
    expect(await producer.init(self)).toMatchObject(next);
    expect(await producer.init(self)).toMatchObject(next);
  });

  test('is fenced with an epoch that is older', async () => {
    const producer = await Transactional.ready(cluster());
    const { producerId } = producer;
    await producer.initialised();
    await producer.initialised();
    const old = { producerId, producerEpoch: 0 };
    expect((await producer.init(old)).error).toBe('PRODUCER_FENCED');
    expect((await producer.init({ ...old, version: 3 })).error).toBe('INVALID_PRODUCER_EPOCH');
  });

  test('is fenced with an id that is another', async () => {
    const producer = await Transactional.ready(cluster());
    const other = { producerId: producer.producerId + 1_000_000, producerEpoch: 0 };
    expect((await producer.init(other)).error).toBe('PRODUCER_FENCED');
  });

  test('must say both', async () => {
    const producer = await Transactional.ready(cluster());
    const half = { producerId: producer.producerId, producerEpoch: -1 };
    expect((await producer.init(half)).error).toBe('INVALID_REQUEST');
  });
});

test.each([1, 2] as const)('generation %d: an open transaction is aborted first', async (gen) => {
  const topic = await cluster().topic();
  const producer = await Transactional.ready(cluster(), gen);
  await producer.write(topic, ['lost']);
  expect((await producer.init()).error).toBe('CONCURRENT_TRANSACTIONS');
  const { producerId } = producer;
  // The abort has an epoch of its own.
  expect(await producer.initialised()).toMatchObject({ producerId, producerEpoch: 2 });
  const { abortedTransactions } = await topic.fetch({ isolationLevel: 1 });
  expect(abortedTransactions).toEqual([{ producerId, firstOffset: 0 }]);
});

test('who had the epoch before is fenced everywhere', async () => {
  const topic = await cluster().topic();
  const producer = await Transactional.ready(cluster(), 1);
  await producer.write(topic, ['a']);
  const old = { epoch: producer.epoch };
  await producer.initialised();
  expect(await producer.add(topic, old)).toBe('PRODUCER_FENCED');
  expect(await producer.add(topic, { ...old, version: 1 })).toBe('INVALID_PRODUCER_EPOCH');
  expect(await producer.addOffsets('g', old)).toBe('PRODUCER_FENCED');
  expect(await producer.addOffsets('g', { ...old, version: 1 })).toBe('INVALID_PRODUCER_EPOCH');
  expect((await producer.end(true, old)).error).toBe('PRODUCER_FENCED');
  const ended = await producer.end(true, { ...old, version: 1 });
  expect(ended.error).toBe('INVALID_PRODUCER_EPOCH');
  const sent = await producer.send(topic, ['b'], { ...old, sequence: 1 });
  expect(sent.error).toBe('INVALID_PRODUCER_EPOCH');
});
