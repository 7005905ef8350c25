import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { newName } from '../harness/create-topics.ts';
import { errorName } from '../harness/error-name.ts';
import type { Topic } from '../harness/topic.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const text = expect.any(String);

interface Grow {
  readonly count?: number;
  readonly assignments?: readonly (readonly number[])[];
  readonly validateOnly?: boolean;
  readonly version?: number;
}

async function grow(topic: Pick<Topic, 'name'>, count: number, options: Grow = {}) {
  const assignments = options.assignments?.map((brokerIds) => ({ brokerIds })) ?? null;
  const reply = await cluster().request(apis.CreatePartitions, options.version ?? 3, {
    topics: [{ name: topic.name, count, assignments }],
    timeoutMs: 30_000,
    validateOnly: options.validateOnly ?? false,
  });
  const { errorCode, ...rest } = reply.results[0]!;
  return { error: errorName(errorCode), ...rest };
}

describe('more partitions', () => {
  test.each([0, 1, 2, 3])('version %d: are there and can be written', async (version) => {
    const topic = await cluster().topic();
    expect(await grow(topic, 3, { version })).toEqual({
      error: 'NONE',
      name: topic.name,
      errorMessage: null,
    });
    await topic.untilReady(3);
    expect(await topic.produce(values('a'), { partition: 2 })).toMatchObject({ error: 'NONE' });
  });

  test('have as many replicas as the old ones', async () => {
    const topic = await cluster().topic({ replicationFactor: 2 });
    await grow(topic, 2);
    await topic.untilReady(2);
    const { partitions } = await topic.describe();
    expect(partitions.map(({ replicaNodes }) => replicaNodes.length)).toEqual([2, 2]);
  });

  test('the old ones keep their records', async () => {
    const topic = await cluster().topic();
    await topic.produce(values('a'));
    await grow(topic, 2);
    await topic.untilReady(2);
    expect((await topic.records(0)).map(({ value }) => value)).toEqual(['a']);
    expect(await topic.records(1)).toEqual([]);
  });

  test('where they are to go can be said', async () => {
    const [a, b, c] = cluster().brokerIds as [number, number, number];
    const topic = await cluster().topic({ replicas: [[a, b]] });
    const assignments = [
      [c, a],
      [b, c],
    ];
    expect(await grow(topic, 3, { assignments })).toMatchObject({ error: 'NONE' });
    await topic.untilReady(3);
    const { partitions } = await topic.describe();
    const byIndex = new Map(partitions.map((one) => [one.partitionIndex, one.replicaNodes]));
    expect([byIndex.get(1), byIndex.get(2)]).toEqual(assignments);
  });

  test('validate only makes none', async () => {
    const topic = await cluster().topic();
    expect(await grow(topic, 3, { validateOnly: true })).toMatchObject({
      error: 'NONE',
      errorMessage: null,
    });
    expect(await grow(topic, 2)).toMatchObject({ error: 'NONE' });
    await topic.untilReady(2);
    expect((await topic.describe()).partitions).toHaveLength(2);
  });
});

describe('INVALID_PARTITIONS', () => {
  test.each([2, 1, 0, -1])('a count of %d where there are 2', async (count) => {
    const topic = await cluster().topic({ partitions: 2 });
    expect(await grow(topic, count)).toMatchObject({
      error: 'INVALID_PARTITIONS',
      name: topic.name,
      errorMessage: text,
    });
  });

  test('is found by validate only as well', async () => {
    const topic = await cluster().topic();
    const reply = await grow(topic, 1, { validateOnly: true });
    expect(reply).toMatchObject({ error: 'INVALID_PARTITIONS' });
  });
});

test('an unknown topic is UNKNOWN_TOPIC_OR_PARTITION', async () => {
  const name = newName();
  expect(await grow({ name }, 3)).toMatchObject({ error: 'UNKNOWN_TOPIC_OR_PARTITION', name });
});

test('a topic named twice is INVALID_REQUEST, answered once', async () => {
  const { name } = await cluster().topic();
  const reply = await cluster().request(apis.CreatePartitions, 3, {
    topics: [
      { name, count: 2, assignments: null },
      { name, count: 3, assignments: null },
    ],
    timeoutMs: 30_000,
    validateOnly: false,
  });
  expect(reply.results.map((one) => [one.name, errorName(one.errorCode)])).toEqual([
    [name, 'INVALID_REQUEST'],
  ]);
});

test('10,000 new partitions are as many as one request may ask for', async () => {
  const topic = await cluster().topic();
  const enough = await grow(topic, 10_001, { validateOnly: true });
  expect(enough).toMatchObject({ error: 'NONE' });
  expect(await grow(topic, 10_002, { validateOnly: true })).toMatchObject({
    error: 'UNKNOWN_SERVER_ERROR',
    errorMessage: null,
  });
});

describe('INVALID_REPLICA_ASSIGNMENT', () => {
  const wrong: [string, (a: number, b: number) => number[][]][] = [
    ['fewer lists than new partitions', (a) => [[a]]],
    ['more lists than new partitions', (a) => [[a], [a], [a]]],
    [
      'another number of replicas than the old partitions',
      (a, b) => [
        [a, b],
        [a, b],
      ],
    ],
    ['a broker that does not exist', () => [[77], [77]]],
    ['a partition without replicas', () => [[], []]],
    [
      'the same broker twice',
      (a) => [
        [a, a],
        [a, a],
      ],
    ],
  ];
  test.each(wrong)('%s', async (_, lists) => {
    const [a, b] = cluster().brokerIds as [number, number];
    const topic = await cluster().topic({ replicas: [[a]] });
    const reply = await grow(topic, 3, { assignments: lists(a, b) });
    expect(reply).toMatchObject({ error: 'INVALID_REPLICA_ASSIGNMENT', errorMessage: text });
  });
});
