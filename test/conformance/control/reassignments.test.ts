import { describe, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { partitionOf, reassign, reassignments } from '../harness/control.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

/** The partition once nothing of it is being moved, and every broker knows. */
async function settled(topic: Topic, replicas: readonly number[]) {
  const shown = await Promise.all(
    cluster().brokerIds.map((brokerId) =>
      until(`broker ${brokerId} sees the end of the reassignment`, async () => {
        const partition = await partitionOf(cluster(), topic.name, 0, brokerId);
        return partition.replicaNodes.join() === replicas.join() ? partition : undefined;
      }),
    ),
  );
  const { topics } = await reassignments(cluster(), [[topic.name, 0]]);
  expect(topics).toEqual([]);
  return shown[0]!;
}

describe('a partition that moves', () => {
  test('to another broker takes its records along, and its leader', async () => {
    const topic = await cluster().topic({ replicas: [[1, 2]] });
    await topic.produce(values('a', 'b'));
    const answer = await reassign(cluster(), topic.name, [[0, [3]]]);
    expect(answer).toEqual({
      ...{ error: 'NONE', errorMessage: null },
      partitions: [{ partitionIndex: 0, error: 'NONE', errorMessage: null }],
    });
    const after = await settled(topic, [3]);
    expect(after).toMatchObject({ leaderId: 3, leaderEpoch: 1, isrNodes: [3] });
    const records = await until('broker 3 serves it', async () => {
      const found = await topic.records();
      return found.length > 0 ? found : undefined;
    });
    expect(records.map(({ value }) => value)).toEqual(['a', 'b']);
  });

  test('away from a broker is not served there any more', async () => {
    const topic = await cluster().topic({ replicas: [[1, 2]] });
    await reassign(cluster(), topic.name, [[0, [3, 2]]]);
    await settled(topic, [3, 2]);
    const answer = await until('broker 1 has closed its replica', async () => {
      const reply = await topic.fetch({ brokerId: 1 });
      return reply.error === 'NONE' ? undefined : reply;
    });
    expect(answer.error).toBe('NOT_LEADER_OR_FOLLOWER');
  });

  test('to have more replicas keeps leader and leader epoch', async () => {
    const topic = await cluster().topic({ replicas: [[1]] });
    await reassign(cluster(), topic.name, [[0, [1, 2, 3]]]);
    const full = await until('all are in sync', async () => {
      const partition = await partitionOf(cluster(), topic.name);
      return partition.isrNodes.length === 3 ? partition : undefined;
    });
    expect(full).toMatchObject({ leaderId: 1, leaderEpoch: 0, replicaNodes: [1, 2, 3] });
    await settled(topic, [1, 2, 3]);
  });

  test('to have fewer replicas keeps its leader, in a new leader epoch', async () => {
    const topic = await cluster().topic({ replicas: [[1, 2, 3]] });
    await reassign(cluster(), topic.name, [[0, [1, 3]]]);
    const after = await settled(topic, [1, 3]);
    expect(after).toMatchObject({ leaderId: 1, leaderEpoch: 1 });
    expect([...after.isrNodes].sort()).toEqual([1, 3]);
  });

  test('into another order only keeps even its leader epoch', async () => {
    const topic = await cluster().topic({ replicas: [[1, 2]] });
    await reassign(cluster(), topic.name, [[0, [2, 1]]]);
    expect(await settled(topic, [2, 1])).toMatchObject({ leaderId: 1, leaderEpoch: 0 });
  });

  test('to where it is already changes nothing', async () => {
    const topic = await cluster().topic({ replicas: [[1, 2]] });
    const before = await partitionOf(cluster(), topic.name);
    const { partitions } = await reassign(cluster(), topic.name, [[0, [1, 2]]]);
    expect(partitions).toMatchObject([{ error: 'NONE' }]);
    expect(await settled(topic, [1, 2])).toEqual(before);
  });
});

describe('what cannot be', () => {
  const refused = async (replicas: readonly number[] | null, partition = 0) => {
    const topic = await cluster().topic({ replicas: [[1, 2]] });
    const answer = await reassign(cluster(), topic.name, [[partition, replicas]]);
    expect(answer.error).toBe('NONE');
    return answer.partitions[0]!;
  };

  test('replicas that no broker stands for', async () => {
    const invalid = (what: string) => ({
      error: 'INVALID_REPLICA_ASSIGNMENT',
      errorMessage: `The manual partition assignment includes ${what}`,
    });
    expect(await refused([])).toMatchObject(invalid('an empty replica list.'));
    expect(await refused([3, 3])).toMatchObject(invalid('the broker 3 more than once.'));
    for (const id of [9, -1]) {
      const what = `broker ${id}, but no such broker is registered.`;
      expect(await refused([id])).toMatchObject(invalid(what));
    }
  });

  test('to cancel what is not going on', async () => {
    expect(await refused(null)).toMatchObject({
      ...{ error: 'NO_REASSIGNMENT_IN_PROGRESS', errorMessage: null },
    });
  });

  test('a partition or topic that is not there', async () => {
    expect(await refused([1], 7)).toMatchObject({
      error: 'UNKNOWN_TOPIC_OR_PARTITION',
      errorMessage: expect.stringMatching(/^Unable to find partition .*:7\.$/),
    });
    const { partitions } = await reassign(cluster(), 'not-there', [[0, [1]]]);
    expect(partitions).toMatchObject([
      {
        error: 'UNKNOWN_TOPIC_OR_PARTITION',
        errorMessage: 'Unable to find a topic named not-there.',
      },
    ]);
  });

  test('another number of replicas, for who does not allow that', async () => {
    const topic = await cluster().topic({ replicas: [[1, 2]] });
    const fixed = { allowReplicationFactorChange: false };
    const { partitions } = await reassign(cluster(), topic.name, [[0, [1]]], fixed);
    expect(partitions).toMatchObject([
      {
        error: 'INVALID_REPLICATION_FACTOR',
        errorMessage: 'The replication factor is changed from 2 to 1',
      },
    ]);
    const same = await reassign(cluster(), topic.name, [[0, [2, 3]]], fixed);
    expect(same.partitions).toMatchObject([{ error: 'NONE' }]);
    await settled(topic, [2, 3]);
  });
});

test('what is not being moved is not listed, and what is not there neither', async () => {
  const topic = await cluster().topic({ partitions: 2 });
  const wanted = [[topic.name, 0, 1, 9] as const, ['not-there', 0] as const];
  expect(await reassignments(cluster(), wanted)).toEqual({
    ...{ error: 'NONE', errorMessage: null, topics: [] },
  });
});
