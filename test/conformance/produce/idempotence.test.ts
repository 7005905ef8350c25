import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { batch } from '../harness/batch.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

/** An idempotent producer without its client: numbers are the test's own. */
class Producer {
  readonly #topic: Topic;
  readonly id: number;

  static async of(topic: Topic): Promise<Producer> {
    const id = await until('a producer id is given', async () => {
      const reply = await cluster().request(apis.InitProducerId, 5, {
        transactionalId: null,
        transactionTimeoutMs: 60_000,
      });
      return reply.errorCode === 0 ? reply.producerId : undefined;
    });
    return new Producer(topic, id);
  }

  private constructor(topic: Topic, id: number) {
    this.#topic = topic;
    this.id = id;
  }

  async send(baseSequence: number, { count = 1, epoch = 0, partition = 0 } = {}) {
    const records = Array.from({ length: count }, (_, index) => ({
      value: `${baseSequence + index}`,
    }));
    const fields = { producerId: this.id, producerEpoch: epoch, baseSequence };
    const { error, baseOffset } = await this.#topic.produce(batch(records, fields), { partition });
    return error === 'NONE' ? baseOffset : error;
  }
}

async function producerOf(topic?: Topic) {
  const made = topic ?? (await cluster().topic());
  return { topic: made, producer: await Producer.of(made) };
}

describe('sequences', () => {
  test('a batch that follows is appended', async () => {
    const { producer } = await producerOf();
    expect(await producer.send(0, { count: 3 })).toBe(0);
    expect(await producer.send(3, { count: 2 })).toBe(3);
    expect(await producer.send(5)).toBe(5);
  });

  test('the stored batch keeps producer id, epoch and sequence', async () => {
    const { topic, producer } = await producerOf();
    await producer.send(0);
    expect((await topic.batches())[0]).toMatchObject({
      producerId: producer.id,
      producerEpoch: 0,
      baseSequence: 0,
    });
  });

  test('a gap is OUT_OF_ORDER_SEQUENCE_NUMBER and nothing is written', async () => {
    const { topic, producer } = await producerOf();
    await producer.send(0);
    expect(await producer.send(2)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(await topic.records()).toHaveLength(1);
    expect(await producer.send(1)).toBe(1);
  });

  test('a producer that the partition does not know may start at any sequence', async () => {
    const { producer } = await producerOf();
    expect(await producer.send(17)).toBe(0);
    expect(await producer.send(18)).toBe(1);
  });

  test('partitions count for themselves', async () => {
    const topic = await cluster().topic({ partitions: 2 });
    const { producer } = await producerOf(topic);
    expect(await producer.send(0)).toBe(0);
    expect(await producer.send(0, { partition: 1 })).toBe(0);
    expect(await producer.send(1, { partition: 1 })).toBe(1);
  });

  test('producers count for themselves', async () => {
    const { topic, producer } = await producerOf();
    const other = await Producer.of(topic);
    expect(await producer.send(0)).toBe(0);
    expect(await other.send(0)).toBe(1);
    expect(await producer.send(1)).toBe(2);
  });

  test('2147483647 is followed by 0', async () => {
    const { producer } = await producerOf();
    expect(await producer.send(2147483646, { count: 2 })).toBe(0);
    expect(await producer.send(0)).toBe(2);
    expect(await producer.send(1)).toBe(3);
  });

  test('a batch may itself wrap around', async () => {
    const { producer } = await producerOf();
    expect(await producer.send(2147483646, { count: 4 })).toBe(0);
    expect(await producer.send(2)).toBe(4);
  });
});

describe('duplicates', () => {
  test('a repeated batch is answered with its first offset and not written again', async () => {
    const { topic, producer } = await producerOf();
    await producer.send(0, { count: 3 });
    await producer.send(3, { count: 2 });
    expect(await producer.send(3, { count: 2 })).toBe(3);
    expect(await producer.send(0, { count: 3 })).toBe(0);
    expect(await topic.records()).toHaveLength(5);
  });

  test('the last five batches are remembered', async () => {
    const { producer } = await producerOf();
    for (let sequence = 0; sequence < 5; sequence++) await producer.send(sequence);
    expect(await producer.send(0)).toBe(0);
    expect(await producer.send(4)).toBe(4);
  });

  test('the sixth last is not: OUT_OF_ORDER_SEQUENCE_NUMBER', async () => {
    const { producer } = await producerOf();
    for (let sequence = 0; sequence < 6; sequence++) await producer.send(sequence);
    expect(await producer.send(0)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(await producer.send(1)).toBe(1);
  });

  test('a repeated first sequence with another length is no duplicate', async () => {
    const { producer } = await producerOf();
    await producer.send(0, { count: 3 });
    expect(await producer.send(0, { count: 2 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  });

  test('a duplicate in a LogAppendTime topic is answered with the first append time', async () => {
    const topic = await cluster().topic({
      configs: { 'message.timestamp.type': 'LogAppendTime' },
    });
    const { producer } = await producerOf(topic);
    const records = batch([{ value: 'a' }], {
      producerId: producer.id,
      producerEpoch: 0,
      baseSequence: 0,
    });
    const first = await topic.produce(records);
    const again = await topic.produce(records);
    expect(first.logAppendTimeMs).toBeGreaterThan(0);
    expect(again).toMatchObject({ error: 'NONE', logAppendTimeMs: first.logAppendTimeMs });
  });
});

describe('epochs', () => {
  test('a higher epoch must start at sequence 0', async () => {
    const { producer } = await producerOf();
    await producer.send(0);
    expect(await producer.send(1, { epoch: 1 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(await producer.send(0, { epoch: 1 })).toBe(1);
    expect(await producer.send(1, { epoch: 1 })).toBe(2);
  });

  test('a lower epoch is INVALID_PRODUCER_EPOCH', async () => {
    const { topic, producer } = await producerOf();
    await producer.send(0, { epoch: 3 });
    expect(await producer.send(1, { epoch: 2 })).toBe('INVALID_PRODUCER_EPOCH');
    expect(await topic.records()).toHaveLength(1);
  });

  test('a duplicate of an earlier epoch is not answered as one', async () => {
    const { producer } = await producerOf();
    await producer.send(0);
    await producer.send(0, { epoch: 1 });
    expect(await producer.send(0)).toBe('INVALID_PRODUCER_EPOCH');
  });
});
