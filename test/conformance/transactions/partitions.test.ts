import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { attributes, batch } from '../harness/batch.ts';
import { errorName } from '../harness/error-name.ts';
import { Transactional } from '../harness/transaction.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

describe('AddPartitionsToTxn', () => {
  test.each([0, 1, 2, 3])('version %d adds a partition, and again', async (version) => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster(), 1);
    expect(await producer.add(topic, { version })).toBe('NONE');
    expect(await producer.add(topic, { version })).toBe('NONE');
    expect(await producer.describe()).toMatchObject({
      transactionState: 'Ongoing',
      topics: [{ topic: topic.name, partitions: [0] }],
    });
  });

  test('with one that does not exist none is added', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster(), 1);
    const reply = await cluster().request(
      apis.AddPartitionsToTxn,
      3,
      {
        v3AndBelowTransactionalId: producer.id,
        v3AndBelowProducerId: producer.producerId,
        v3AndBelowProducerEpoch: producer.epoch,
        v3AndBelowTopics: [{ name: topic.name, partitions: [0, 7] }],
      },
      producer.coordinator,
    );
    const [result] = reply.resultsByTopicV3AndBelow;
    const errors = result!.resultsByPartition.map(
      ({ partitionIndex, partitionErrorCode }) =>
        `${partitionIndex} ${errorName(partitionErrorCode)}`,
    );
    expect(errors.sort()).toEqual(['0 OPERATION_NOT_ATTEMPTED', '7 UNKNOWN_TOPIC_OR_PARTITION']);
    expect(await producer.describe()).toMatchObject({ transactionState: 'Empty' });
  });

  test('an id that is not known, and another epoch', async () => {
    const topic = await cluster().topic();
    const unknown = await Transactional.make(cluster(), 1);
    expect(await unknown.add(topic)).toBe('INVALID_PRODUCER_ID_MAPPING');
    const producer = await Transactional.ready(cluster(), 1);
    expect(await producer.add(topic, { epoch: 3 })).toBe('PRODUCER_FENCED');
    expect(await producer.add(topic, { epoch: 3, version: 1 })).toBe('INVALID_PRODUCER_EPOCH');
  });

  test.each([4, 5])('version %d: brokers verify', async (version) => {
    const topic = await cluster().topic();
    const other = await cluster().topic();
    const producer = await Transactional.ready(cluster(), 1);
    await producer.add(topic);
    expect(await producer.verify(topic, { version })).toBe('NONE');
    expect(await producer.verify(other, { version })).toBe('TRANSACTION_ABORTABLE');
    expect(await producer.verify(topic, { version, epoch: 4 })).toBe('PRODUCER_FENCED');
    expect(await producer.verify(other, { version, verifyOnly: false })).toBe('NONE');
    expect(await producer.verify(other, { version })).toBe('NONE');
  });
});

describe('Produce', () => {
  test('what says of no transactional id is not for transactions', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster());
    const fields = { producerId: producer.producerId, producerEpoch: 0, baseSequence: 0 };
    const records = batch([{ value: 'a' }], { ...fields, attributes: attributes.transactional });
    expect((await topic.produce(records)).error).toBe('TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
  });

  test.each([
    [10, 'INVALID_TXN_STATE', 'Partition was not added to the transaction'],
    [11, 'TRANSACTION_ABORTABLE', null],
  ])('version %d: to a partition that was not added is %s', async (version, error, message) => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster(), 1);
    const reply = await producer.send(topic, ['a'], { version });
    expect(reply).toMatchObject({ error, errorMessage: message, baseOffset: -1 });
    expect(reply).toMatchObject({ logAppendTimeMs: -1, logStartOffset: -1 });
    expect((await topic.fetch()).highWatermark).toBe(0);
  });

  test.each([12, 13])('version %d adds the partition', async (version) => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster());
    expect(await producer.send(topic, ['a'], { version })).toMatchObject({ error: 'NONE' });
    expect(await producer.describe()).toMatchObject({
      transactionState: 'Ongoing',
      topics: [{ topic: topic.name, partitions: [0] }],
    });
  });

  test('an id that is not known', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.make(cluster());
    Object.assign(producer, { producerId: 77_000_000, epoch: 0 });
    expect((await producer.send(topic, ['a'])).error).toBe('INVALID_PRODUCER_ID_MAPPING');
  });

  test('an epoch that the coordinator does not know', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster());
    const reply = await producer.send(topic, ['a'], { epoch: 4 });
    expect(reply.error).toBe('INVALID_PRODUCER_EPOCH');
  });

  test('the first batch of a partition has sequence 0', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster());
    const reply = await producer.send(topic, ['a'], { sequence: 3 });
    expect(reply.error).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  });

  test('what is sent twice is written once', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster());
    await producer.write(topic, ['a', 'b']);
    const again = await producer.send(topic, ['a', 'b'], { sequence: 0 });
    expect(again).toMatchObject({ error: 'NONE', baseOffset: 0 });
    expect((await topic.fetch()).highWatermark).toBe(2);
  });

  test('while its transaction is open a producer writes nothing beside it', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster());
    await producer.write(topic, ['a']);
    const beside = await producer.send(topic, ['b'], { sequence: 1, transactional: false });
    expect(beside.error).toBe('INVALID_TXN_STATE');
  });
});
