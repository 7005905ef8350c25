import { describe, expect, test } from 'vitest';
import { ClusterError } from '../../src/server/cluster-error.ts';
import { type ClusterOptions, resolveOptions } from '../../src/server/cluster-options.ts';

function refusal(options: object): ClusterError {
  try {
    resolveOptions(options as ClusterOptions);
  } catch (error) {
    if (error instanceof ClusterError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('what is right', () => {
  test('without options: three brokers from 1 on, on any free ports', () => {
    const resolved = resolveOptions({});
    expect(resolved).toMatchObject({ brokerIds: [1, 2, 3], port: 0, topics: {}, warnings: [] });
    expect([resolved.host, resolved.advertise, resolved.seed]).toEqual(Array(3).fill(undefined));
  });

  test('node.id names the first broker, the others count up', () => {
    expect(resolveOptions({ config: { 'node.id': 7 } }).brokerIds).toEqual([7, 8, 9]);
    expect(resolveOptions({ brokers: 2, config: { 'node.id': '0' } }).brokerIds).toEqual([0, 1]);
  });

  test('each broker has its own id, rack and config, before that of all', () => {
    const { brokerIds, staticConfigs } = resolveOptions({
      brokers: [{ id: 5, rack: 'a' }, { config: { 'num.partitions': 2 } }],
      config: { 'num.partitions': 4 },
    });
    const shown = brokerIds.map((id) => {
      const configs = staticConfigs.get(id)!;
      return [id, configs.get('broker.rack'), configs.get('num.partitions')];
    });
    expect(shown).toEqual([
      [5, 'a', '4'],
      [2, undefined, '2'],
    ]);
  });

  test('advertise is a host with or without a port, also of IPv6', () => {
    const advertised = (advertise: string) => resolveOptions({ advertise }).advertise;
    expect(advertised('kafka')).toEqual({ host: 'kafka', port: undefined });
    expect(advertised('kafka:7000')).toEqual({ host: 'kafka', port: 7000 });
    expect(advertised('[::1]:7000')).toEqual({ host: '::1', port: 7000 });
  });

  test('a config without effect here is a warning', () => {
    const { warnings } = resolveOptions({ config: { 'num.io.threads': 4 } });
    expect(warnings).toEqual([expect.stringContaining('num.io.threads')]);
  });
});

describe('what is wrong is refused, by its name', () => {
  test.each<[string, object, string]>([
    ['a misspelt option', { borkers: 3 }, "startCluster has no 'borkers'; did you mean 'brokers'?"],
    ['a foreign option', { zookeeper: 1 }, "has no 'zookeeper'; known: brokers, controllers,"],
    ['of a broker', { brokers: [{ rak: 'a' }] }, "brokers[0] has no 'rak'; did you mean 'rack'?"],
    [
      'of a topic',
      { topics: { a: { partition: 3 } } },
      "topics['a'] has no 'partition'; did you mean 'partitions'?",
    ],
  ])('%s', (_name, options, text) => {
    const error = refusal(options);
    expect([error.code, error.message]).toEqual([
      'E_UNKNOWN_OPTION',
      expect.stringContaining(text),
    ]);
  });

  test.each<[string, object, string]>([
    ['no brokers', { brokers: 0 }, 'brokers must be a whole number from 1 to 100, not 0'],
    ['half a broker', { brokers: 1.5 }, 'brokers must be a whole number'],
    ['no broker in the list', { brokers: [] }, 'the number of brokers must be'],
    ['an id twice', { brokers: [{ id: 2 }, {}] }, 'two brokers have the id 2'],
    ['an id below 0', { brokers: [{ id: -1 }] }, 'brokers[0].id must be a whole number from 0'],
    [
      'a port that is text',
      { port: '9092' },
      "port must be a whole number from 0 to 65533, not '9092'",
    ],
    ['ports beyond the last', { port: 65_535 }, 'not 65535'],
    ['an empty host', { host: '' }, "host must be a string that is not empty, not ''"],
    ['an address with words for a port', { advertise: 'a:b' }, "HOST or HOST:PORT, not 'a:b'"],
    ['topics as a list', { topics: ['a'] }, 'topics must be an object of names and options'],
    ['a topic as a number', { topics: { a: 3 } }, "topics['a'] must be an object, not 3"],
    ['no partitions', { topics: { a: { partitions: 0 } } }, "topics['a'].partitions must be"],
    ['config as text', { config: 'a=b' }, 'config must be an object of config names'],
    ['a config that is null', { config: { a: null } }, "config['a'] must be a string, a number"],
    ['a seed below 0', { seed: -1 }, 'seed must be a whole number from 0 to 4294967295'],
    ['kafkaDefaults as text', { kafkaDefaults: 'yes' }, 'kafkaDefaults must be true or false'],
  ])('%s', (_name, options, text) => {
    const error = refusal(options);
    expect([error.code, error.message]).toEqual(['E_BAD_OPTION', expect.stringContaining(text)]);
  });

  test('a config value that Kafka refuses', () => {
    const error = refusal({ config: { 'num.partitions': 'many' } });
    expect([error.code, error.message]).toEqual([
      'E_BAD_CONFIG',
      expect.stringContaining('num.partitions'),
    ]);
  });
});
