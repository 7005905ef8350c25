import { describe, expect, test } from 'vitest';
import { election, electLeaders, partitionOf, reassign } from '../harness/control.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

/** A topic that is led by broker 1, while broker 2 is the preferred leader. */
async function imbalanced(): Promise<Topic> {
  const topic = await cluster().topic({ replicas: [[1, 2]] });
  await reassign(cluster(), topic.name, [[0, [2, 1]]]);
  await until('broker 1 has heard of the new order', async () => {
    const { replicaNodes } = await partitionOf(cluster(), topic.name);
    return replicaNodes[0] === 2 ? true : undefined;
  });
  return topic;
}

describe.each([0, 1, 2])('ElectLeaders %d', (version) => {
  test('the preferred leader leads again, in a new leader epoch', async () => {
    const topic = await imbalanced();
    expect(await partitionOf(cluster(), topic.name)).toMatchObject({ leaderId: 1, leaderEpoch: 0 });
    const { preferred } = election;
    const answer = await electLeaders(cluster(), preferred, [[topic.name, 0]], { version });
    expect(answer).toEqual({
      error: 'NONE',
      results: [
        { topic: topic.name, partitions: [{ partitionId: 0, error: 'NONE', errorMessage: null }] },
      ],
    });
    const after = await until('it leads', async () => {
      const partition = await partitionOf(cluster(), topic.name);
      return partition.leaderId === 2 ? partition : undefined;
    });
    expect(after.leaderEpoch).toBe(1);
    expect([...after.isrNodes].sort()).toEqual([1, 2]);
  });

  test('where it leads already none is needed', async () => {
    const topic = await cluster().topic({ replicas: [[1, 2]] });
    const { preferred } = election;
    const answer = await electLeaders(cluster(), preferred, [[topic.name, 0]], { version });
    expect(answer.results[0]!.partitions).toMatchObject([{ error: 'ELECTION_NOT_NEEDED' }]);
  });
});

test('an unclean election is not needed where anybody leads, preferred or not', async () => {
  const topic = await imbalanced();
  const { results } = await electLeaders(cluster(), election.unclean, [[topic.name, 0]]);
  expect(results[0]!.partitions).toMatchObject([{ error: 'ELECTION_NOT_NEEDED' }]);
  expect(await partitionOf(cluster(), topic.name)).toMatchObject({ leaderId: 1, leaderEpoch: 0 });
});

test('each partition is answered where and as often as it is asked about', async () => {
  const { name } = await cluster().topic({ replicas: [[1, 2]] });
  const wanted = [[name, 0, 0, 9] as const, ['not-there', 3] as const, [name, 0] as const];
  const { error, results } = await electLeaders(cluster(), election.preferred, wanted);
  const notNeeded = {
    ...{ partitionId: 0, error: 'ELECTION_NOT_NEEDED' },
    errorMessage: 'Leader election not needed for topic partition.',
  };
  const unknown = (partitionId: number, errorMessage: string) => ({
    ...{ partitionId, error: 'UNKNOWN_TOPIC_OR_PARTITION', errorMessage },
  });
  expect({ error, results }).toEqual({
    error: 'NONE',
    results: [
      {
        topic: name,
        partitions: [notNeeded, notNeeded, unknown(9, `No such partition as ${name}-9`)],
      },
      { topic: 'not-there', partitions: [unknown(3, 'No such topic as not-there')] },
      { topic: name, partitions: [notNeeded] },
    ],
  });
});

test('a type of election that nobody knows is refused for all', async () => {
  const { name } = await cluster().topic();
  expect(await electLeaders(cluster(), 7, [[name, 0]])).toEqual({
    error: 'INVALID_REQUEST',
    results: [
      {
        topic: name,
        partitions: [
          { partitionId: 0, error: 'INVALID_REQUEST', errorMessage: 'Unknown election type 7' },
        ],
      },
    ],
  });
  expect(await electLeaders(cluster(), 7, null)).toEqual({ error: 'INVALID_REQUEST', results: [] });
});

test('nothing asked, nothing answered', async () => {
  const answer = await electLeaders(cluster(), election.preferred, []);
  expect(answer).toEqual({ error: 'NONE', results: [] });
});
