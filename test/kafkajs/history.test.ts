import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import {
  checkHistory,
  type History,
  historyMatchers,
  type KafkaCluster,
  recordConsumer,
  recordProducer,
  startCluster,
} from '../../src/index.ts';

expect.extend(historyMatchers);

const kafkaOf = ({ brokerList }: KafkaCluster) =>
  new kafkajs.Kafka({
    brokers: brokerList,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 50 },
  });

/** Reads topic t as far as `last`. */
async function readUntil(last: string, kafka: kafkajs.Kafka, history: History): Promise<void> {
  const own = kafka.consumer({ groupId: 'readers', maxWaitTimeInMs: 100 });
  const options = { group: 'readers', fromBeginning: true };
  const consumer = recordConsumer(history, own, 'reader', options);
  await consumer.connect();
  await consumer.subscribe({ topic: 't', fromBeginning: true });
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        if (String(message.value) === last) resolve();
      },
    });
  });
  await consumer.disconnect();
}

test('what kafkajs commits, aborts and reads is consistent', async () => {
  await using cluster = await startCluster({ topics: { t: { partitions: 2 } } });
  const kafka = kafkaOf(cluster);
  const history = cluster.history();
  const options = { transactionalId: 'T', maxInFlightRequests: 1, idempotent: true };
  const producer = recordProducer(history, kafka.producer(options), 'producer');
  await producer.connect();
  for (const name of ['committed', 'aborted', 'committed too']) {
    const transaction = await producer.transaction();
    const messages = [0, 1].map((partition) => ({ partition, value: `${name} ${partition}` }));
    await transaction.send({ topic: 't', messages });
    await (name === 'aborted' ? transaction.abort() : transaction.commit());
  }
  await producer.sendBatch({
    topicMessages: [
      { topic: 't', messages: [{ partition: 0, value: 'a' }] },
      { topic: 't', messages: [{ partition: 1, value: 'end' }] },
    ],
  });
  await producer.disconnect();
  await readUntil('end', kafka, history);
  expect(history).toBeConsistent();
  const outcomes = history.operations.flatMap((each) =>
    each.kind === 'transaction' ? [each.outcome] : [],
  );
  expect(outcomes).toEqual(['committed', 'aborted', 'committed']);
});

test('what is sent again though it was written is found', async () => {
  const topics = { t: { partitions: 1, replicationFactor: 2 } };
  await using cluster = await startCluster({ brokers: 2, topics });
  const kafka = kafkaOf(cluster);
  const history = cluster.history();
  const producer = recordProducer(history, kafka.producer(), 'producer');
  await producer.connect();
  cluster.cut(1, 2, { plane: 'replication' });
  const messages = [{ value: 'a' }];
  const sent = producer.send({ topic: 't', messages, acks: -1, timeout: 100 });
  await cluster.until(() => cluster.partition('t', 0).logEndOffset >= 2n);
  cluster.heal();
  await sent;
  await producer.send({ topic: 't', messages: [{ value: 'end' }], acks: -1 });
  await producer.disconnect();
  await readUntil('end', kafka, history);
  expect(() => expect(history).toBeConsistent()).toThrow(
    /one thing cannot be:\n {2}duplicate: 'a' is there \d times: at t-0 offset 0 and at t-0 off/,
  );
  expect(history).toBeConsistent({ allow: ['duplicate'], drained: true });
  expect(checkHistory(history).map(({ rule, clients }) => ({ rule, clients }))).toEqual([
    { rule: 'duplicate', clients: ['producer'] },
  ]);
});
