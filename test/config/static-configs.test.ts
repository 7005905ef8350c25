import { describe, expect, test } from 'vitest';
import { brokerConfiguration } from '../../src/config/broker-configuration.ts';
import { brokerSettings } from '../../src/config/broker-settings.ts';
import { describeBrokerConfigs } from '../../src/config/describe-configs.ts';
import { noDynamicConfigs } from '../../src/config/dynamic-configs.ts';
import { odradekDefaults } from '../../src/config/odradek-defaults.ts';
import { parseConfigOption } from '../../src/config/parse-config-option.ts';
import { staticConfigs } from '../../src/config/static-configs.ts';

const settingsOf = (options: Parameters<typeof staticConfigs>[0], brokerId = 1) => {
  const { brokers } = staticConfigs(options);
  return brokerSettings(brokerConfiguration(brokerId, brokers.get(brokerId)!, noDynamicConfigs));
};

describe('staticConfigs', () => {
  test('every broker has its own id, and what is said for it alone is stronger', () => {
    const options = {
      brokerIds: [4, 5],
      config: { 'broker.rack': 'a', 'num.partitions': 3, 'node.id': 99 },
      perBroker: { 5: { 'broker.rack': 'b' } },
    };
    expect(settingsOf(options, 4)).toMatchObject({ nodeId: 4, brokerRack: 'a', numPartitions: 3 });
    expect(settingsOf(options, 5)).toMatchObject({ nodeId: 5, brokerRack: 'b', numPartitions: 3 });
  });

  test("Odradek's own defaults can be overruled, and switched off", () => {
    const brokerIds = [1];
    expect(settingsOf({ brokerIds })).toMatchObject({
      ...{ brokerSessionTimeoutMs: 300, brokerHeartbeatIntervalMs: 100 },
      groupInitialRebalanceDelayMs: 0,
    });
    const config = { 'broker.session.timeout.ms': 700 };
    expect(settingsOf({ brokerIds, config })).toMatchObject({
      ...{ brokerSessionTimeoutMs: 700, brokerHeartbeatIntervalMs: 100 },
    });
    expect(settingsOf({ brokerIds, kafkaDefaults: true })).toMatchObject({
      ...{ brokerSessionTimeoutMs: 9000, brokerHeartbeatIntervalMs: 2000 },
      groupInitialRebalanceDelayMs: 3000,
    });
  });

  test("a heartbeat of Kafka's pace gets Kafka's session, or no broker would stay", () => {
    const config = { 'broker.heartbeat.interval.ms': 2000 };
    expect(settingsOf({ brokerIds: [1], config }).brokerSessionTimeoutMs).toBe(9000);
  });

  test("Odradek's own defaults are shown as static configs, next to Kafka's default", () => {
    const { brokers } = staticConfigs({ brokerIds: [1] });
    const configuration = brokerConfiguration(1, brokers.get(1)!, noDynamicConfigs);
    const [described] = describeBrokerConfigs(configuration, {
      keys: ['broker.session.timeout.ms'],
      includeSynonyms: true,
      includeDocumentation: true,
    });
    expect(described).toMatchObject({
      ...{ value: '300', configSource: 4, isDefault: false, readOnly: true },
      documentation: expect.stringContaining('heartbeat'),
      synonyms: [
        { name: 'broker.session.timeout.ms', value: '300', source: 4 },
        { name: 'broker.session.timeout.ms', value: '9000', source: 5 },
      ],
    });
    expect(odradekDefaults.every(({ why }) => why.startsWith('Kafka: '))).toBe(true);
  });

  test.each([
    ['num.partitions', '0', 'Invalid value 0 for configuration num.partitions: Value must be at'],
    ['num.partitions', 'x', 'Invalid value x for configuration num.partitions: Not a number of'],
    ['log.retention.hours', 0, 'requirement failed: log.retention.ms must be unlimited (-1) or,'],
    ['log.roll.ms', 0, 'requirement failed: log.roll.ms must be greater than or equal to 1'],
    ['log.roll.jitter.ms', -1, 'requirement failed: log.roll.jitter.ms must be greater than or'],
    ['replica.fetch.wait.max.ms', 99_999, 'requirement failed: replica.socket.timeout.ms should'],
    ['replica.lag.time.max.ms', 1, 'requirement failed: replica.fetch.wait.max.ms should always'],
    ['max.connections.per.ip', 0, 'requirement failed: max.connections.per.ip can be set to zero'],
    [
      'group.consumer.session.timeout.ms',
      1,
      'group.consumer.session.timeout.ms must be greater than or equal to group.consumer.min',
    ],
    [
      'group.consumer.min.session.timeout.ms',
      99_999_999,
      'group.consumer.max.session.timeout.ms must be greater than or equal to group.consumer.min',
    ],
    ['process.roles', '', "Configuration 'process.roles' must not be empty. Valid values include"],
    ['controller.quorum.voters', 'x', 'Invalid configuration value for controller.quorum.voters.'],
    ['controller.quorum.bootstrap.servers', 'x', 'Failed to parse host name from x for the'],
    [
      'listener.name.external.ssl.client.auth',
      'x',
      'Invalid value x for configuration listener.name.external.ssl.client.auth: String must be',
    ],
    [
      'group.consumer.migration.policy',
      'x',
      'group.consumer.migration.policy: String must be one of (case insensitive): DISABLED',
    ],
    [
      'remote.log.storage.manager.impl.prefix',
      '',
      'remote.log.storage.manager.impl.prefix: String must be non-empty',
    ],
  ])('refuses %s=%s as a Kafka that is started with it', (name, value, problem) => {
    const { problems } = staticConfigs({ brokerIds: [1, 2], config: { [name]: value } });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test('warns of what has no effect, and of what nobody knows, once', () => {
    const { warnings, problems } = staticConfigs({
      brokerIds: [1, 2],
      config: {
        ...{ 'num.partition': 1, 'num.io.threads': 9, 'num.partitions': 2 },
        ...{ 'log.retention.hours': 1, 'log.index.interval.bytes': 5, 'group.share.max.size': 9 },
        ...{ 'zzzzzzzzzzzz.nothing': 'like it' },
      },
    });
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      "config 'num.partition' is unknown to Kafka 4.3; did you mean 'num.partitions'?",
      "config 'num.io.threads' has no effect in Odradek",
      "config 'log.index.interval.bytes' has no effect in Odradek",
      "config 'group.share.max.size' has no effect yet: it waits for share groups",
      "config 'zzzzzzzzzzzz.nothing' is unknown to Kafka 4.3",
    ]);
  });

  test('warns of a heartbeat that comes too seldom for the session', () => {
    const config = { 'broker.session.timeout.ms': 150 };
    expect(staticConfigs({ brokerIds: [1, 2], config }).warnings).toEqual([
      'broker.heartbeat.interval.ms (100) is more than half of broker.session.timeout.ms (150): ' +
        'brokers may be fenced without reason',
    ]);
  });
});

describe('parseConfigOption', () => {
  test.each([
    ['a.b=c', { brokerId: null, name: 'a.b', value: 'c' }],
    ['2:a.b=c', { brokerId: 2, name: 'a.b', value: 'c' }],
    ['12:a.b=c', { brokerId: 12, name: 'a.b', value: 'c' }],
    [' a.b = c=d ', { brokerId: null, name: 'a.b', value: 'c=d' }],
    ['a.b=', { brokerId: null, name: 'a.b', value: '' }],
    [
      'advertised=PLAINTEXT://a:9',
      { brokerId: null, name: 'advertised', value: 'PLAINTEXT://a:9' },
    ],
    ['a.b', { problem: "'a.b' is not key=value" }],
    ['=c', { problem: "'=c' has no config name before '='" }],
    ['2:=c', { problem: "'2:=c' has no config name before '='" }],
  ])('%s', (text, parsed) => {
    expect(parseConfigOption(text)).toEqual(parsed);
  });
});
