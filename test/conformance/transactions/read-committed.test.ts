import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import type { Topic } from '../harness/topic.ts';
import { Transactional } from '../harness/transaction.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

async function committedEnd(topic: Topic): Promise<number> {
  const body = {
    ...{ replicaId: -1, isolationLevel: 1 },
    topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
  };
  const reply = await cluster().request(apis.ListOffsets, 7, body, await topic.leader());
  return reply.topics[0]!.partitions[0]!.offset;
}

test('an open transaction holds back all that comes after it', async () => {
  const topic = await cluster().topic();
  await topic.produce(values('before'));
  const [open, other] = [
    await Transactional.ready(cluster()),
    await Transactional.ready(cluster()),
  ];
  await open.write(topic, ['a']);
  await other.write(topic, ['b']);
  await other.ended(true);
  await topic.produce(values('after'));
  const committed = await topic.fetch({ isolationLevel: 1 });
  expect(committed).toMatchObject({ highWatermark: 5, lastStableOffset: 1 });
  expect(committed.batches).toHaveLength(1);
  expect(await committedEnd(topic)).toBe(1);
  expect((await topic.fetch()).batches).toHaveLength(5);
  expect((await topic.listOffset(-1)).offset).toBe(5);
  await open.ended(false);
  const released = await topic.fetch({ isolationLevel: 1 });
  expect(released).toMatchObject({ highWatermark: 6, lastStableOffset: 6 });
  expect(released.abortedTransactions).toEqual([{ producerId: open.producerId, firstOffset: 1 }]);
  expect(await committedEnd(topic)).toBe(6);
});

test('who reads on is told of what was aborted from there on', async () => {
  const topic = await cluster().topic();
  const producer = await Transactional.ready(cluster());
  const firsts: number[] = [];
  for (const committed of [false, true, false]) {
    firsts.push(await producer.write(topic, ['x']));
    await producer.ended(committed);
  }
  const told = async (offset: number) => {
    const { abortedTransactions } = await topic.fetch({ offset, isolationLevel: 1 });
    return abortedTransactions?.map(({ firstOffset }) => firstOffset);
  };
  expect(firsts).toEqual([0, 2, 4]);
  expect(await told(0)).toEqual([0, 4]);
  expect(await told(1)).toEqual([0, 4]);
  expect(await told(2)).toEqual([4]);
  expect(await told(5)).toEqual([4]);
  expect(await told(6)).toEqual([]);
});

test('aborted transactions are listed in the order of their ends', async () => {
  const topic = await cluster().topic();
  const [first, second] = [
    await Transactional.ready(cluster()),
    await Transactional.ready(cluster()),
  ];
  await first.write(topic, ['a']);
  await second.write(topic, ['b']);
  await second.ended(false);
  await first.ended(false);
  const { abortedTransactions } = await topic.fetch({ isolationLevel: 1 });
  expect(abortedTransactions).toEqual([
    { producerId: second.producerId, firstOffset: 1 },
    { producerId: first.producerId, firstOffset: 0 },
  ]);
});

test('a transaction that writes nothing to a partition only leaves its marker', async () => {
  const topic = await cluster().topic();
  const producer = await Transactional.ready(cluster(), 1);
  await producer.add(topic);
  await topic.produce(values('a'));
  expect((await topic.fetch({ isolationLevel: 1 })).lastStableOffset).toBe(1);
  await producer.ended(false);
  const { abortedTransactions, ...rest } = await topic.fetch({ isolationLevel: 1 });
  expect(rest).toMatchObject({ highWatermark: 2, lastStableOffset: 2 });
  expect(abortedTransactions).toEqual([]);
});
