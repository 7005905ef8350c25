import { Kafka, logLevel } from 'kafkajs';
import { historyMatchers, recordConsumer, recordProducer, startCluster } from 'odradek';
import { expect, test } from 'vitest';

expect.extend(historyMatchers);

test('no order is lost or doubled when a leader crashes', async () => {
  await using cluster = await startCluster({
    topics: { orders: { replicationFactor: 3, config: { 'min.insync.replicas': 2 } } },
  });
  const kafka = new Kafka({ brokers: cluster.brokerList, logLevel: logLevel.NOTHING });
  const history = cluster.history();

  const idempotent = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  const producer = recordProducer(history, idempotent, 'shop');
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ value: 'two apples' }] });
  await cluster.partition('orders', 0).leader?.crash();
  await producer.send({ topic: 'orders', messages: [{ value: 'a pear' }] });
  await producer.disconnect();

  const consumer = recordConsumer(history, kafka.consumer({ groupId: 'billing' }), 'billing', {
    group: 'billing',
    fromBeginning: true,
  });
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  await consumer.run({ autoCommitThreshold: 1, eachMessage: async () => {} });
  await cluster.group('billing').waitForLag(0, { topic: 'orders' });
  await consumer.disconnect();

  expect(history).toBeConsistent({ drained: true });
});
