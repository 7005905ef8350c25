import { afterAll, beforeAll, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { partitionOf } from '../harness/control.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
let paused: number;
let second: number;
let third: number;
let topic: Topic;
let lateWrite: ReturnType<Topic['produce']>;

/**
 * The leader hangs, as in a long garbage collection; meanwhile a client writes to it, and the
 * others go on without it.
 */
beforeAll(async () => {
  [second, third, paused] = cluster().brokerIds as [number, number, number];
  topic = await cluster().topic({ replicas: [[paused, second, third]] });
  await topic.produce(values('a'));
  await cluster().control.pause(paused);
  lateWrite = topic.produce(values('to the old leader'), { brokerId: paused, acks: 1 });
  await until('another leads', async () => {
    const { leaderId } = await partitionOf(cluster(), topic.name, 0, second);
    return leaderId === second ? true : undefined;
  });
  // A broker shows what it has been told before its partitions act on it.
  await until('it knows', async () => {
    const { error } = await topic.listOffset(-1, 0, 7, second);
    return error === 'NONE' ? true : undefined;
  });
});

afterAll(async () => {
  await cluster()
    .control.resume(paused)
    .catch(() => {});
});

test('the others go on in a new leader epoch', async () => {
  expect(await partitionOf(cluster(), topic.name, 0, second)).toMatchObject({
    ...{ leaderId: second, leaderEpoch: 1, offlineReplicas: [paused] },
    ...{ eligibleLeaderReplicas: [], replicaNodes: [paused, second, third] },
  });
  expect(await topic.produce(values('b'))).toMatchObject({ error: 'NONE', baseOffset: 1 });
});

test('when it goes on it leads no more, and what it took late is not kept', async () => {
  await cluster().control.resume(paused);
  const late = await lateWrite;
  expect(['NONE', 'NOT_LEADER_OR_FOLLOWER']).toContain(late.error);
  await topic.untilInSync([paused, second, third], 0, second);
  const { leaderId, leaderEpoch } = await partitionOf(cluster(), topic.name, 0, paused);
  expect({ leaderId, leaderEpoch }).toEqual({ leaderId: second, leaderEpoch: 1 });
  const found = await topic.fetch({ brokerId: second });
  const seen = found.batches.flatMap((one) => one.records.map(({ value }) => value));
  expect(seen).toEqual(['a', 'b']);
  const refused = await topic.produce(values('x'), { brokerId: paused });
  expect(refused).toMatchObject({
    error: 'NOT_LEADER_OR_FOLLOWER',
    currentLeader: { leaderId: second, leaderEpoch: 1 },
  });
});
