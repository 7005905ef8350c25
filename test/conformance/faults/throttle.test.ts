import { afterAll, beforeAll, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { incrementalAlterConfigs, operation, resource } from '../harness/configs.ts';
import { partitionOf, reassign, reassignments } from '../harness/control.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

// KIP-73. Not a fault, but it touches every broker, so that its file runs alone.

const cluster = useCluster();
const sides = ['leader', 'follower'] as const;
let first: number;
let second: number;
let third: number;
let byLeader: Topic;
let byFollower: Topic;
let free: Topic;

/** How many bytes a second throttled replicas may move; null: as fast as they can. */
async function setRates(rate: string | null): Promise<void> {
  const kind = rate === null ? operation.delete : operation.set;
  for (const brokerId of cluster().brokerIds) {
    const configs = sides.map(
      (side) => [`${side}.replication.throttled.rate`, rate, kind] as const,
    );
    const changed = [{ type: resource.broker, name: String(brokerId), configs }];
    const [result] = await incrementalAlterConfigs(cluster(), changed, { brokerId });
    expect(result).toMatchObject({ error: 'NONE' });
  }
  for (const brokerId of cluster().brokerIds) await cluster().untilApplied(brokerId);
}

/** More than one fetch of a follower can bring, so that a throttle is felt. */
async function full(leaders: string, followers: string): Promise<Topic> {
  const topic = await cluster().topic({
    replicas: [[first, second]],
    configs: {
      'leader.replication.throttled.replicas': leaders,
      'follower.replication.throttled.replicas': followers,
    },
  });
  for (let count = 0; count < 3; count++) await topic.produce(values('x'.repeat(700_000)));
  return topic;
}

const arrived = (topic: Topic) =>
  until(`${topic.name} has arrived`, async () => {
    const { isrNodes, replicaNodes } = await partitionOf(cluster(), topic.name);
    const isThere = isrNodes.includes(third) && replicaNodes.length === 2;
    return isThere ? true : undefined;
  });

beforeAll(async () => {
  [first, second, third] = cluster().brokerIds as [number, number, number];
  byLeader = await full(`0:${first},0:${second}`, '');
  byFollower = await full('', '*');
  free = await full(`0:${third}`, `0:${first}`);
  await setRates('1');
  for (const { name } of [byLeader, byFollower, free]) {
    const { partitions } = await reassign(cluster(), name, [[0, [first, third]]]);
    expect(partitions).toMatchObject([{ error: 'NONE' }]);
  }
});

afterAll(() => setRates(null));

test('a replica that is not listed is not held back', async () => {
  await arrived(free);
});

test.each(sides)('one that the throttle of its %s lists is', async (side) => {
  const { name } = side === 'leader' ? byLeader : byFollower;
  const { isrNodes } = await partitionOf(cluster(), name);
  expect([...isrNodes].sort()).toEqual([first, second]);
  const { topics } = await reassignments(cluster(), [[name, 0]]);
  expect(topics).toMatchObject([{ partitions: [{ addingReplicas: [third] }] }]);
});

test.each(sides)('who is in sync is never: acks=all goes on, throttled by the %s', async (side) => {
  const topic = side === 'leader' ? byLeader : byFollower;
  for (let count = 0; count < 3; count++) {
    expect(await topic.produce(values('x'.repeat(10_000)))).toMatchObject({ error: 'NONE' });
  }
});

test('without the throttle all arrive', async () => {
  await setRates(null);
  await arrived(byLeader);
  await arrived(byFollower);
  const { batches } = await byFollower.fetch();
  expect(batches).toHaveLength(6);
});
