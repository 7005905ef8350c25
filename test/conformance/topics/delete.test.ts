import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { createTopics, newName } from '../harness/create-topics.ts';
import { errorName } from '../harness/error-name.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const zeroId = 'AAAAAAAAAAAAAAAAAAAAAA';
const unknownId = 'b2RyYWRlay1ub3QtdGhlcg';

/** DeleteTopics by name or by id, version 6. */
async function remove(...topics: readonly { name?: string | null; topicId?: string }[]) {
  const reply = await cluster().request(apis.DeleteTopics, 6, {
    topics: topics.map(({ name = null, topicId = zeroId }) => ({ name, topicId })),
    timeoutMs: 30_000,
  });
  return answers(reply);
}

async function removeNames(version: number, ...topicNames: readonly string[]) {
  const body = { topicNames, timeoutMs: 30_000 };
  return answers(await cluster().request(apis.DeleteTopics, version, body));
}

function answers(reply: {
  responses: readonly {
    name: string | null;
    topicId: string;
    errorCode: number;
    errorMessage: string | null;
  }[];
}) {
  return reply.responses.map(({ errorCode, ...rest }) => ({
    error: errorName(errorCode),
    ...rest,
  }));
}

/** Until no broker knows a topic of that name. */
async function untilGone(name: string) {
  for (const brokerId of cluster().brokerIds) {
    await until(`${name} is gone at ${brokerId}`, async () => {
      const body = { topics: [{ name }], allowAutoTopicCreation: false };
      const { topics } = await cluster().request(apis.Metadata, 12, body, brokerId);
      return topics[0]!.errorCode === 0 ? undefined : topics[0]!.errorCode;
    });
  }
}

describe('by name', () => {
  test.each([1, 2, 3, 4, 5])('version %d: the topic is gone', async (version) => {
    const topic = await cluster().topic();
    expect(await removeNames(version, topic.name)).toMatchObject([
      { error: 'NONE', name: topic.name, errorMessage: null },
    ]);
    await untilGone(topic.name);
  });

  test('version 6 answers with the id, too', async () => {
    const topic = await cluster().topic();
    expect(await remove({ name: topic.name })).toEqual([
      { error: 'NONE', name: topic.name, topicId: topic.id, errorMessage: null },
    ]);
  });

  test.each([1, 5])(
    'version %d: an unknown name is UNKNOWN_TOPIC_OR_PARTITION',
    async (version) => {
      const name = newName();
      expect(await removeNames(version, name)).toMatchObject([
        { error: 'UNKNOWN_TOPIC_OR_PARTITION', name },
      ]);
    },
  );

  test('version 6: an unknown name, with a message', async () => {
    const name = newName();
    expect(await remove({ name })).toEqual([
      {
        error: 'UNKNOWN_TOPIC_OR_PARTITION',
        name,
        topicId: zeroId,
        errorMessage: expect.any(String),
      },
    ]);
  });

  test('an unknown name does not keep a known one', async () => {
    const topic = await cluster().topic();
    const name = newName();
    const got = await remove({ name }, { name: topic.name });
    expect(got).toHaveLength(2);
    expect(got).toContainEqual(expect.objectContaining({ name: topic.name, error: 'NONE' }));
    await untilGone(topic.name);
  });
});

describe('by id', () => {
  test('the topic is gone, and named in the reply', async () => {
    const topic = await cluster().topic();
    expect(await remove({ topicId: topic.id })).toEqual([
      { error: 'NONE', name: topic.name, topicId: topic.id, errorMessage: null },
    ]);
    await untilGone(topic.name);
  });

  test('an unknown id is UNKNOWN_TOPIC_ID', async () => {
    expect(await remove({ topicId: unknownId })).toEqual([
      {
        error: 'UNKNOWN_TOPIC_ID',
        name: null,
        topicId: unknownId,
        errorMessage: expect.any(String),
      },
    ]);
  });
});

describe('requests that contradict themselves are INVALID_REQUEST', () => {
  test('neither name nor id', async () => {
    expect(await remove({})).toMatchObject([
      { error: 'INVALID_REQUEST', name: null, errorMessage: expect.any(String) },
    ]);
  });

  test('both name and id; the topic stays', async () => {
    const topic = await cluster().topic();
    expect(await remove({ name: topic.name, topicId: topic.id })).toMatchObject([
      { error: 'INVALID_REQUEST', errorMessage: expect.any(String) },
    ]);
    expect(await topic.describe()).toMatchObject({ errorCode: 0 });
  });

  test('the same name twice: answered once, and the topic stays', async () => {
    const topic = await cluster().topic();
    const { name } = topic;
    expect(await remove({ name }, { name })).toEqual([
      { error: 'INVALID_REQUEST', name, topicId: zeroId, errorMessage: expect.any(String) },
    ]);
    expect(await topic.describe()).toMatchObject({ errorCode: 0 });
  });

  test('the same id twice: answered once', async () => {
    const { id: topicId } = await cluster().topic();
    expect(await remove({ topicId }, { topicId })).toEqual([
      { error: 'INVALID_REQUEST', name: null, topicId, errorMessage: expect.any(String) },
    ]);
  });

  test('an unknown name twice: answered once', async () => {
    const name = newName();
    expect(await remove({ name }, { name })).toMatchObject([{ error: 'INVALID_REQUEST', name }]);
  });

  test('a name and the id of the same topic: answered once, with both', async () => {
    const { name, id: topicId } = await cluster().topic();
    expect(await remove({ topicId }, { name })).toEqual([
      { error: 'INVALID_REQUEST', name, topicId, errorMessage: expect.any(String) },
    ]);
  });
});

test('no topics at all: an empty reply', async () => {
  expect(await remove()).toEqual([]);
});

describe('a topic made again under its old name', () => {
  async function madeAgain() {
    const old = await cluster().topic();
    await old.produce(values('old'));
    await remove({ name: old.name });
    await untilGone(old.name);
    const [made] = await createTopics(cluster(), [{ name: old.name }]);
    await old.untilReady(1);
    // So far it may be the old partition that answers.
    await cluster().untilApplied(await old.leader());
    return { old, made: made! };
  }

  test('has another id', async () => {
    const { old, made } = await madeAgain();
    expect(made.error).toBe('NONE');
    expect(made.topicId).not.toBe(old.id);
  });

  test('is empty', async () => {
    const { old, made } = await madeAgain();
    const brokerId = await old.leader();
    const topics = [wanted({ name: old.name, id: made.topicId })];
    const { entries } = await fetchMany(cluster(), topics, {}, brokerId);
    expect(entries).toMatchObject([{ error: 'NONE', highWatermark: 0, values: [] }]);
  });

  test('is not read by the old id: UNKNOWN_TOPIC_ID', async () => {
    const { old } = await madeAgain();
    const { entries } = await fetchMany(cluster(), [wanted(old)], {}, await old.leader());
    expect(entries).toMatchObject([{ error: 'UNKNOWN_TOPIC_ID' }]);
  });

  test('is not written by the old id: UNKNOWN_TOPIC_ID', async () => {
    const { old } = await madeAgain();
    expect(await old.produce(values('x'))).toMatchObject({ error: 'UNKNOWN_TOPIC_ID' });
  });
});

test('a fetch that waits at a topic that is deleted ends', async () => {
  const topic = await cluster().topic();
  const connection = await cluster().connect(await topic.leader());
  const waiting = fetchMany(connection, [wanted(topic)], { maxWaitMs: 60_000 });
  await remove({ name: topic.name });
  const { entries } = await waiting;
  expect(entries).toHaveLength(1);
  expect(entries[0]!.error).not.toBe('NONE');
});
