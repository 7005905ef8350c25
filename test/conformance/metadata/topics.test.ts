import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import type { MetadataRequest } from '../../../src/protocol/messages/metadata.ts';
import { errorName } from '../harness/error-name.ts';
import type { Loose } from '../harness/loose.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const zeroId = 'AAAAAAAAAAAAAAAAAAAAAA';
const notRequested = -0x8000_0000;

/** Metadata without auto-creation; errors by name. */
async function ask(version: number, request: Loose<MetadataRequest>) {
  const body = { allowAutoTopicCreation: false, ...request };
  const { topics, ...rest } = await cluster().request(apis.Metadata, version, body);
  return {
    ...rest,
    topics: topics.map(({ errorCode, ...topic }) => ({ error: errorName(errorCode), ...topic })),
  };
}

describe('which topics are answered', () => {
  test('version 0: an empty list asks for all', async () => {
    const topic = await cluster().topic();
    const { topics } = await ask(0, { topics: [] });
    expect(topics.map(({ name }) => name)).toContain(topic.name);
  });

  test.each([1, 4, 8, 9, 12, 13])('version %d: an empty list asks for none', async (version) => {
    expect((await ask(version, { topics: [] })).topics).toEqual([]);
  });

  test.each([1, 4, 8, 9, 12, 13])('version %d: null asks for all', async (version) => {
    const topic = await cluster().topic();
    const { topics } = await ask(version, { topics: null });
    expect(topics.map(({ name }) => name)).toContain(topic.name);
  });

  test.each([0, 1, 4, 8, 9, 12, 13])('version %d: named topics are answered', async (version) => {
    const topic = await cluster().topic({ partitions: 2, replicationFactor: 3 });
    const { topics } = await ask(version, { topics: [{ name: topic.name }] });
    expect(topics).toMatchObject([
      {
        error: 'NONE',
        name: topic.name,
        topicId: version >= 10 ? topic.id : zeroId,
        isInternal: false,
        topicAuthorizedOperations: notRequested,
      },
    ]);
    const indexes = topics[0]!.partitions.map(({ partitionIndex }) => partitionIndex);
    expect(indexes.sort()).toEqual([0, 1]);
    for (const partition of topics[0]!.partitions) {
      expect(partition).toMatchObject({
        errorCode: 0,
        leaderEpoch: version >= 7 ? 0 : -1,
        offlineReplicas: [],
      });
      expect([...partition.replicaNodes].sort()).toEqual(cluster().brokerIds);
      expect([...partition.isrNodes].sort()).toEqual(cluster().brokerIds);
      expect(partition.leaderId).toBe(partition.replicaNodes[0]);
    }
  });

  test('a topic named twice is answered once', async () => {
    const topic = await cluster().topic();
    const { topics } = await ask(12, { topics: [{ name: topic.name }, { name: topic.name }] });
    expect(topics.map(({ name }) => name)).toEqual([topic.name]);
  });

  test('a partition shows its replicas in the order of its assignment', async () => {
    const [a, b, c] = cluster().brokerIds as [number, number, number];
    const replicas = [
      [c, a, b],
      [b, c, a],
    ];
    const topic = await cluster().topic({ replicas });
    const { topics } = await ask(12, { topics: [{ name: topic.name }] });
    const byIndex = [...topics[0]!.partitions].sort((x, y) => x.partitionIndex - y.partitionIndex);
    expect(byIndex).toMatchObject([
      { leaderId: c, replicaNodes: replicas[0] },
      { leaderId: b, replicaNodes: replicas[1] },
    ]);
  });
});

describe('by topic id', () => {
  test.each([12, 13])('version %d: a known id is answered with its name', async (version) => {
    const topic = await cluster().topic();
    const { topics } = await ask(version, { topics: [{ name: null, topicId: topic.id }] });
    expect(topics).toMatchObject([{ error: 'NONE', name: topic.name, topicId: topic.id }]);
  });

  test('an unknown id is UNKNOWN_TOPIC_ID', async () => {
    const topicId = 'b2RyYWRlay1ub3QtdGhlcg';
    const { topics } = await ask(12, { topics: [{ name: null, topicId }] });
    expect(topics).toMatchObject([
      { error: 'UNKNOWN_TOPIC_ID', name: null, topicId, isInternal: false, partitions: [] },
    ]);
  });

  test('known and unknown ids in one request', async () => {
    const topic = await cluster().topic();
    const ids = [topic.id, 'b2RyYWRlay1ub3QtdGhlcg'];
    const { topics } = await ask(12, {
      topics: ids.map((topicId) => ({ name: null, topicId })),
    });
    expect(topics).toHaveLength(2);
    expect(topics).toContainEqual(expect.objectContaining({ topicId: ids[0], error: 'NONE' }));
    expect(topics).toContainEqual(
      expect.objectContaining({ topicId: ids[1], error: 'UNKNOWN_TOPIC_ID' }),
    );
  });

  test('the id of a deleted topic is UNKNOWN_TOPIC_ID', async () => {
    const topic = await cluster().topic();
    await cluster().request(apis.DeleteTopics, 6, {
      topics: [{ name: topic.name }],
      timeoutMs: 30_000,
    });
    const error = await until('the broker has forgotten the topic', async () => {
      const { topics } = await ask(12, { topics: [{ name: null, topicId: topic.id }] });
      return topics[0]!.error === 'NONE' ? undefined : topics[0]!.error;
    });
    expect(error).toBe('UNKNOWN_TOPIC_ID');
  });
});

