import { describe, expect, test } from 'vitest';
import {
  type Changed,
  incrementalAlterConfigs,
  operation,
  resource,
  source,
  topicConfig,
} from '../harness/configs.ts';
import { newName } from '../harness/create-topics.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const { set, delete: remove, append, subtract } = operation;
const text = expect.any(String);

/** Changes configs of one topic. */
async function change(topic: Pick<Topic, 'name'>, ...configs: Changed['configs']) {
  const results = await incrementalAlterConfigs(cluster(), [{ name: topic.name, configs }]);
  expect(results).toHaveLength(1);
  return results[0]!;
}

/** Until a config of the topic has this value. */
async function untilValue(topic: Topic, name: string, value: string) {
  return await until(`${name} is ${value}`, async () => {
    const config = await topicConfig(cluster(), topic.name, name);
    return config?.value === value ? config : undefined;
  });
}

/** Until a config of the topic is its own. */
async function untilSet(topic: Topic, name: string) {
  return await until(`${name} is set`, async () => {
    const config = await topicConfig(cluster(), topic.name, name);
    return config?.configSource === source.topic ? config : undefined;
  });
}

const cleanup = (policy: string) => cluster().topic({ configs: { 'cleanup.policy': policy } });

describe('operations', () => {
  test.each([0, 1])('version %d: SET gives a value', async (version) => {
    const topic = await cluster().topic();
    const changed = [{ name: topic.name, configs: [['retention.ms', '4321', set]] as const }];
    expect(await incrementalAlterConfigs(cluster(), changed, { version })).toEqual([
      {
        error: 'NONE',
        errorMessage: null,
        resourceType: resource.topic,
        resourceName: topic.name,
      },
    ]);
    expect(await untilValue(topic, 'retention.ms', '4321')).toMatchObject({
      configSource: source.topic,
    });
  });

  test('SET leaves other configs alone', async () => {
    const topic = await cluster().topic({ configs: { 'segment.ms': '5000' } });
    await change(topic, ['retention.ms', '4321', set]);
    await untilValue(topic, 'retention.ms', '4321');
    expect(await topicConfig(cluster(), topic.name, 'segment.ms')).toMatchObject({ value: '5000' });
  });

  test('DELETE brings the default back', async () => {
    const topic = await cluster().topic({ configs: { 'retention.ms': '4321' } });
    expect(await change(topic, ['retention.ms', null, remove])).toMatchObject({ error: 'NONE' });
    expect(await untilValue(topic, 'retention.ms', '604800000')).toMatchObject({
      configSource: source.byDefault,
    });
  });

  test('DELETE of a config that is not set is no error', async () => {
    const topic = await cluster().topic();
    expect(await change(topic, ['retention.ms', null, remove])).toMatchObject({ error: 'NONE' });
  });

  test('APPEND adds to a list', async () => {
    const topic = await cleanup('delete');
    expect(await change(topic, ['cleanup.policy', 'compact', append])).toMatchObject({
      error: 'NONE',
    });
    await untilValue(topic, 'cleanup.policy', 'delete,compact');
  });

  test('APPEND of what is there already changes nothing', async () => {
    const topic = await cleanup('compact');
    expect(await change(topic, ['cleanup.policy', 'compact', append])).toMatchObject({
      error: 'NONE',
    });
    await untilValue(topic, 'cleanup.policy', 'compact');
  });

  test('APPEND to a list that was not set adds to its default', async () => {
    const topic = await cluster().topic();
    await change(topic, ['cleanup.policy', 'compact', append]);
    await untilValue(topic, 'cleanup.policy', 'delete,compact');
  });

  test('SUBTRACT takes from a list', async () => {
    const topic = await cleanup('compact,delete');
    expect(await change(topic, ['cleanup.policy', 'delete', subtract])).toMatchObject({
      error: 'NONE',
    });
    await untilValue(topic, 'cleanup.policy', 'compact');
  });

  test('SUBTRACT of what is not there changes nothing', async () => {
    const topic = await cleanup('compact');
    expect(await change(topic, ['cleanup.policy', 'delete', subtract])).toMatchObject({
      error: 'NONE',
    });
    await untilValue(topic, 'cleanup.policy', 'compact');
  });

  test.each([
    ['APPEND', append],
    ['SUBTRACT', subtract],
  ])('%s on a config that is no list is INVALID_CONFIG', async (_, kind) => {
    const topic = await cluster().topic();
    expect(await change(topic, ['retention.ms', '5', kind])).toMatchObject({
      error: 'INVALID_CONFIG',
      errorMessage: text,
    });
  });

  test('several configs in one request', async () => {
    const topic = await cluster().topic({ configs: { 'segment.ms': '5000' } });
    const result = await change(
      topic,
      ['retention.ms', '4321', set],
      ['segment.ms', null, remove],
      ['cleanup.policy', 'compact', append],
    );
    expect(result).toMatchObject({ error: 'NONE' });
    await untilValue(topic, 'retention.ms', '4321');
    await untilValue(topic, 'segment.ms', '604800000');
    await untilValue(topic, 'cleanup.policy', 'delete,compact');
  });

  test('no configs at all change nothing', async () => {
    const topic = await cluster().topic();
    expect(await change(topic)).toMatchObject({ error: 'NONE' });
  });
});

