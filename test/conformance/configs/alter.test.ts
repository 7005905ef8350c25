import { describe, expect, test } from 'vitest';
import { alterConfigs, resource, source, topicConfig } from '../harness/configs.ts';
import { newName } from '../harness/create-topics.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

type Configs = readonly (readonly [name: string, value: string | null])[];

/** Replaces all configs of one topic. */
async function replace(topic: Pick<Topic, 'name'>, ...configs: Configs) {
  const results = await alterConfigs(cluster(), [{ name: topic.name, configs }]);
  expect(results).toHaveLength(1);
  return results[0]!;
}

async function untilSource(topic: Topic, name: string, configSource: number) {
  return await until(`${name} comes from ${configSource}`, async () => {
    const config = await topicConfig(cluster(), topic.name, name);
    return config?.configSource === configSource ? config : undefined;
  });
}

describe('all configs of a topic at once', () => {
  test.each([0, 1, 2])('version %d: what is named is set', async (version) => {
    const topic = await cluster().topic();
    const changed = [{ name: topic.name, configs: [['retention.ms', '4321']] as const }];
    expect(await alterConfigs(cluster(), changed, { version })).toEqual([
      {
        error: 'NONE',
        errorMessage: null,
        resourceType: resource.topic,
        resourceName: topic.name,
      },
    ]);
    expect(await untilSource(topic, 'retention.ms', source.topic)).toMatchObject({ value: '4321' });
  });

  test('what is not named falls back to its default', async () => {
    const topic = await cluster().topic({ configs: { 'segment.ms': '5000' } });
    expect(await replace(topic, ['retention.ms', '4321'])).toMatchObject({ error: 'NONE' });
    await untilSource(topic, 'retention.ms', source.topic);
    expect(await untilSource(topic, 'segment.ms', source.byDefault)).toMatchObject({
      value: '604800000',
    });
  });

  test('no configs: everything falls back', async () => {
    const topic = await cluster().topic({ configs: { 'segment.ms': '5000' } });
    expect(await replace(topic)).toMatchObject({ error: 'NONE' });
    await untilSource(topic, 'segment.ms', source.byDefault);
  });

  test('a wrong value is INVALID_CONFIG, and nothing is changed', async () => {
    const topic = await cluster().topic({ configs: { 'segment.ms': '5000' } });
    expect(await replace(topic, ['retention.ms', 'soon'])).toMatchObject({
      error: 'INVALID_CONFIG',
      errorMessage: expect.stringContaining('retention.ms'),
    });
    expect(await topicConfig(cluster(), topic.name, 'segment.ms')).toMatchObject({ value: '5000' });
  });

  test('a config that does not exist is INVALID_CONFIG', async () => {
    const topic = await cluster().topic();
    expect(await replace(topic, ['no.such.config', '1'])).toMatchObject({
      error: 'INVALID_CONFIG',
    });
  });

  test('an unknown topic is UNKNOWN_TOPIC_OR_PARTITION', async () => {
    const name = newName();
    expect(await replace({ name }, ['retention.ms', '1'])).toMatchObject({
      error: 'UNKNOWN_TOPIC_OR_PARTITION',
      resourceName: name,
    });
  });

  test('the same config twice is INVALID_REQUEST', async () => {
    const topic = await cluster().topic();
    expect(await replace(topic, ['retention.ms', '1'], ['retention.ms', '2'])).toMatchObject({
      error: 'INVALID_REQUEST',
    });
  });

  test('a value of null is INVALID_REQUEST', async () => {
    const topic = await cluster().topic();
    expect(await replace(topic, ['retention.ms', null])).toMatchObject({
      error: 'INVALID_REQUEST',
      errorMessage: expect.stringContaining('retention.ms'),
    });
  });

  test('validate only changes nothing', async () => {
    const topic = await cluster().topic({ configs: { 'segment.ms': '5000' } });
    const other = await cluster().topic();
    const changed = [{ name: topic.name, configs: [['retention.ms', '1']] as const }];
    const results = await alterConfigs(cluster(), changed, { validateOnly: true });
    expect(results).toMatchObject([{ error: 'NONE', errorMessage: null }]);
    await replace(other, ['retention.ms', '1']);
    await untilSource(other, 'retention.ms', source.topic);
    expect(await topicConfig(cluster(), topic.name, 'segment.ms')).toMatchObject({ value: '5000' });
  });
});
