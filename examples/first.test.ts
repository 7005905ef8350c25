import { Kafka } from 'kafkajs';
import { startCluster } from 'odradek';
import { expect, test } from 'vitest';

test('what is sent is there', async () => {
  await using cluster = await startCluster({ topics: { orders: { replicationFactor: 3 } } });
  const producer = new Kafka({ brokers: cluster.brokerList }).producer();
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ key: 'o-1', value: 'two apples' }] });
  await producer.disconnect();
  expect(await cluster.topic('orders').records()).toMatchObject([{ key: 'o-1', value: 'two apples' }]);
});
