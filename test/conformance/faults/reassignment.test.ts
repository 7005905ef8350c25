import { afterAll, beforeAll, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { partitionOf, reassign, reassignments } from '../harness/control.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
let first: number;
let second: number;
let away: number;
/** On the broker that is down, and nowhere else. */
let leaderless: Topic;
const topics = new Map<string, Topic>();

/** Partitions on their way to two brokers of which one is down, so that they do not arrive. */
beforeAll(async () => {
  [first, second, away] = cluster().brokerIds as [number, number, number];
  leaderless = await cluster().topic({ replicas: [[away]] });
  for (const name of ['lasting', 'cancelled', 'redirected', 'growing', 'doomed']) {
    const topic = await cluster().topic({ replicas: [[first]] });
    await topic.produce(values('a'));
    topics.set(name, topic);
  }
  await cluster().control.crash(away);
  await until('it is known to be down', async () => {
    const { brokers } = await cluster().request(apis.Metadata, 12, { topics: [] });
    return brokers.length === 2 ? true : undefined;
  });
  for (const { name } of topics.values()) {
    const { partitions } = await reassign(cluster(), name, [[0, [second, away]]]);
    expect(partitions).toMatchObject([{ error: 'NONE' }]);
  }
});

afterAll(async () => {
  await cluster().control.restart(away);
});

const shows = (
  { name }: Topic,
  what: string,
  condition: (partition: Awaited<ReturnType<typeof partitionOf>>) => boolean,
) =>
  until(what, async () => {
    const partition = await partitionOf(cluster(), name);
    return condition(partition) ? partition : undefined;
  });

test('a partition on its way is on the brokers that it leaves and those to come', async () => {
  const topic = topics.get('lasting')!;
  const partition = await shows(topic, 'the one that is up is in sync', ({ isrNodes }) => {
    return isrNodes.length === 2;
  });
  expect(partition).toMatchObject({
    ...{ leaderId: first, leaderEpoch: 0, replicaNodes: [second, away, first] },
    offlineReplicas: [away],
  });
});

test('it is listed as such, by name or among all', async () => {
  const { name } = topics.get('lasting')!;
  const entry = {
    ...{ partitionIndex: 0, replicas: [second, away, first] },
    ...{ addingReplicas: [second, away], removingReplicas: [first] },
  };
  const listed = await reassignments(cluster(), [[name, 0, 1]]);
  expect(listed).toMatchObject({ error: 'NONE', topics: [{ name, partitions: [entry] }] });
  const all = await reassignments(cluster(), null);
  const names = [...topics.values()].map((topic) => topic.name);
  expect(all.topics.map((topic) => topic.name)).toEqual(expect.arrayContaining(names));
});

test('taken back, it is where it was, in a new leader epoch', async () => {
  const topic = topics.get('cancelled')!;
  const { partitions } = await reassign(cluster(), topic.name, [[0, null]]);
  expect(partitions).toMatchObject([{ error: 'NONE', errorMessage: null }]);
  const after = await shows(topic, 'it is back', ({ replicaNodes }) => replicaNodes.length === 1);
  expect(after).toMatchObject({ leaderId: first, leaderEpoch: 1, isrNodes: [first] });
  expect((await reassignments(cluster(), [[topic.name, 0]])).topics).toEqual([]);
  const again = await reassign(cluster(), topic.name, [[0, null]]);
  expect(again.partitions).toMatchObject([{ error: 'NO_REASSIGNMENT_IN_PROGRESS' }]);
});

test('it has the size that it will have, for who wants to keep that', async () => {
  const { name } = topics.get('cancelled')!;
  const keep = async (replicas: readonly number[]) => {
    const fixed = { allowReplicationFactorChange: false };
    const { partitions } = await reassign(cluster(), name, [[0, replicas]], fixed);
    return partitions[0]!;
  };
  await reassign(cluster(), name, [[0, [second, away]]]);
  expect(await keep([second])).toMatchObject({
    error: 'INVALID_REPLICATION_FACTOR',
    errorMessage: 'The replication factor is changed from 2 to 1',
  });
  expect(await keep([away, second])).toMatchObject({ error: 'NONE' });
});

test('on its way its topic may grow, and be deleted', async () => {
  const growing = topics.get('growing')!;
  const grown = [{ name: growing.name, count: 2, assignments: null }];
  const body = { topics: grown, timeoutMs: 30_000 };
  const { results } = await cluster().request(apis.CreatePartitions, 3, body);
  expect(results).toMatchObject([{ errorCode: 0 }]);
  const ongoing = await reassignments(cluster(), [[growing.name, 0, 1]]);
  expect(ongoing.topics).toMatchObject([{ partitions: [{ partitionIndex: 0 }] }]);
  const { name } = topics.get('doomed')!;
  const doomed = { topics: [{ name }], timeoutMs: 30_000 };
  const { responses } = await cluster().request(apis.DeleteTopics, 6, doomed);
  expect(responses).toMatchObject([{ errorCode: 0 }]);
  expect((await reassignments(cluster(), [[name, 0]])).topics).toEqual([]);
});

test('sent to the same again, or told twice in one request, it goes on', async () => {
  const { name } = topics.get('lasting')!;
  const before = await reassignments(cluster(), [[name, 0]]);
  const target = [second, away];
  const { partitions } = await reassign(cluster(), name, [
    [0, target],
    [0, target],
  ]);
  expect(partitions).toMatchObject([{ error: 'NONE' }, { error: 'NONE' }]);
  expect(await reassignments(cluster(), [[name, 0]])).toEqual(before);
});

test('what has no leader may be sent away, but not called back', async () => {
  const { name } = leaderless;
  const started = await reassign(cluster(), name, [[0, [first]]]);
  expect(started.partitions).toMatchObject([{ error: 'NONE' }]);
  const { partitions } = await reassign(cluster(), name, [[0, null]]);
  expect(partitions).toMatchObject([
    {
      error: 'INVALID_REPLICA_ASSIGNMENT',
      errorMessage:
        `Unable to revert partition assignment for ${name}:0 because it would require ` +
        'an unclean leader election.',
    },
  ]);
});

test('it may be sent elsewhere on its way', async () => {
  const topic = topics.get('redirected')!;
  await shows(topic, 'one is in sync', ({ isrNodes }) => isrNodes.length === 2);
  const { partitions } = await reassign(cluster(), topic.name, [[0, [first, second]]]);
  expect(partitions).toMatchObject([{ error: 'NONE' }]);
  // What the first reassignment adds stands, although the second one takes it away again.
  const entry = { replicas: [first, second, away], addingReplicas: [second, away] };
  const listed = await reassignments(cluster(), [[topic.name, 0]]);
  expect(listed.topics).toMatchObject([{ partitions: [{ ...entry, removingReplicas: [away] }] }]);
});

test('it arrives when the last broker is there', async () => {
  await cluster().control.restart(away);
  const topic = topics.get('lasting')!;
  const after = await shows(topic, 'it has arrived', ({ replicaNodes }) => {
    return replicaNodes.length === 2;
  });
  expect(after).toMatchObject({ leaderId: second, leaderEpoch: 1, replicaNodes: [second, away] });
  const records = await until('it is served', async () => {
    const found = await topic.records();
    return found.length > 0 ? found : undefined;
  });
  expect(records.map(({ value }) => value)).toEqual(['a']);
  const moved = await shows(leaderless, 'so has the other', ({ replicaNodes }) => {
    return replicaNodes.join() === String(first);
  });
  expect(moved).toMatchObject({ leaderId: first, isrNodes: [first] });
});