describe('values that are refused are INVALID_CONFIG, and nothing is changed', () => {
  const wrong: [string, string, string][] = [
    ['no number', 'retention.ms', 'soon'],
    ['a number with a fraction', 'retention.ms', '1.5'],
    ['out of range', 'min.insync.replicas', '0'],
    ['too large for an int', 'max.message.bytes', '3000000000'],
    ['no boolean', 'preallocate', 'yes'],
    ['not in the list', 'cleanup.policy', 'burn'],
    ['no such codec', 'compression.type', 'rar'],
    ['no such timestamp type', 'message.timestamp.type', 'Now'],
    ['a ratio above 1', 'min.cleanable.dirty.ratio', '1.5'],
    ['a segment below its minimum', 'segment.bytes', '10'],
    ['empty', 'retention.ms', ''],
  ];
  test.each(wrong)('%s: %s=%s', async (_, name, value) => {
    const topic = await cluster().topic();
    expect(await change(topic, [name, value], ['segment.ms', '5000'])).toMatchObject({
      error: 'INVALID_CONFIG',
      errorMessage: expect.stringContaining(name),
    });
    expect(await topicConfig(cluster(), topic.name, 'segment.ms')).toMatchObject({
      configSource: source.byDefault,
    });
  });

  test('a config that does not exist', async () => {
    const topic = await cluster().topic();
    expect(await change(topic, ['no.such.config', '1'])).toMatchObject({
      error: 'INVALID_CONFIG',
      errorMessage: expect.stringContaining('no.such.config'),
    });
  });

  test('null for SET', async () => {
    const topic = await cluster().topic();
    const result = await change(topic, ['retention.ms', null, set]);
    expect(result.error).not.toBe('NONE');
  });
});

describe('spaces and spellings are put in order', () => {
  test.each([
    ['retention.ms', ' 4321 ', '4321'],
    ['preallocate', 'TRUE', 'true'],
    ['cleanup.policy', 'compact , delete', 'compact,delete'],
  ])('%s=%o', async (name, value, kept) => {
    const topic = await cluster().topic();
    expect(await change(topic, [name, value])).toMatchObject({ error: 'NONE' });
    expect(await untilSet(topic, name)).toMatchObject({ value: kept });
  });
});

describe('requests that contradict themselves are INVALID_REQUEST', () => {
  test('the same config twice', async () => {
    const topic = await cluster().topic();
    const result = await change(topic, ['retention.ms', '1'], ['retention.ms', '2']);
    expect(result).toMatchObject({ error: 'INVALID_REQUEST', errorMessage: text });
  });

  test('the same resource twice, answered each time; the others are changed', async () => {
    const [topic, other] = [await cluster().topic(), await cluster().topic()];
    const configs = [['retention.ms', '4321']] as const;
    const changed = [topic, other, topic].map(({ name }) => ({ name, configs }));
    const results = await incrementalAlterConfigs(cluster(), changed);
    expect(results.map((one) => [one.resourceName, one.error])).toEqual([
      [topic.name, 'INVALID_REQUEST'],
      [other.name, 'NONE'],
      [topic.name, 'INVALID_REQUEST'],
    ]);
    await untilValue(other, 'retention.ms', '4321');
  });
});

test('an unknown topic is UNKNOWN_TOPIC_OR_PARTITION', async () => {
  const name = newName();
  expect(await change({ name }, ['retention.ms', '1'])).toMatchObject({
    error: 'UNKNOWN_TOPIC_OR_PARTITION',
    resourceName: name,
  });
});

test('one bad resource does not keep the others', async () => {
  const topic = await cluster().topic();
  const name = newName();
  const configs = [['retention.ms', '4321']] as const;
  const results = await incrementalAlterConfigs(cluster(), [
    { name, configs },
    { name: topic.name, configs },
  ]);
  expect(results.map((one) => [one.resourceName, one.error]).sort()).toEqual(
    [
      [name, 'UNKNOWN_TOPIC_OR_PARTITION'],
      [topic.name, 'NONE'],
    ].sort(),
  );
  await untilValue(topic, 'retention.ms', '4321');
});

describe('validate only', () => {
  test('answers NONE and changes nothing', async () => {
    const topic = await cluster().topic();
    const changed = [{ name: topic.name, configs: [['retention.ms', '1']] as const }];
    const results = await incrementalAlterConfigs(cluster(), changed, { validateOnly: true });
    expect(results).toMatchObject([{ error: 'NONE', errorMessage: null }]);
    await change(topic, ['segment.ms', '5000']);
    await untilValue(topic, 'segment.ms', '5000');
    expect(await topicConfig(cluster(), topic.name, 'retention.ms')).toMatchObject({
      configSource: source.byDefault,
    });
  });

  test('finds the same errors', async () => {
    const topic = await cluster().topic();
    const changed = [{ name: topic.name, configs: [['retention.ms', 'soon']] as const }];
    const results = await incrementalAlterConfigs(cluster(), changed, { validateOnly: true });
    expect(results).toMatchObject([{ error: 'INVALID_CONFIG' }]);
  });
});

test.each([0, 1, 3, 64])('resource type %d is INVALID_REQUEST', async (type) => {
  const changed = [{ type, name: 'x', configs: [['retention.ms', '1']] as const }];
  expect(await incrementalAlterConfigs(cluster(), changed)).toMatchObject([
    { error: 'INVALID_REQUEST', errorMessage: text },
  ]);
});
