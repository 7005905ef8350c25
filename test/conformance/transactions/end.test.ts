import { describe, expect, test } from 'vitest';
import { Transactional } from '../harness/transaction.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

describe.each([1, 2] as const)('generation %d', (generation) => {
  test('what is committed is read, and the marker takes an offset', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster(), generation);
    await producer.write(topic, ['a', 'b', 'c']);
    await producer.ended(true);
    const { batches, ...rest } = await topic.fetch({ isolationLevel: 1 });
    expect(rest).toMatchObject({ highWatermark: 4, lastStableOffset: 4, abortedTransactions: [] });
    const [data, marker] = batches;
    expect(data!.records.map(({ value }) => value)).toEqual(['a', 'b', 'c']);
    expect(data!.attributes).toBe(0x10);
    const epoch = generation === 2 ? 1 : 0;
    expect(marker).toMatchObject({ attributes: 0x30, baseSequence: -1, count: 1 });
    expect(marker).toMatchObject({ producerId: producer.producerId, producerEpoch: epoch });
    expect(marker!.records[0]).toMatchObject({ key: '\0\0\0\x01', headers: [] });
    expect(marker!.records[0]!.value).toHaveLength(6);
  });

  test('what is aborted is named', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster(), generation);
    const { producerId } = producer;
    await producer.write(topic, ['a']);
    await producer.write(topic, ['b']);
    await producer.ended(false);
    const { batches, ...rest } = await topic.fetch({ isolationLevel: 1 });
    expect(rest).toMatchObject({ lastStableOffset: 3 });
    expect(rest.abortedTransactions).toEqual([{ producerId, firstOffset: 0 }]);
    expect(batches.at(-1)!.records[0]!.key).toBe('\0\0\0\0');
    expect((await topic.fetch()).abortedTransactions).toBeNull();
  });

  test('one transaction after the other, over several partitions', async () => {
    const topic = await cluster().topic({ partitions: 3 });
    const producer = await Transactional.ready(cluster(), generation);
    for (const committed of [true, false, true]) {
      for (const partition of [0, 1, 2]) await producer.write(topic, ['x'], partition);
      await producer.ended(committed);
    }
    for (const partition of [0, 1, 2]) {
      const { abortedTransactions, ...rest } = await topic.fetch({ partition, isolationLevel: 1 });
      expect(rest).toMatchObject({ highWatermark: 6, lastStableOffset: 6 });
      expect(abortedTransactions).toMatchObject([{ firstOffset: 2 }]);
    }
  });

  test('an id that is not known', async () => {
    const producer = await Transactional.make(cluster(), generation);
    const reply = await producer.end(true, { producerId: 1, epoch: 0 });
    expect(reply).toMatchObject({
      error: 'INVALID_PRODUCER_ID_MAPPING',
      producerId: -1,
      epoch: -1,
    });
  });

  test('another producer id, another epoch', async () => {
    const producer = await Transactional.ready(cluster(), generation);
    const producerId = producer.producerId + 1_000_000;
    expect((await producer.end(true, { producerId })).error).toBe('INVALID_PRODUCER_ID_MAPPING');
    expect((await producer.end(true, { epoch: 5 })).error).toBe('PRODUCER_FENCED');
  });

  test('nothing cannot be committed', async () => {
    const producer = await Transactional.ready(cluster(), generation);
    expect((await producer.end(true)).error).toBe('INVALID_TXN_STATE');
  });
});

describe('before KIP-890', () => {
  test('the epoch stays, and no producer is told', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster(), 1);
    await producer.write(topic, ['a']);
    expect(await producer.ended(true)).toEqual({ error: 'NONE', producerId: -1, epoch: -1 });
    expect(await producer.describe()).toMatchObject({ producerEpoch: 0 });
    await producer.write(topic, ['b']);
    await producer.ended(true);
    expect((await topic.records()).map(({ offset }) => offset)).toEqual([0, 1, 2, 3]);
  });

  test('the same end again is none, the other is INVALID_TXN_STATE', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster(), 1);
    await producer.write(topic, ['a']);
    await producer.ended(true);
    expect((await producer.end(true)).error).toBe('NONE');
    expect((await producer.end(false)).error).toBe('INVALID_TXN_STATE');
    await producer.write(topic, ['b']);
    await producer.ended(false);
    expect((await producer.end(false)).error).toBe('NONE');
    expect((await producer.end(true)).error).toBe('INVALID_TXN_STATE');
  });

  test('nothing cannot be aborted', async () => {
    const producer = await Transactional.ready(cluster(), 1);
    expect((await producer.end(false)).error).toBe('INVALID_TXN_STATE');
  });
});

describe('with KIP-890', () => {
  test('each end gives the next epoch, and again to who asks again', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster());
    const { producerId } = producer;
    await producer.write(topic, ['a']);
    expect(await producer.ended(true)).toEqual({ error: 'NONE', producerId, epoch: 1 });
    expect(await producer.end(true, { epoch: 0 })).toEqual({ error: 'NONE', producerId, epoch: 1 });
    expect((await producer.end(false, { epoch: 0 })).error).toBe('INVALID_TXN_STATE');
    expect((await producer.end(true)).error).toBe('INVALID_TXN_STATE');
  });

  test('nothing can be aborted, which gives an epoch, too', async () => {
    const producer = await Transactional.ready(cluster());
    const { producerId } = producer;
    expect(await producer.ended(false)).toEqual({ error: 'NONE', producerId, epoch: 1 });
    expect(await producer.ended(false)).toEqual({ error: 'NONE', producerId, epoch: 2 });
    expect(await producer.end(false, { epoch: 1 })).toEqual({
      error: 'NONE',
      producerId,
      epoch: 2,
    });
  });

  test('who is fenced by an older client hears of its end as of his own', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster(), 1);
    const { producerId } = producer;
    for (const committed of [true, false]) {
      await producer.initialised();
      const { epoch } = producer;
      await producer.write(topic, ['a']);
      const fenced = { version: 5, epoch: epoch - 1 };
      expect((await producer.end(committed, fenced)).error).toBe('PRODUCER_FENCED');
      await producer.ended(committed);
      expect(await producer.end(committed, fenced)).toEqual({ error: 'NONE', producerId, epoch });
    }
  });

  test('an end of a new transaction with the epoch of the last is fenced', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster());
    await producer.write(topic, ['a']);
    await producer.ended(true);
    await producer.write(topic, ['b']);
    expect((await producer.end(true, { epoch: 0 })).error).toBe('PRODUCER_FENCED');
    expect((await producer.send(topic, ['c'], { epoch: 0, sequence: 1 })).error).toBe(
      'INVALID_PRODUCER_EPOCH',
    );
    await producer.ended(true);
  });
});
