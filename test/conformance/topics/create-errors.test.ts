import { describe, expect, test } from 'vitest';
import { assigned, createTopics, newName } from '../harness/create-topics.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

type NewTopic = Parameters<typeof createTopics>[1][number];

/** The only answer to a request for one topic. */
async function create(topic: NewTopic) {
  const answers = await createTopics(cluster(), [topic]);
  expect(answers).toHaveLength(1);
  return answers[0]!;
}

const text = expect.any(String);

describe('counts', () => {
  test.each([0, -2, -100])('%d partitions are INVALID_PARTITIONS', async (numPartitions) => {
    expect(await create({ numPartitions })).toMatchObject({
      error: 'INVALID_PARTITIONS',
      errorMessage: text,
    });
  });

  test.each([0, -2])('%d replicas are INVALID_REPLICATION_FACTOR', async (replicationFactor) => {
    expect(await create({ replicationFactor })).toMatchObject({
      error: 'INVALID_REPLICATION_FACTOR',
      errorMessage: text,
    });
  });

  test('more replicas than brokers are INVALID_REPLICATION_FACTOR', async () => {
    const answer = await create({ replicationFactor: cluster().brokerIds.length + 1 });
    expect(answer).toMatchObject({ error: 'INVALID_REPLICATION_FACTOR' });
    expect(answer.errorMessage).toMatch(/3/);
  });

  test('a topic and its partitions are at most 10,000 things: then POLICY_VIOLATION', async () => {
    const options = { validateOnly: true };
    expect(await createTopics(cluster(), [{ numPartitions: 9_999 }], options)).toMatchObject([
      { error: 'NONE' },
    ]);
    expect(await create({ numPartitions: 10_000 })).toMatchObject({
      error: 'POLICY_VIOLATION',
      errorMessage: text,
    });
  });

  test('its configs are counted, too', async () => {
    const configs = [{ name: 'retention.ms', value: '5' }];
    const answer = await create({ numPartitions: 9_999, configs });
    expect(answer).toMatchObject({ error: 'POLICY_VIOLATION' });
  });

  test.each([
    [5_000, 5_000],
    [5_000, 5_001],
    [1, 2_000_000_000],
  ])('%d and %d partitions in one request: all POLICY_VIOLATION', async (...counts) => {
    const topics = counts.map((numPartitions) => ({ numPartitions }));
    expect(await createTopics(cluster(), topics)).toMatchObject([
      { error: 'POLICY_VIOLATION' },
      { error: 'POLICY_VIOLATION' },
    ]);
  });
});

describe('names', () => {
  test('of a topic that exists: TOPIC_ALREADY_EXISTS', async () => {
    const topic = await cluster().topic();
    const answer = await create({ name: topic.name });
    expect(answer).toMatchObject({ error: 'TOPIC_ALREADY_EXISTS' });
    expect(answer.errorMessage).toContain(topic.name);
  });

  test.each([
    ['empty', ''],
    ['.', '.'],
    ['..', '..'],
    ['with a slash', 'not/a/topic'],
    ['with a space', 'not a topic'],
    ['with a letter beyond ASCII', 'täpic'],
    ['of 250 characters', 'x'.repeat(250)],
  ])('%s: INVALID_TOPIC_EXCEPTION', async (_, name) => {
    expect(await create({ name })).toMatchObject({
      error: 'INVALID_TOPIC_EXCEPTION',
      name,
      errorMessage: text,
    });
  });

  test('every legal character, 249 of them', async () => {
    const name = `${newName()}.Az09_-`.padEnd(249, 'x');
    expect(await create({ name })).toMatchObject({ error: 'NONE', name });
  });

  test.each(['...', '.a'])('dots are legal otherwise: %s', async (start) => {
    const name = `${start}${newName()}`;
    expect(await create({ name })).toMatchObject({ error: 'NONE' });
  });

  test.each([
    ['.', '_'],
    ['_', '.'],
  ])('a%sb is refused where a%sb exists: INVALID_TOPIC_EXCEPTION', async (one, other) => {
    const name = newName();
    expect(await create({ name: `${name}${other}b` })).toMatchObject({ error: 'NONE' });
    const answer = await create({ name: `${name}${one}b` });
    expect(answer).toMatchObject({ error: 'INVALID_TOPIC_EXCEPTION' });
    expect(answer.errorMessage).toContain(`${name}${other}b`);
  });

  test('two that collide in one request are both made', async () => {
    const name = newName();
    const answers = await createTopics(cluster(), [{ name: `${name}.b` }, { name: `${name}_b` }]);
    expect(answers.map(({ error }) => error)).toEqual(['NONE', 'NONE']);
  });

  test('twice in one request: INVALID_REQUEST, answered once, and nothing is made', async () => {
    const name = newName();
    const answers = await createTopics(cluster(), [{ name }, { name }]);
    expect(answers).toMatchObject([{ name, error: 'INVALID_REQUEST', errorMessage: text }]);
    expect(await create({ name })).toMatchObject({ error: 'NONE' });
  });

  test('twice in one request does not hinder the others', async () => {
    const [name, other] = [newName(), newName()];
    const answers = await createTopics(cluster(), [{ name }, { name: other }, { name }]);
    expect(answers).toHaveLength(2);
    expect(answers).toContainEqual(expect.objectContaining({ name: other, error: 'NONE' }));
  });
});

