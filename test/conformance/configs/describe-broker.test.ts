import { describe, expect, test } from 'vitest';
import { describeConfigs, resource, source } from '../harness/configs.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const type = resource.broker;

/** The configs of a broker as it tells them itself. */
async function ofBroker(brokerId: number, keys: readonly string[] | null = null, synonyms = false) {
  const asked = [{ type, name: String(brokerId), keys }];
  const options = { brokerId, includeSynonyms: synonyms };
  const [result] = await describeConfigs(cluster(), asked, options);
  return result!;
}

describe('a broker', () => {
  test('tells its own configs', async () => {
    const brokerId = cluster().brokerIds[1]!;
    const result = await ofBroker(brokerId);
    expect(result).toMatchObject({
      error: 'NONE',
      errorMessage: '',
      resourceType: type,
      resourceName: String(brokerId),
    });
    expect(result.configs['node.id']).toMatchObject({
      value: String(brokerId),
      configSource: source.file,
      readOnly: true,
      isSensitive: false,
    });
    expect(result.names.length).toBeGreaterThan(200);
  });

  test('a config that can be changed while it runs is not read-only', async () => {
    const keys = ['message.max.bytes', 'num.partitions'];
    const { configs } = await ofBroker(cluster().brokerIds[0]!, keys);
    expect(configs['message.max.bytes']).toMatchObject({
      value: '1048588',
      readOnly: false,
      configSource: source.byDefault,
    });
    expect(configs['num.partitions']).toMatchObject({ value: '1', readOnly: true });
  });

  test('a secret is sensitive and its value is null', async () => {
    const { configs } = await ofBroker(cluster().brokerIds[0]!, ['ssl.keystore.password']);
    expect(configs['ssl.keystore.password']).toMatchObject({
      value: null,
      isSensitive: true,
      configType: 9,
    });
  });

  test('synonyms: of a config from its file, then the default', async () => {
    const brokerId = cluster().brokerIds[0]!;
    const { configs } = await ofBroker(brokerId, ['broker.session.timeout.ms'], true);
    expect(configs['broker.session.timeout.ms']).toMatchObject({
      value: '3000',
      configSource: source.file,
      synonyms: [
        { name: 'broker.session.timeout.ms', value: '3000', source: source.file },
        { name: 'broker.session.timeout.ms', value: '9000', source: source.byDefault },
      ],
    });
  });

  test('log.retention.ms is null by default, for it falls back to hours', async () => {
    const keys = ['log.retention.ms', 'log.retention.hours'];
    const { configs } = await ofBroker(cluster().brokerIds[0]!, keys, true);
    expect(configs).toMatchObject({
      'log.retention.ms': { value: null, configSource: source.byDefault, synonyms: [] },
      'log.retention.hours': {
        value: '168',
        configSource: source.byDefault,
        synonyms: [{ name: 'log.retention.hours', value: '168', source: source.byDefault }],
      },
    });
  });

  test('types of its configs', async () => {
    const { configs } = await ofBroker(cluster().brokerIds[0]!);
    const types = Object.entries({
      'auto.create.topics.enable': 1,
      'broker.rack': 2,
      'num.partitions': 3,
      'offsets.topic.replication.factor': 4,
      'log.retention.bytes': 5,
      'log.cleaner.io.buffer.load.factor': 6,
      'log.cleanup.policy': 7,
      'replica.selector.class': 2,
      'authorizer.class.name': 2,
      'ssl.key.password': 9,
    });
    for (const [name, configType] of types)
      expect(configs[name], name).toMatchObject({ configType });
  });

  test('another broker does not tell them: INVALID_REQUEST', async () => {
    const [brokerId, other] = cluster().brokerIds as [number, number];
    const asked = [{ type, name: String(other) }];
    expect(await describeConfigs(cluster(), asked, { brokerId })).toMatchObject([
      {
        error: 'INVALID_REQUEST',
        resourceName: String(other),
        names: [],
        errorMessage: expect.stringContaining(String(other)),
      },
    ]);
  });

  test('a broker name that is no number is INVALID_REQUEST', async () => {
    expect(await describeConfigs(cluster(), [{ type, name: 'one' }])).toMatchObject([
      { error: 'INVALID_REQUEST', names: [], errorMessage: expect.any(String) },
    ]);
  });
});

test('the defaults of all brokers: only what was set for all of them', async () => {
  const [result] = await describeConfigs(cluster(), [{ type, name: '' }]);
  expect(result).toMatchObject({ error: 'NONE', errorMessage: '', resourceName: '' });
  const sources = new Set(Object.values(result!.configs).map((config) => config.configSource));
  expect([...sources].every((one) => one === source.allBrokers)).toBe(true);
});
