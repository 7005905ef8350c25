import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const zeroId = 'AAAAAAAAAAAAAAAAAAAAAA';

interface Cursor {
  readonly topicName: string;
  readonly partitionIndex: number;
}

async function ask(names: readonly string[], limit = 2000, cursor: Cursor | null = null) {
  const reply = await cluster().request(apis.DescribeTopicPartitions, 0, {
    topics: names.map((name) => ({ name })),
    responsePartitionLimit: limit,
    cursor,
  });
  const topics = reply.topics.map(({ errorCode, ...topic }) => ({
    error: errorName(errorCode),
    ...topic,
  }));
  return { topics, nextCursor: reply.nextCursor };
}

/** What a page holds: topic and partition, in order. */
const listed = ({ topics }: Awaited<ReturnType<typeof ask>>) =>
  topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex }) => `${name} ${partitionIndex}`),
  );

/** The topics of all pages: one holds 2,000 partitions, and a run makes more than these. */
async function everyName(): Promise<string[]> {
  const names: string[] = [];
  let cursor: Cursor | null = null;
  do {
    const page: Awaited<ReturnType<typeof ask>> = await ask([], 2000, cursor);
    names.push(...page.topics.map(({ name }) => name!));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return names;
}

/** Two topics, by name in order. */
async function twoTopics() {
  const made = [await cluster().topic({ partitions: 2 }), await cluster().topic({ partitions: 3 })];
  const [first, second] = made.map(({ name }) => name).sort();
  return { first: first!, second: second!, all: made };
}

describe('a topic', () => {
  test('is described with its partitions in order', async () => {
    const topic = await cluster().topic({ partitions: 3, replicationFactor: 3 });
    const { topics, nextCursor } = await ask([topic.name]);
    expect(nextCursor).toBeNull();
    expect(topics).toMatchObject([
      { error: 'NONE', name: topic.name, topicId: topic.id, isInternal: false },
    ]);
    expect(topics[0]!.partitions.map(({ partitionIndex }) => partitionIndex)).toEqual([0, 1, 2]);
    for (const partition of topics[0]!.partitions) {
      expect(partition).toMatchObject({
        errorCode: 0,
        leaderId: partition.replicaNodes[0],
        leaderEpoch: 0,
        offlineReplicas: [],
      });
      expect([...partition.isrNodes].sort()).toEqual(cluster().brokerIds);
    }
  });

  test('eligible leader replicas are lists, never null', async () => {
    const topic = await cluster().topic({ replicationFactor: 3 });
    const { topics } = await ask([topic.name]);
    expect(topics[0]!.partitions).toMatchObject([{ eligibleLeaderReplicas: [], lastKnownElr: [] }]);
  });

  test('carries the operations that are allowed', async () => {
    const topic = await cluster().topic();
    const { topics } = await ask([topic.name]);
    expect(topics[0]!.topicAuthorizedOperations).toBe(0b1101_1111_1000);
  });

  test('named twice is described once', async () => {
    const topic = await cluster().topic();
    expect(listed(await ask([topic.name, topic.name]))).toEqual([`${topic.name} 0`]);
  });

  test('topics come in the order of their names', async () => {
    const { first, second } = await twoTopics();
    const { topics } = await ask([second, first]);
    expect(topics.map(({ name }) => name)).toEqual([first, second]);
  });

  test('no names ask for all topics', async () => {
    const topic = await cluster().topic();
    expect(await everyName()).toContain(topic.name);
  });
});

describe('unknown topics', () => {
  test('are UNKNOWN_TOPIC_OR_PARTITION', async () => {
    const { topics, nextCursor } = await ask(['conformance-no-such-topic']);
    expect(nextCursor).toBeNull();
    expect(topics).toMatchObject([
      {
        error: 'UNKNOWN_TOPIC_OR_PARTITION',
        name: 'conformance-no-such-topic',
        topicId: zeroId,
        isInternal: false,
        partitions: [],
      },
    ]);
  });

  test('a name that cannot be one is INVALID_TOPIC_EXCEPTION', async () => {
    const { topics } = await ask(['not/a/topic']);
    expect(topics).toMatchObject([{ error: 'INVALID_TOPIC_EXCEPTION', name: 'not/a/topic' }]);
  });

  test('are not created', async () => {
    const name = `conformance-missing-${process.pid}-${Date.now()}`;
    await ask([name]);
    expect((await ask([name])).topics).toMatchObject([{ error: 'UNKNOWN_TOPIC_OR_PARTITION' }]);
  });
});

describe('pages', () => {
  test('a limit cuts inside a topic and names the next partition', async () => {
    const { first, second } = await twoTopics();
    const page = await ask([first, second], 1);
    expect(listed(page)).toEqual([`${first} 0`]);
    expect(page.nextCursor).toEqual({ topicName: first, partitionIndex: 1 });
  });

  test('following the cursor gives every partition once', async () => {
    const { first, second, all } = await twoTopics();
    const seen: string[] = [];
    let cursor: Cursor | null = null;
    for (let pages = 0; pages < 10; pages++) {
      const page: Awaited<ReturnType<typeof ask>> = await ask([first, second], 2, cursor);
      seen.push(...listed(page));
      cursor = page.nextCursor;
      if (cursor === null) break;
    }
    expect(cursor).toBeNull();
    const sizes = new Map([
      [all[0]!.name, 2],
      [all[1]!.name, 3],
    ]);
    expect(seen).toEqual(
      [first, second].flatMap((name) =>
        Array.from({ length: sizes.get(name)! }, (_, partition) => `${name} ${partition}`),
      ),
    );
  });

  test('a limit counts over topics', async () => {
    const { first, second, all } = await twoTopics();
    const page = await ask([first, second], 4);
    expect(listed(page)).toHaveLength(4);
    const partitionIndex = all[0]!.name === first ? 2 : 1;
    expect(page.nextCursor).toEqual({ topicName: second, partitionIndex });
  });

  test('a limit that is met at the end of a topic names the next one', async () => {
    const { first, second, all } = await twoTopics();
    const page = await ask([first, second], all[0]!.name === first ? 2 : 3);
    expect(page.topics.map(({ name }) => name)).toEqual([first]);
    expect(page.nextCursor).toEqual({ topicName: second, partitionIndex: 0 });
  });

  test('a limit that is met exactly at the end has no cursor', async () => {
    const topic = await cluster().topic({ partitions: 2 });
    const page = await ask([topic.name], 2);
    expect(listed(page)).toHaveLength(2);
    expect(page.nextCursor).toBeNull();
  });

  test('a cursor starts at its partition', async () => {
    const topic = await cluster().topic({ partitions: 3 });
    const page = await ask([topic.name], 2000, { topicName: topic.name, partitionIndex: 2 });
    expect(listed(page)).toEqual([`${topic.name} 2`]);
  });

  test('topics before the cursor are left out', async () => {
    const { first, second } = await twoTopics();
    const page = await ask([first, second], 2000, { topicName: second, partitionIndex: 0 });
    expect(page.topics.map(({ name }) => name)).toEqual([second]);
  });

  test('a cursor past the last partition of its topic goes on with the next topic', async () => {
    const { first, second } = await twoTopics();
    const page = await ask([first, second], 2000, { topicName: first, partitionIndex: 9 });
    expect(listed(page).filter((one) => one.startsWith(`${first} `))).toEqual([]);
    expect(page.topics.map(({ name }) => name)).toContain(second);
  });

  test.each(['a', 'zzz'])(
    'a cursor on a topic that was not named (%s): all INVALID_REQUEST',
    async (name) => {
      const { first, second } = await twoTopics();
      const page = await ask([first, second], 2000, { topicName: name, partitionIndex: 0 });
      expect(page.nextCursor).toBeNull();
      expect(page.topics).toMatchObject([
        { error: 'INVALID_REQUEST', name: first, topicId: zeroId, partitions: [] },
        { error: 'INVALID_REQUEST', name: second, topicId: zeroId, partitions: [] },
      ]);
    },
  );

  test('a cursor on a partition below 0 is INVALID_REQUEST', async () => {
    const topic = await cluster().topic();
    const page = await ask([topic.name], 2000, { topicName: topic.name, partitionIndex: -1 });
    expect(page.topics).toMatchObject([{ error: 'INVALID_REQUEST', name: topic.name }]);
  });

  test('without names a cursor goes on with the topics that come after it', async () => {
    const { first, second } = await twoTopics();
    const page = await ask([], 2000, { topicName: `${first}!`, partitionIndex: 0 });
    const names = page.topics.map(({ name }) => name);
    expect(names).not.toContain(first);
    expect(names).toContain(second);
  });

  test.each([0, -1])('a limit of %d is 1', async (limit) => {
    const topic = await cluster().topic({ partitions: 2 });
    const page = await ask([topic.name], limit);
    expect(listed(page)).toEqual([`${topic.name} 0`]);
    expect(page.nextCursor).toEqual({ topicName: topic.name, partitionIndex: 1 });
  });
});
