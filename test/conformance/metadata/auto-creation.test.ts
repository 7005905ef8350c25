import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
let names = 0;

const newName = () => `conformance-auto-${process.pid}-${Date.now().toString(36)}-${++names}`;

async function ask(name: string, allowAutoTopicCreation: boolean, version = 12) {
  const reply = await cluster().request(apis.Metadata, version, {
    topics: [{ name }],
    allowAutoTopicCreation,
  });
  const { errorCode, ...topic } = reply.topics[0]!;
  return { error: errorName(errorCode), ...topic };
}

/** The topic, once it is there. */
async function untilThere(name: string) {
  return await until(`${name} is there`, async () => {
    const topic = await ask(name, false);
    return topic.error === 'NONE' ? topic : undefined;
  });
}

async function isThere(name: string): Promise<boolean> {
  const reply = await cluster().request(apis.Metadata, 12, {
    topics: null,
    allowAutoTopicCreation: false,
  });
  return reply.topics.some((topic) => topic.name === name);
}

test.each([4, 8, 12, 13])(
  'version %d: the first reply is UNKNOWN_TOPIC_OR_PARTITION, then the topic is there',
  async (version) => {
    const name = newName();
    expect(await ask(name, true, version)).toMatchObject({
      error: 'UNKNOWN_TOPIC_OR_PARTITION',
      name,
      partitions: [],
    });
    const topic = await untilThere(name);
    expect(topic.topicId).not.toBe('AAAAAAAAAAAAAAAAAAAAAA');
  },
);

test.each([0, 1, 3])('version %d cannot say no: the topic is created', async (version) => {
  const name = newName();
  expect(await ask(name, false, version)).toMatchObject({ error: 'UNKNOWN_TOPIC_OR_PARTITION' });
  await untilThere(name);
});

test('it has the broker defaults: one partition, one replica', async () => {
  const name = newName();
  await ask(name, true);
  const { partitions } = await untilThere(name);
  expect(partitions).toHaveLength(1);
  expect(partitions[0]!.replicaNodes).toHaveLength(1);
});

test('without leave it is not created', async () => {
  const [unwanted, wanted] = [newName(), newName()];
  expect(await ask(unwanted, false)).toMatchObject({ error: 'UNKNOWN_TOPIC_OR_PARTITION' });
  await ask(wanted, true);
  await untilThere(wanted);
  expect(await isThere(unwanted)).toBe(false);
});

describe('a name that cannot be one', () => {
  test.each([
    ['with a slash', 'not/a/topic'],
    ['.', '.'],
    ['..', '..'],
    ['of 250 characters', 'x'.repeat(250)],
    ['empty', ''],
  ])('%s is INVALID_TOPIC_EXCEPTION', async (_, name) => {
    expect(await ask(name, true)).toMatchObject({
      error: 'INVALID_TOPIC_EXCEPTION',
      name,
      isInternal: false,
      partitions: [],
    });
  });
});

test('asking twice at once makes one topic', async () => {
  const name = newName();
  const [first, second] = await Promise.all([ask(name, true), ask(name, true)]);
  expect(first).toMatchObject({ error: 'UNKNOWN_TOPIC_OR_PARTITION' });
  // The broker reads it after it has answered the first: the topic may be there by then.
  expect(['UNKNOWN_TOPIC_OR_PARTITION', 'NONE']).toContain(second.error);
  const topic = await untilThere(name);
  expect(topic.partitions).toHaveLength(1);
});

test('by id nothing is created', async () => {
  const topicId = 'b2RyYWRlay1ub3QtdGhlcg';
  const reply = await cluster().request(apis.Metadata, 12, {
    topics: [{ name: null, topicId }],
    allowAutoTopicCreation: true,
  });
  expect(errorName(reply.topics[0]!.errorCode)).toBe('UNKNOWN_TOPIC_ID');
});
