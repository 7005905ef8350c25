import { describe, expect, test } from 'vitest';
import { describeConfigs, resource, source } from '../harness/configs.ts';
import { newName } from '../harness/create-topics.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const text = expect.any(String);

describe('a topic', () => {
  test.each([1, 2, 3, 4])('version %d: every config with its value', async (version) => {
    const topic = await cluster().topic({ configs: { 'retention.ms': '12345' } });
    const [result] = await describeConfigs(cluster(), [{ name: topic.name }], { version });
    expect(result).toMatchObject({
      error: 'NONE',
      errorMessage: '',
      resourceType: resource.topic,
      resourceName: topic.name,
    });
    expect(result!.configs['retention.ms']).toMatchObject({
      value: '12345',
      readOnly: false,
      configSource: source.topic,
      isSensitive: false,
      synonyms: [],
    });
    expect(result!.configs['cleanup.policy']).toMatchObject({
      value: 'delete',
      configSource: source.byDefault,
    });
  });

  test('the configs are those of Kafka 4.3', async () => {
    const topic = await cluster().topic();
    const [result] = await describeConfigs(cluster(), [{ name: topic.name }]);
    expect([...result!.names].sort()).toEqual(
      [
        'cleanup.policy',
        'compression.gzip.level',
        'compression.lz4.level',
        'compression.type',
        'compression.zstd.level',
        'delete.retention.ms',
        'file.delete.delay.ms',
        'flush.messages',
        'flush.ms',
        'follower.replication.throttled.replicas',
        'index.interval.bytes',
        'leader.replication.throttled.replicas',
        'local.retention.bytes',
        'local.retention.ms',
        'max.compaction.lag.ms',
        'max.message.bytes',
        'message.timestamp.after.max.ms',
        'message.timestamp.before.max.ms',
        'message.timestamp.type',
        'min.cleanable.dirty.ratio',
        'min.compaction.lag.ms',
        'min.insync.replicas',
        'preallocate',
        'remote.log.copy.disable',
        'remote.log.delete.on.disable',
        'remote.storage.enable',
        'retention.bytes',
        'retention.ms',
        'segment.bytes',
        'segment.index.bytes',
        'segment.jitter.ms',
        'segment.ms',
        'unclean.leader.election.enable',
      ].sort(),
    );
  });

  test('each config has its type', async () => {
    const topic = await cluster().topic();
    const [result] = await describeConfigs(cluster(), [{ name: topic.name }]);
    const types = Object.entries({
      preallocate: 1,
      'compression.type': 2,
      'max.message.bytes': 3,
      'retention.ms': 5,
      'min.cleanable.dirty.ratio': 6,
      'cleanup.policy': 7,
    });
    for (const [name, configType] of types) {
      expect(result!.configs[name], name).toMatchObject({ configType });
    }
  });

  test('a topic that does not exist is UNKNOWN_TOPIC_OR_PARTITION', async () => {
    const name = newName();
    expect(await describeConfigs(cluster(), [{ name }])).toMatchObject([
      { error: 'UNKNOWN_TOPIC_OR_PARTITION', resourceName: name, names: [], errorMessage: text },
    ]);
  });

  test.each([
    ['with a slash', 'not/a/topic'],
    ['empty', ''],
  ])('a name that cannot be one (%s) is INVALID_TOPIC_EXCEPTION', async (_, name) => {
    expect(await describeConfigs(cluster(), [{ name }])).toMatchObject([
      { error: 'INVALID_TOPIC_EXCEPTION', resourceName: name, names: [], errorMessage: text },
    ]);
  });

  test('any broker answers', async () => {
    const topic = await cluster().topic({ configs: { 'retention.ms': '777' } });
    for (const brokerId of cluster().brokerIds) {
      const [result] = await describeConfigs(cluster(), [{ name: topic.name }], { brokerId });
      expect(result!.configs['retention.ms'], `broker ${brokerId}`).toMatchObject({ value: '777' });
    }
  });
});