describe('names that no topic has', () => {
  test.each([0, 1, 4, 8, 12, 13])(
    'version %d: an unknown name is UNKNOWN_TOPIC_OR_PARTITION',
    async (version) => {
      const name = `conformance-missing-${process.pid}-${version}-${Date.now()}`;
      const { topics } = await ask(version, { topics: [{ name }] });
      expect(topics).toMatchObject([
        {
          error: 'UNKNOWN_TOPIC_OR_PARTITION',
          name,
          topicId: zeroId,
          isInternal: false,
          partitions: [],
        },
      ]);
    },
  );

  test.each([
    ['with a slash', 'not/a/topic'],
    ['with a space', 'not a topic'],
    ['.', '.'],
    ['..', '..'],
    ['of 250 characters', 'x'.repeat(250)],
    ['empty', ''],
  ])('a name that cannot be one (%s) is INVALID_TOPIC_EXCEPTION', async (_, name) => {
    const { topics } = await ask(12, { topics: [{ name }] });
    expect(topics).toMatchObject([{ error: 'INVALID_TOPIC_EXCEPTION', name, partitions: [] }]);
  });

  test('an unknown name does not keep a known one from being answered', async () => {
    const topic = await cluster().topic();
    const names = [`conformance-missing-${process.pid}`, topic.name];
    const { topics } = await ask(12, { topics: names.map((name) => ({ name })) });
    expect(topics.map(({ name, error }) => [name, error]).sort()).toEqual(
      [
        [names[0], 'UNKNOWN_TOPIC_OR_PARTITION'],
        [names[1], 'NONE'],
      ].sort(),
    );
  });
});

describe('authorized operations', () => {
  test('of a topic, when asked for: everything that can be done to a topic', async () => {
    const topic = await cluster().topic();
    const { topics } = await ask(12, {
      topics: [{ name: topic.name }],
      includeTopicAuthorizedOperations: true,
    });
    // read, write, create, delete, alter, describe, describe configs, alter configs
    expect(topics[0]!.topicAuthorizedOperations).toBe(0b1101_1111_1000);
  });

  test('of an unknown topic, when asked for, the same', async () => {
    const { topics } = await ask(12, {
      topics: [{ name: `conformance-missing-${process.pid}` }],
      includeTopicAuthorizedOperations: true,
    });
    expect(topics[0]!.topicAuthorizedOperations).toBe(0b1101_1111_1000);
  });

  test.each([8, 10])('version %d: of the cluster, when asked for', async (version) => {
    const asked = { topics: [], includeClusterAuthorizedOperations: true };
    const { clusterAuthorizedOperations } = await ask(version, asked);
    // create, alter, describe, cluster action, describe and alter configs, idempotent write
    expect(clusterAuthorizedOperations).toBe(0b1_1111_1010_0000);
  });

  test('of the cluster, when not asked for', async () => {
    const { clusterAuthorizedOperations } = await ask(8, { topics: [] });
    expect(clusterAuthorizedOperations).toBe(notRequested);
  });
});

describe('the cluster', () => {
  test.each([0, 1, 2, 5, 9, 13])('version %d: every broker with its address', async (version) => {
    const reply = await ask(version, { topics: [] });
    const brokers = [...reply.brokers].sort((x, y) => x.nodeId - y.nodeId);
    expect(brokers).toEqual(
      cluster().brokerIds.map((nodeId) => ({
        nodeId,
        ...cluster().address(nodeId),
        rack: version >= 1 ? `rack-${nodeId}` : null,
      })),
    );
    expect(reply.errorCode).toBe(0);
    expect(reply.throttleTimeMs).toBe(0);
  });

  test('the controller id is that of a broker', async () => {
    const { controllerId } = await ask(12, { topics: [] });
    expect(cluster().brokerIds).toContain(controllerId);
  });

  test('every broker says the same cluster id', async () => {
    const ids = await Promise.all(
      cluster().brokerIds.map(async (brokerId) => {
        const reply = await cluster().request(apis.Metadata, 12, { topics: [] }, brokerId);
        return reply.clusterId;
      }),
    );
    expect(ids[0]).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(new Set(ids).size).toBe(1);
  });

  test('version 1 does not say it', async () => {
    expect(await ask(1, { topics: [] })).toMatchObject({ clusterId: null });
  });
});
