import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { assigned, createTopics, newName } from '../harness/create-topics.ts';
import { errorName } from '../harness/error-name.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
let alive: number[];
let crashed: number;
let replicated: Topic;
let alone: Topic;

/** One broker is down, and the cluster has noticed. */
beforeAll(async () => {
  const [a, b, c] = cluster().brokerIds as [number, number, number];
  alive = [a, b];
  crashed = c;
  replicated = await cluster().topic({ replicas: [[a, b, c]] });
  alone = await cluster().topic({ replicas: [[c]] });
  await alone.produce(values('kept'));
  await cluster().control.crash(crashed);
  for (const brokerId of alive) {
    await until(`${brokerId} knows that ${crashed} is down`, async () => {
      const { brokers } = await cluster().request(apis.Metadata, 12, { topics: [] }, brokerId);
      return brokers.length === 2 ? true : undefined;
    });
    await until('and that it leads no more', async () => {
      const { partitions } = await alone.describe(brokerId);
      return partitions[0]!.leaderId === -1 ? true : undefined;
    });
  }
});

afterAll(async () => {
  await cluster().control.restart(crashed);
});

describe('who is there', () => {
  test('Metadata lists the brokers that are up', async () => {
    const { brokers, controllerId } = await cluster().request(apis.Metadata, 12, { topics: [] });
    expect(brokers.map(({ nodeId }) => nodeId).sort()).toEqual(alive);
    expect(alive).toContain(controllerId);
  });

  test('DescribeCluster does as well', async () => {
    const { brokers } = await cluster().request(apis.DescribeCluster, 2, {});
    expect(brokers.map(({ brokerId }) => brokerId).sort()).toEqual(alive);
  });

  test('DescribeCluster lists the fenced one when asked to', async () => {
    const { brokers } = await cluster().request(apis.DescribeCluster, 2, {
      includeFencedBrokers: true,
    });
    const fenced = brokers.filter(({ isFenced }) => isFenced).map(({ brokerId }) => brokerId);
    expect(fenced).toEqual([crashed]);
    expect(brokers).toHaveLength(3);
  });
});

describe('a partition with replicas left', () => {
  test.each([5, 7, 9, 13])(
    'Metadata %d: the replica is offline, but a replica',
    async (version) => {
      const { topics } = await cluster().request(apis.Metadata, version, {
        topics: [{ name: replicated.name }],
        allowAutoTopicCreation: false,
      });
      const [partition] = topics[0]!.partitions;
      expect(partition).toMatchObject({
        errorCode: 0,
        leaderId: alive[0],
        leaderEpoch: version >= 7 ? 0 : -1,
        replicaNodes: [...alive, crashed],
        offlineReplicas: [crashed],
      });
      expect([...partition!.isrNodes].sort()).toEqual(alive);
    },
  );

  test('DescribeTopicPartitions says the same', async () => {
    const { topics } = await cluster().request(apis.DescribeTopicPartitions, 0, {
      topics: [{ name: replicated.name }],
    });
    expect(topics[0]!.partitions).toMatchObject([
      {
        errorCode: 0,
        leaderId: alive[0],
        leaderEpoch: 0,
        offlineReplicas: [crashed],
        eligibleLeaderReplicas: [],
      },
    ]);
  });
});

describe('a partition without any replica left', () => {
  test.each([1, 4, 5, 12])('Metadata %d: LEADER_NOT_AVAILABLE and no leader', async (version) => {
    const { topics } = await cluster().request(apis.Metadata, version, {
      topics: [{ name: alone.name }],
      allowAutoTopicCreation: false,
    });
    expect(errorName(topics[0]!.errorCode)).toBe('NONE');
    const [partition] = topics[0]!.partitions;
    expect(errorName(partition!.errorCode)).toBe('LEADER_NOT_AVAILABLE');
    expect(partition).toMatchObject({
      leaderId: -1,
      replicaNodes: [crashed],
      offlineReplicas: version >= 5 ? [crashed] : [],
    });
  });

  test('produce to another broker is NOT_LEADER_OR_FOLLOWER', async () => {
    const reply = await alone.produce(values('x'), { brokerId: alive[0]! });
    expect(reply).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER' });
  });

  test('it has its leader and its records again when the broker is back', async () => {
    await cluster().control.restart(crashed);
    await until('it is led', async () => {
      const { partitions } = await alone.describe(crashed);
      return partitions[0]!.leaderId === crashed ? true : undefined;
    });
    const records = await until('it can be read', async () => {
      const found = await alone.records();
      return found.length > 0 ? found : undefined;
    });
    expect(records.map(({ value }) => value)).toEqual(['kept']);
  });
});

describe('topics made while a broker is down', () => {
  beforeAll(async () => {
    await cluster().control.crash(crashed);
    await until('it is known to be down', async () => {
      const { brokers } = await cluster().request(apis.Metadata, 12, { topics: [] });
      return brokers.length === 2 ? true : undefined;
    });
  });

  async function placed(topic: Parameters<typeof createTopics>[1][number]) {
    const name = newName();
    const [answer] = await createTopics(cluster(), [{ name, ...topic }]);
    expect(answer).toMatchObject({ error: 'NONE' });
    return await until(`${name} is there`, async () => {
      const { topics } = await cluster().request(apis.Metadata, 12, {
        topics: [{ name }],
        allowAutoTopicCreation: false,
      });
      return topics[0]!.errorCode === 0 ? topics[0]!.partitions : undefined;
    });
  }

  test('have replicas on it if there are not enough others, which are not in sync', async () => {
    const [partition] = await placed({ numPartitions: 1, replicationFactor: 3 });
    expect([...partition!.replicaNodes].sort()).toEqual([...alive, crashed]);
    expect([...partition!.isrNodes].sort()).toEqual(alive);
    expect(alive).toContain(partition!.leaderId);
  });

  test('are led by the others', async () => {
    const partitions = await placed({ numPartitions: 6, replicationFactor: 2 });
    for (const { leaderId, replicaNodes } of partitions) {
      expect(alive).toContain(leaderId);
      expect(leaderId).toBe(replicaNodes[0]);
    }
  });

  test('with one replica each are not placed on it', async () => {
    const partitions = await placed({ numPartitions: 6, replicationFactor: 1 });
    for (const { replicaNodes } of partitions) expect(replicaNodes).not.toContain(crashed);
  });

  test('may be assigned to it together with others', async () => {
    const [partition] = await placed({ assignments: assigned([crashed, alive[0]!]) });
    expect(partition).toMatchObject({ leaderId: alive[0], isrNodes: [alive[0]] });
  });

  test('are not assigned to it alone: INVALID_REPLICA_ASSIGNMENT', async () => {
    const assignments = assigned([crashed]);
    expect(await createTopics(cluster(), [{ assignments }])).toMatchObject([
      { error: 'INVALID_REPLICA_ASSIGNMENT', errorMessage: expect.any(String) },
    ]);
  });
});