describe('the keys that are asked for', () => {
  test('only those are answered', async () => {
    const topic = await cluster().topic();
    const keys = ['retention.ms', 'cleanup.policy'];
    const [result] = await describeConfigs(cluster(), [{ name: topic.name, keys }]);
    expect([...result!.names].sort()).toEqual([...keys].sort());
  });

  test('an unknown key is passed over', async () => {
    const topic = await cluster().topic();
    const keys = ['retention.ms', 'no.such.config'];
    const [result] = await describeConfigs(cluster(), [{ name: topic.name, keys }]);
    expect(result).toMatchObject({ error: 'NONE', names: ['retention.ms'] });
  });

  test('an empty list asks for all', async () => {
    const topic = await cluster().topic();
    const [result] = await describeConfigs(cluster(), [{ name: topic.name, keys: [] }]);
    expect(result!.names.length).toBeGreaterThan(20);
  });
});

describe('synonyms', () => {
  test('of a config that the topic sets: its own value, then the default', async () => {
    const topic = await cluster().topic({ configs: { 'cleanup.policy': 'compact' } });
    const asked = [{ name: topic.name, keys: ['cleanup.policy'] }];
    const [result] = await describeConfigs(cluster(), asked, { includeSynonyms: true });
    expect(result!.configs['cleanup.policy']!.synonyms).toEqual([
      { name: 'cleanup.policy', value: 'compact', source: source.topic },
      { name: 'log.cleanup.policy', value: 'delete', source: source.byDefault },
    ]);
  });

  test('of a config that it leaves alone: the default of the broker config behind it', async () => {
    const topic = await cluster().topic();
    const asked = [{ name: topic.name, keys: ['max.message.bytes'] }];
    const [result] = await describeConfigs(cluster(), asked, { includeSynonyms: true });
    expect(result!.configs['max.message.bytes']).toMatchObject({
      value: '1048588',
      configSource: source.byDefault,
      synonyms: [{ name: 'message.max.bytes', value: '1048588', source: source.byDefault }],
    });
  });

  test('retention.ms has none by default, for it falls back to log.retention.hours', async () => {
    const topic = await cluster().topic();
    const asked = [{ name: topic.name, keys: ['retention.ms'] }];
    const [result] = await describeConfigs(cluster(), asked, { includeSynonyms: true });
    expect(result!.configs['retention.ms']).toMatchObject({
      value: '604800000',
      configSource: source.byDefault,
      synonyms: [],
    });
  });

  test('are left out unless asked for', async () => {
    const topic = await cluster().topic({ configs: { 'cleanup.policy': 'compact' } });
    const [result] = await describeConfigs(cluster(), [{ name: topic.name }]);
    expect(Object.values(result!.configs).every(({ synonyms }) => synonyms.length === 0)).toBe(
      true,
    );
  });
});

describe('documentation', () => {
  test.each([3, 4])('version %d: comes when asked for', async (version) => {
    const topic = await cluster().topic();
    const asked = [{ name: topic.name, keys: ['retention.ms'] }];
    const options = { version, includeDocumentation: true };
    const [result] = await describeConfigs(cluster(), asked, options);
    expect(result!.configs['retention.ms']!.documentation!.length).toBeGreaterThan(20);
  });

  test('is null when not asked for', async () => {
    const topic = await cluster().topic();
    const asked = [{ name: topic.name, keys: ['retention.ms'] }];
    const [result] = await describeConfigs(cluster(), asked);
    expect(result!.configs['retention.ms']!.documentation).toBeNull();
  });
});

describe('several resources', () => {
  test('are answered one by one', async () => {
    const topic = await cluster().topic();
    const name = newName();
    const results = await describeConfigs(cluster(), [{ name: topic.name }, { name }]);
    expect(results.map((one) => [one.resourceName, one.error]).sort()).toEqual(
      [
        [topic.name, 'NONE'],
        [name, 'UNKNOWN_TOPIC_OR_PARTITION'],
      ].sort(),
    );
  });

  test('none at all: an empty reply', async () => {
    expect(await describeConfigs(cluster(), [])).toEqual([]);
  });

  test.each([0, 1, 3, 64, -1])('resource type %d is INVALID_REQUEST', async (type) => {
    expect(await describeConfigs(cluster(), [{ type, name: 'x' }])).toMatchObject([
      { error: 'INVALID_REQUEST', names: [], errorMessage: text },
    ]);
  });
});
