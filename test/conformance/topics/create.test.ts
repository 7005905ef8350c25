import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { createTopics, newName } from '../harness/create-topics.ts';
import { errorName } from '../harness/error-name.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const zeroId = 'AAAAAAAAAAAAAAAAAAAAAA';

async function metadataOf(name: string) {
  const reply = await cluster().request(apis.Metadata, 12, {
    topics: [{ name }],
    allowAutoTopicCreation: false,
  });
  return reply.topics[0]!;
}

/** The topic as the first broker knows it, once it does. */
async function untilThere(name: string) {
  return await until(`${name} is there`, async () => {
    const topic = await metadataOf(name);
    return topic.errorCode === 0 ? topic : undefined;
  });
}

describe('a new topic', () => {
  test.each([2, 3, 4, 5, 6, 7])('version %d: is answered and made', async (version) => {
    const name = newName();
    const topics = [{ name, numPartitions: 3, replicationFactor: 2 }];
    const [answer] = await createTopics(cluster(), topics, { version });
    expect(answer).toMatchObject({
      error: 'NONE',
      name,
      errorMessage: null,
      numPartitions: version >= 5 ? 3 : -1,
      replicationFactor: version >= 5 ? 2 : -1,
      topicConfigErrorCode: 0,
    });
    const there = await untilThere(name);
    expect(answer!.topicId).toBe(version >= 7 ? there.topicId : zeroId);
    expect(there.partitions).toHaveLength(3);
    for (const { replicaNodes } of there.partitions) expect(new Set(replicaNodes).size).toBe(2);
  });

  test('-1 partitions and -1 replicas are the broker defaults', async () => {
    const [answer] = await createTopics(cluster(), [{ numPartitions: -1, replicationFactor: -1 }]);
    expect(answer).toMatchObject({ error: 'NONE', numPartitions: 1, replicationFactor: 1 });
  });

  test('leaders are spread over the brokers', async () => {
    const topic = await cluster().topic({ partitions: 3, replicationFactor: 3 });
    const { partitions } = await topic.describe();
    expect(new Set(partitions.map(({ leaderId }) => leaderId)).size).toBe(3);
  });

  test('may be made through any broker', async () => {
    for (const brokerId of cluster().brokerIds) {
      const [answer] = await createTopics(cluster(), [{}], { brokerId });
      expect(answer).toMatchObject({ error: 'NONE' });
    }
  });

  test('several in one request are answered one by one', async () => {
    const [good, bad, other] = [newName(), newName(), newName()];
    const answers = await createTopics(cluster(), [
      { name: good },
      { name: bad, numPartitions: 0 },
      { name: other, numPartitions: 2 },
    ]);
    expect(answers).toHaveLength(3);
    const byName = new Map(answers.map((answer) => [answer.name, answer.error]));
    expect(byName.get(good)).toBe('NONE');
    expect(byName.get(bad)).toBe('INVALID_PARTITIONS');
    expect(byName.get(other)).toBe('NONE');
  });

  test('no topics at all: an empty reply', async () => {
    expect(await createTopics(cluster(), [])).toEqual([]);
  });
});

describe('configs in the reply', () => {
  test.each([5, 7])('version %d: all of them, those given with their source', async (version) => {
    const configs = [{ name: 'retention.ms', value: '12345' }];
    const [answer] = await createTopics(cluster(), [{ configs }], { version });
    const byName = new Map(answer!.configs!.map((config) => [config.name, config]));
    expect(byName.get('retention.ms')).toEqual({
      name: 'retention.ms',
      value: '12345',
      readOnly: false,
      configSource: 1,
      isSensitive: false,
    });
    expect(byName.get('cleanup.policy')).toMatchObject({ value: 'delete', configSource: 5 });
    expect(byName.size).toBeGreaterThan(20);
  });

  test('version 4 has none', async () => {
    const [answer] = await createTopics(cluster(), [{}], { version: 4 });
    expect(answer!.configs).toEqual([]);
  });

  test('a refused topic has an empty list and -1 for its counts', async () => {
    const [answer] = await createTopics(cluster(), [{ numPartitions: 0 }]);
    expect(answer).toMatchObject({
      error: 'INVALID_PARTITIONS',
      topicId: zeroId,
      numPartitions: -1,
      replicationFactor: -1,
      topicConfigErrorCode: 0,
      configs: [],
    });
  });
});

describe('validate only', () => {
  test('answers as if the topic was made', async () => {
    const topic = { numPartitions: 2, replicationFactor: 3 };
    const [answer] = await createTopics(cluster(), [topic], { validateOnly: true });
    expect(answer).toMatchObject({
      error: 'NONE',
      errorMessage: null,
      numPartitions: 2,
      replicationFactor: 3,
    });
    expect(answer!.configs!.length).toBeGreaterThan(20);
  });

  test('makes nothing', async () => {
    const [unmade, made] = [newName(), newName()];
    await createTopics(cluster(), [{ name: unmade }], { validateOnly: true });
    await createTopics(cluster(), [{ name: made }]);
    await untilThere(made);
    expect(errorName((await metadataOf(unmade)).errorCode)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  test('finds the same errors', async () => {
    const [answer] = await createTopics(cluster(), [{ replicationFactor: 9 }], {
      validateOnly: true,
    });
    expect(answer).toMatchObject({ error: 'INVALID_REPLICATION_FACTOR' });
  });
});
