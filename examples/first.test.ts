import { Kafka } from 'kafkajs';
import { startCluster } from 'odradek';
import { expect, test } from 'vitest';

test('what is sent is there', async () => {
  await using cluster = await startCluster({ topics: { orders: {} } });
  const producer = new Kafka({ brokers: cluster.brokerList }).producer();
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ value: 'two apples' }] });
  await producer.disconnect();
  const [record] = await cluster.topic('orders').records();
  expect(record?.value).toBe('two apples');
});
