import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaCluster, startCluster } from '../../src/index.ts';

const { Kafka, logLevel } = kafkajs;

let cluster: KafkaCluster;
let kafka: kafkajs.Kafka;
let admin: kafkajs.Admin;

beforeAll(async () => {
  cluster = await startCluster();
  const retry = { initialRetryTime: 50 };
  kafka = new Kafka({ brokers: cluster.brokerList, logLevel: logLevel.NOTHING, retry });
  admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: ['in', 'out'].map((topic) => ({ topic })) });
});
afterAll(async () => {
  await admin.disconnect();
  await cluster.close();
});

async function transactional(transactionalId: string): Promise<kafkajs.Producer> {
  const producer = kafka.producer({ transactionalId, maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  return producer;
}

/** What a consumer of what is committed reads of `out`, up to `last`. */
async function readUntil(last: string): Promise<string[]> {
  const consumer = kafka.consumer({ groupId: `reader of ${last}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: 'out', fromBeginning: true });
  const values: string[] = [];
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        values.push(String(message.value));
        if (values.at(-1) === last) resolve();
      },
    });
  });
  await consumer.disconnect();
  return values;
}

async function committedOffset(groupId: string): Promise<string> {
  const [fetched] = await admin.fetchOffsets({ groupId, topics: ['in'] });
  return fetched!.partitions[0]!.offset;
}

test('what kafkajs commits is read, what it aborts is not', async () => {
  const producer = await transactional('commits and aborts');
  for (const [value, committed] of [['a', true] as const, ['b', false] as const]) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'out', messages: [{ value }, { value: `${value}2` }] });
    await transaction.sendOffsets({
      consumerGroupId: 'g',
      topics: [{ topic: 'in', partitions: [{ partition: 0, offset: committed ? '5' : '9' }] }],
    });
    await (committed ? transaction.commit() : transaction.abort());
  }
  await producer.send({ topic: 'out', messages: [{ value: 'last' }] });
  await producer.disconnect();
  expect(await readUntil('last')).toEqual(['a', 'a2', 'last']);
  expect(await committedOffset('g')).toBe('5');
});

test('who begins anew with the same id fences who has it', async () => {
  const old = await transactional('fenced');
  const stuck = await old.transaction();
  await stuck.send({ topic: 'out', messages: [{ value: 'never' }] });
  const next = await transactional('fenced');
  const transaction = await next.transaction();
  await transaction.send({ topic: 'out', messages: [{ value: 'end' }] });
  await transaction.commit();
  await expect(stuck.commit()).rejects.toThrow();
  await Promise.all([old.disconnect(), next.disconnect()]);
  expect(await readUntil('end')).not.toContain('never');
});

test.each([1, 2])('there are transactions with so few brokers, too: %d', async (brokers) => {
  await using few = await startCluster({ brokers, topics: { alone: {} } });
  const retry = { initialRetryTime: 50 };
  const client = new Kafka({ brokers: few.brokerList, logLevel: logLevel.NOTHING, retry });
  const producer = client.producer({ transactionalId: 'few', maxInFlightRequests: 1 });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic: 'alone', messages: [{ value: 'v' }] });
  await transaction.commit();
  await producer.disconnect();
  const records = await few.topic('alone').records();
  expect(records.map(({ value }) => value)).toContain('v');
});