describe('manual assignment', () => {
  test('is taken as it is', async () => {
    const [a, b, c] = cluster().brokerIds as [number, number, number];
    const name = newName();
    const assignments = assigned([b, c], [c, a], [a, b]);
    expect(await create({ name, assignments })).toMatchObject({
      error: 'NONE',
      numPartitions: 3,
      replicationFactor: 2,
    });
  });

  test('together with a partition count: INVALID_REQUEST', async () => {
    const assignments = assigned([cluster().brokerIds[0]!]);
    expect(await create({ assignments, numPartitions: 1 })).toMatchObject({
      error: 'INVALID_REQUEST',
      errorMessage: text,
    });
  });

  test('together with a replication factor: INVALID_REQUEST', async () => {
    const assignments = assigned([cluster().brokerIds[0]!]);
    expect(await create({ assignments, replicationFactor: 1 })).toMatchObject({
      error: 'INVALID_REQUEST',
      errorMessage: text,
    });
  });

  const wrong: [string, (a: number, b: number) => NewTopic['assignments']][] = [
    ['a broker that does not exist', () => assigned([77])],
    ['the same broker twice', (a) => assigned([a, a])],
    ['a partition without replicas', () => assigned([])],
    ['partitions with different numbers of replicas', (a, b) => assigned([a], [a, b])],
    [
      'a gap in the partitions',
      (a) => [
        { partitionIndex: 0, brokerIds: [a] },
        { partitionIndex: 2, brokerIds: [a] },
      ],
    ],
    ['partitions that do not start at 0', (a) => [{ partitionIndex: 1, brokerIds: [a] }]],
    [
      'a partition twice',
      (a) => [
        { partitionIndex: 0, brokerIds: [a] },
        { partitionIndex: 0, brokerIds: [a] },
      ],
    ],
    ['a partition below 0', (a) => [{ partitionIndex: -1, brokerIds: [a] }]],
    ['a broker below 0', () => assigned([-1])],
  ];
  test.each(wrong)('%s: INVALID_REPLICA_ASSIGNMENT', async (_, assignments) => {
    const [a, b] = cluster().brokerIds as [number, number];
    const answer = await create({ assignments: assignments(a, b)! });
    expect(answer).toMatchObject({ error: 'INVALID_REPLICA_ASSIGNMENT', errorMessage: text });
  });

  test('partitions in any order', async () => {
    const a = cluster().brokerIds[0]!;
    const assignments = [
      { partitionIndex: 1, brokerIds: [a] },
      { partitionIndex: 0, brokerIds: [a] },
    ];
    expect(await create({ assignments })).toMatchObject({ error: 'NONE', numPartitions: 2 });
  });
});

describe('configs', () => {
  const wrong: [string, string, string | null][] = [
    ['a value of another type', 'retention.ms', 'soon'],
    ['a value out of range', 'min.insync.replicas', '0'],
    ['a name that is not in the list', 'cleanup.policy', 'burn'],
    ['a config that does not exist', 'no.such.config', '1'],
    ['a value of null', 'retention.ms', null],
    ['an empty value where a number is due', 'retention.ms', ''],
  ];
  test.each(wrong)('%s: INVALID_CONFIG', async (_, name, value) => {
    const answer = await create({ configs: [{ name, value }] });
    expect(answer).toMatchObject({ error: 'INVALID_CONFIG', errorMessage: text });
  });

  test('the message names the config and the value', async () => {
    const { errorMessage } = await create({ configs: [{ name: 'retention.ms', value: 'soon' }] });
    expect(errorMessage).toContain('retention.ms');
    expect(errorMessage).toContain('soon');
  });
});
