import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import type { Topic } from '../harness/topic.ts';
import { Transactional } from '../harness/transaction.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

/** The same producer, once another broker coordinates its id. */
async function toNext(producer: Transactional): Promise<void> {
  const asked = cluster().brokerIds.find((id) => id !== producer.coordinator)!;
  const coordinator = await until('another broker coordinates', async () => {
    const body = { keyType: 1, coordinatorKeys: [producer.id] };
    const reply = await cluster().request(apis.FindCoordinator, 4, body, asked);
    const { errorCode, nodeId } = reply.coordinators[0]!;
    return errorCode === 0 && nodeId !== producer.coordinator ? nodeId : undefined;
  });
  Object.assign(producer, { coordinator });
}

/** Two replicas, so that a topic outlives the broker that coordinates. */
async function open(): Promise<{ topic: Topic; producer: Transactional }> {
  const producer = await Transactional.ready(cluster());
  const others = cluster().brokerIds.filter((id) => id !== producer.coordinator);
  const topic = await cluster().topic({ replicas: [others] });
  await producer.write(topic, ['a']);
  return { topic, producer };
}

test('the next coordinator goes on with an open transaction', async () => {
  const { topic, producer } = await open();
  const { producerId, coordinator } = producer;
  await cluster().control.crash(coordinator);
  try {
    await toNext(producer);
    await until('the next coordinator has read its partition', async () => {
      const { error } = await producer.describe();
      return error === 'NONE' ? true : undefined;
    });
    expect(await producer.describe()).toMatchObject({
      ...{ transactionState: 'Ongoing', producerId, producerEpoch: 0 },
      topics: [{ topic: topic.name, partitions: [0] }],
    });
    await producer.write(topic, ['b']);
    expect(await producer.ended(true)).toEqual({ error: 'NONE', producerId, epoch: 1 });
    const brokerId = await topic.leader(0, producer.coordinator);
    const { lastStableOffset, batches } = await topic.fetch({ isolationLevel: 1, brokerId });
    expect(lastStableOffset).toBe(3);
    expect(batches[2]!.attributes).toBe(0x30);
  } finally {
    await cluster().control.restart(coordinator);
  }
});

test('a leader that dies takes nothing of an open transaction with it', async () => {
  const { topic, producer } = await open();
  const leader = await topic.leader();
  await cluster().control.crash(leader);
  try {
    await until('another leads', async () => {
      const next = await topic.leader(0, producer.coordinator);
      return next >= 0 && next !== leader ? true : undefined;
    });
    await producer.ended(false);
    const brokerId = await topic.leader(0, producer.coordinator);
    await until('the marker is committed', async () => {
      const { lastStableOffset } = await topic.fetch({ isolationLevel: 1, brokerId });
      return lastStableOffset === 2 ? true : undefined;
    });
    const { abortedTransactions } = await topic.fetch({ isolationLevel: 1, brokerId });
    const { producerId } = producer;
    expect(abortedTransactions).toEqual([{ producerId, firstOffset: 0 }]);
  } finally {
    await cluster().control.restart(leader);
  }
});
