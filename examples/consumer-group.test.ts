import { Kafka } from 'kafkajs';
import { startCluster } from 'odradek';
import { expect, test } from 'vitest';

test('a service bills every order', async () => {
  await using cluster = await startCluster({ topics: { orders: {} } });
  const billed: string[] = [];
  const consumer = new Kafka({ brokers: cluster.brokerList }).consumer({ groupId: 'billing' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  await consumer.run({
    autoCommitThreshold: 1,
    eachMessage: async ({ message }) => void billed.push(String(message.value)),
  });

  const group = cluster.group('billing');
  await group.waitUntilStable({ members: 1 });
  expect(group.members[0]?.assignment).toEqual([{ topic: 'orders', partition: 0 }]);

  await cluster.topic('orders').produce([{ value: 'two apples' }, { value: 'a pear' }]);
  await group.waitForLag(0);
  expect(billed).toEqual(['two apples', 'a pear']);
  await consumer.disconnect();
});
