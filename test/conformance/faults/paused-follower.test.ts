import { afterAll, beforeAll, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { partitionOf } from '../harness/control.ts';
import { errorName } from '../harness/error-name.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
let leader: number;
let follower: number;
let topic: Topic;

beforeAll(async () => {
  [leader, follower] = cluster().brokerIds as [number, number];
  topic = await cluster().topic({ replicas: [[leader, follower]] });
  await topic.produce(values('a'));
});

afterAll(async () => {
  await cluster()
    .control.resume(follower)
    .catch(() => {});
});

test('acks=all waits for a follower that hangs, acks=1 does not', async () => {
  const connection = await cluster().connect(leader);
  await cluster().control.pause(follower);
  const body = topic.produceRequest(values('b'), { timeoutMs: 60_000 });
  const waiting = connection.request(apis.Produce, 13, body);
  expect(await topic.produce(values('c'), { acks: 1 })).toMatchObject({ error: 'NONE' });
  await cluster().control.resume(follower);
  const reply = (await waiting).responses[0]!.partitionResponses[0]!;
  expect(errorName(reply.errorCode)).toBe('NONE');
  expect(reply.baseOffset).toBe(1);
});

test('when it goes on everything is committed, in the same leader epoch', async () => {
  const highWatermark = await until('everything is committed', async () => {
    const found = await topic.fetch();
    return found.highWatermark === 3 ? found.highWatermark : undefined;
  });
  expect(highWatermark).toBe(3);
  await topic.untilInSync([leader, follower], 0, leader);
  expect(await partitionOf(cluster(), topic.name)).toMatchObject({
    ...{ leaderId: leader, leaderEpoch: 0, eligibleLeaderReplicas: [] },
  });
  expect((await topic.records()).map(({ value }) => value)).toEqual(['a', 'b', 'c']);
});
