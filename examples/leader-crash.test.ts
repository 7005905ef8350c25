import { Kafka, logLevel } from 'kafkajs';
import { startCluster } from 'odradek';
import { expect, test } from 'vitest';

test('what was acknowledged survives its leader', async () => {
  await using cluster = await startCluster({
    topics: {
      orders: { replicationFactor: 3, config: { 'min.insync.replicas': 2 } },
    },
  });
  const kafka = new Kafka({ brokers: cluster.brokerList, logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  const send = (value: string) =>
    producer.send({ topic: 'orders', acks: -1, messages: [{ value }] });

  await send('before');
  const partition = cluster.partition('orders', 0);
  const first = partition.leader!;
  await first.crash();
  await cluster.until(() => partition.leader !== null && partition.leader.id !== first.id);
  await send('after');

  const values = (await cluster.topic('orders').records()).map((record) => record.value);
  expect(values).toEqual(['before', 'after']);
  expect([partition.leaderEpoch, partition.isr.length, partition.highWatermark]).toEqual([
    1,
    2,
    2n,
  ]);

  await first.restart();
  await cluster.until(() => partition.isr.length === 3);
  expect(partition.replica(first.id).logEndOffset).toBe(2n);
  await producer.disconnect();
});
