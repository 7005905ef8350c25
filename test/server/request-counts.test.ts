import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { type KafkaCluster, startCluster } from '../../src/index.ts';

const quick = { 'broker.session.timeout.ms': 500, 'broker.heartbeat.interval.ms': 100 };
const kafkajsProduceVersion = 7;

/** Sends that many records, one request each. */
async function sendOneByOne(cluster: KafkaCluster, count: number): Promise<void> {
  const kafka = new Kafka({ brokers: cluster.brokerList, logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  for (let sent = 0; sent < count; sent++) {
    await producer.send({ topic: 'orders', messages: [{ value: 'v' }] });
  }
  await producer.disconnect();
}

const produceRequests = (cluster: KafkaCluster) =>
  cluster.brokers.map(({ requests }) => requests.filter(({ api }) => api === 'Produce'));

test('requests are counted by API and version, at the broker that served them', async () => {
  await using cluster = await startCluster({ topics: { orders: { replicationFactor: 3 } } });
  const leader = cluster.partition('orders', 0).leader!;
  await sendOneByOne(cluster, 3);
  const counted = [{ api: 'Produce', version: kafkajsProduceVersion, count: 3 }];
  expect(produceRequests(cluster)).toEqual(
    cluster.brokers.map(({ id }) => (id === leader.id ? counted : [])),
  );
});

test('what followers fetch is not counted', async () => {
  await using cluster = await startCluster({ topics: { orders: { replicationFactor: 3 } } });
  await sendOneByOne(cluster, 1);
  expect(cluster.partition('orders', 0).highWatermark).toBe(1n);
  const apis = cluster.brokers.flatMap(({ requests }) => requests.map(({ api }) => api));
  expect(apis).not.toContain('Fetch');
});

test('the count outlives a crash, and a reset ends it', async () => {
  const topics = { orders: {} };
  await using cluster = await startCluster({ brokers: 1, topics, config: quick });
  await sendOneByOne(cluster, 2);
  await cluster.broker(1).crash();
  expect(produceRequests(cluster)[0]).toMatchObject([{ count: 2 }]);
  await cluster.broker(1).restart();
  await cluster.until(() => cluster.partition('orders', 0).leader !== null);
  await sendOneByOne(cluster, 1);
  expect(produceRequests(cluster)[0]).toMatchObject([{ count: 3 }]);
  await cluster.reset();
  expect(produceRequests(cluster)).toEqual([[]]);
});
