import { afterAll, beforeAll, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

// KIP-392, with RackAwareReplicaSelector; broker n stands in rack-n.

const cluster = useCluster();
let leader: number;
let nearby: number;
let topic: Topic;

/** What the leader tells a reader in the follower's rack. */
async function ask(offset: number) {
  const options = { rackId: `rack-${nearby}` };
  const { entries } = await fetchMany(cluster(), [wanted(topic, { offset })], options, leader);
  return entries[0]!;
}

const referred = (offset: number) =>
  until('the leader refers to the replica nearby', async () => {
    return (await ask(offset)).preferredReadReplica === nearby ? true : undefined;
  });

beforeAll(async () => {
  [leader, nearby] = cluster().brokerIds as [number, number];
  topic = await cluster().topic({ replicas: [[leader, nearby]] });
  await topic.produce(values('a'));
  await referred(0);
  await cluster().control.crash(nearby);
  await topic.untilInSync([leader], 0, leader);
});

afterAll(async () => {
  await cluster().control.restart(nearby);
});

test('nobody is referred to a replica that is down', async () => {
  expect(await ask(0)).toMatchObject({ error: 'NONE', preferredReadReplica: -1, values: ['a'] });
});

test('once it is back and in sync one is again, and reads there what came meanwhile', async () => {
  await topic.produce(values('b'));
  await cluster().control.restart(nearby);
  await referred(1);
  const entry = await until('it knows what is committed', async () => {
    const { entries } = await fetchMany(cluster(), [wanted(topic)], {}, nearby);
    return entries[0]!.values.length === 2 ? entries[0] : undefined;
  });
  expect(entry).toMatchObject({ error: 'NONE', values: ['a', 'b'], preferredReadReplica: -1 });
});
