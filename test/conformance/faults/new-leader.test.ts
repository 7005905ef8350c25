import { afterAll, beforeAll, expect, test } from 'vitest';
import { batch, values } from '../harness/batch.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
let topic: Topic;
let first: number;
let second: number;
let third: number;

const sequence = (baseSequence: number) =>
  batch([{ value: `${baseSequence}` }], { producerId: 4711, producerEpoch: 2, baseSequence });

/** The partition's first leader is gone; the tests look at what the second one does. */
beforeAll(async () => {
  [third, second, first] = cluster().brokerIds as [number, number, number];
  topic = await cluster().topic({ replicas: [[first, second, third]] });
  for (const number of [0, 1, 2]) await topic.produce(sequence(number));
  await cluster().control.crash(first);
  await until('the second replica leads', async () => {
    return (await topic.leader()) === second ? true : undefined;
  });
  await until('it knows', async () => {
    return (await topic.listOffset(-1)).error === 'NONE' ? true : undefined;
  });
});

afterAll(async () => {
  await cluster().control.restart(first);
});

test('the next replica in the assignment that is in sync leads', async () => {
  const { partitions } = await topic.describe();
  expect(partitions[0]).toMatchObject({
    leaderId: second,
    leaderEpoch: 1,
    replicaNodes: [first, second, third],
  });
  expect([...partitions[0]!.isrNodes].sort()).toEqual([second, third].sort());
});

test('everything acknowledged with acks=all is there', async () => {
  expect((await topic.records()).map(({ value }) => value)).toEqual(['0', '1', '2']);
});

test('a batch that the old leader wrote is still known as a duplicate', async () => {
  expect(await topic.produce(sequence(1))).toMatchObject({ error: 'NONE', baseOffset: 1 });
});

test('a lower producer epoch than the old leader saw is refused', async () => {
  const stale = batch([{ value: 'a' }], { producerId: 4711, producerEpoch: 1, baseSequence: 0 });
  expect(await topic.produce(stale)).toMatchObject({ error: 'INVALID_PRODUCER_EPOCH' });
});

test('a gap in the sequence is refused', async () => {
  expect(await topic.produce(sequence(9))).toMatchObject({
    error: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
  });
});

test('new batches carry the new leader epoch, old ones keep theirs', async () => {
  expect(await topic.produce(sequence(3))).toMatchObject({ error: 'NONE', baseOffset: 3 });
  expect((await topic.batches()).map((one) => one.partitionLeaderEpoch)).toEqual([0, 0, 0, 1]);
});

test('a follower points at the new leader and its epoch', async () => {
  const reply = await topic.produce(values('a'), { brokerId: third });
  expect(reply).toMatchObject({
    error: 'NOT_LEADER_OR_FOLLOWER',
    currentLeader: { leaderId: second, leaderEpoch: 1 },
  });
});

test('the old leader follows when it is back, points at the new one and catches up', async () => {
  await cluster().control.restart(first);
  await topic.untilInSync([first, second, third], 0, second);
  const reply = await until('the old leader knows', async () => {
    const answer = await topic.produce(values('a'), { brokerId: first });
    return answer.currentLeader === null ? undefined : answer;
  });
  expect(reply).toMatchObject({
    error: 'NOT_LEADER_OR_FOLLOWER',
    currentLeader: { leaderId: second, leaderEpoch: 1 },
  });
  expect(await topic.produce(values('b'))).toMatchObject({ error: 'NONE', baseOffset: 4 });
});

test('a connection to a broker that crashes is closed', async () => {
  const connection = await cluster().connect(first);
  await cluster().control.crash(first);
  await connection.expectClosedWithoutReply();
});
