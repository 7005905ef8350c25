import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AlterContext,
  type AlterOutcome,
  alterConfigs,
  createTopicConfigs,
  incrementalAlterConfigs,
} from '../../src/config/alter-configs.ts';
import { brokerConfiguration } from '../../src/config/broker-configuration.ts';
import { type ConfigResource, ConfigResourceType } from '../../src/config/config-resource.ts';
import {
  applyConfigChanges,
  configsOf,
  type DynamicConfigs,
  dropConfigResource,
  noDynamicConfigs,
} from '../../src/config/dynamic-configs.ts';
import { topicSettings } from '../../src/config/topic-settings.ts';

const nobody = new Map<string, string>();
const topic: ConfigResource = { type: ConfigResourceType.TOPIC, name: 't' };
const everyBroker: ConfigResource = { type: ConfigResourceType.BROKER, name: '' };

const contextOf = (dynamic: DynamicConfigs, brokerId = 1): AlterContext => ({
  broker: brokerConfiguration(brokerId, nobody, dynamic),
  dynamic,
  eligibleLeaderReplicas: true,
});

const changesOf = (outcome: AlterOutcome) => {
  if (!('changes' in outcome)) throw new Error(outcome.errorMessage ?? 'refused');
  return outcome.changes;
};

const numberNames = ['retention.ms', 'segment.ms', 'max.message.bytes', 'flush.messages'];
const policies = fc.uniqueArray(fc.constantFrom('compact', 'delete'));
const throttled = fc.uniqueArray(fc.constantFrom('0:1', '0:2', '1:1', '1:3'));
const lists = { 'cleanup.policy': policies, 'leader.replication.throttled.replicas': throttled };

const onNumber = fc.record({
  name: fc.constantFrom(...numberNames),
  configOperation: fc.constantFrom(0, 1),
  value: fc.integer({ min: 1, max: 9 }).map(String),
});
const onList = fc
  .constantFrom(...(Object.keys(lists) as (keyof typeof lists)[]))
  .chain((name) =>
    fc.record({
      name: fc.constant(name),
      configOperation: fc.constantFrom(0, 1, 2, 3),
      value: lists[name].map((elements) => elements.join(',')),
    }),
  )
  // to append nothing is to append one empty element, which Kafka refuses
  .filter(({ configOperation, value }) => configOperation < 2 || value !== '');
const request = fc.uniqueArray(fc.oneof(onNumber, onList), { selector: ({ name }) => name });

const defaults: Record<string, string> = { 'cleanup.policy': 'delete' };
const split = (text: string) => text.split(',').filter((element) => element !== '');

function naive(model: Record<string, string>, name: string, operation: number, value: string) {
  const before = split(model[name] ?? defaults[name] ?? '');
  if (operation === 0) model[name] = value;
  if (operation === 1) delete model[name];
  if (operation === 2) model[name] = [...new Set([...before, ...split(value)])].join(',');
  if (operation === 3) model[name] = before.filter((e) => !split(value).includes(e)).join(',');
}

describe('incrementalAlterConfigs', () => {
  test('does what a naive model does, and records nothing that is so already', () => {
    fc.assert(
      fc.property(fc.array(request), (requests) => {
        const model: Record<string, string> = {};
        let dynamic = noDynamicConfigs;
        for (const operations of requests) {
          const before = configsOf(dynamic, topic);
          const outcome = incrementalAlterConfigs(contextOf(dynamic), topic, operations);
          const changes = changesOf(outcome);
          for (const { name, value } of changes) expect(before.get(name) ?? null).not.toBe(value);
          for (const { name, configOperation, value } of operations) {
            naive(model, name, configOperation, value);
          }
          const last = dynamic;
          const kept = new Map(before);
          dynamic = applyConfigChanges(dynamic, changes);
          expect(Object.fromEntries(configsOf(dynamic, topic))).toEqual(model);
          expect(configsOf(last, topic)).toEqual(kept);
        }
      }),
    );
  });

  test('one wrong operation leaves everything as it was', () => {
    fc.assert(
      fc.property(request, fc.constantFrom('x', '-7', ''), (operations, value) => {
        const wrong = { name: 'segment.bytes', configOperation: 0, value };
        const outcome = incrementalAlterConfigs(contextOf(noDynamicConfigs), topic, [
          ...operations,
          wrong,
        ]);
        expect(outcome).toMatchObject({ errorCode: 40 });
        expect(outcome).not.toHaveProperty('changes');
      }),
    );
  });

  test('without ELR, min.insync.replicas belongs to every broker for itself', () => {
    const context = { ...contextOf(noDynamicConfigs), eligibleLeaderReplicas: false };
    const operation = { name: 'min.insync.replicas', configOperation: 0, value: '2' };
    const own = { type: ConfigResourceType.BROKER, name: '1' };
    expect(incrementalAlterConfigs(context, own, [operation])).toHaveProperty('changes');
    expect(
      incrementalAlterConfigs(context, everyBroker, [{ ...operation, configOperation: 1 }]),
    ).toHaveProperty('changes');
  });

  test('the controller takes any broker, and stores it under its plain number', () => {
    const operations = [{ name: 'log.retention.ms', configOperation: 0, value: '5' }];
    const resource = { type: ConfigResourceType.BROKER, name: '007' };
    const outcome = incrementalAlterConfigs(contextOf(noDynamicConfigs, -1), resource, operations);
    expect(changesOf(outcome)).toEqual([
      { resourceType: 4, resourceName: '7', name: 'log.retention.ms', value: '5' },
    ]);
  });
});

describe('alterConfigs', () => {
  test('leaves exactly what it is given', () => {
    fc.assert(
      fc.property(fc.array(request), (requests) => {
        let dynamic = noDynamicConfigs;
        for (const wanted of requests) {
          const outcome = alterConfigs(contextOf(dynamic), topic, wanted);
          dynamic = applyConfigChanges(dynamic, changesOf(outcome));
          const expected = new Map(wanted.map(({ name, value }) => [name, value]));
          expect(configsOf(dynamic, topic)).toEqual(expected);
        }
      }),
    );
  });
});

describe('the configs of a topic', () => {
  const settings = (dynamic: DynamicConfigs) =>
    topicSettings(contextOf(dynamic).broker, configsOf(dynamic, topic));

  test('those of the topic are stronger than those of its broker', () => {
    const change = { resourceType: ConfigResourceType.BROKER, resourceName: '' };
    let dynamic = applyConfigChanges(noDynamicConfigs, [
      { ...change, name: 'log.retention.ms', value: '10' },
      { ...change, name: 'log.segment.bytes', value: '2000000' },
      { ...change, resourceName: '1', name: 'log.retention.ms', value: '20' },
    ]);
    expect(settings(dynamic)).toMatchObject({ retentionMs: 20, segmentBytes: 2_000_000 });
    const configs = [{ name: 'retention.ms', value: ' +030 ' }];
    const outcome = createTopicConfigs(contextOf(dynamic).broker, 't', configs);
    dynamic = applyConfigChanges(dynamic, changesOf(outcome));
    expect(settings(dynamic)).toMatchObject({ retentionMs: 30, segmentBytes: 2_000_000 });
    expect(settings(dropConfigResource(dynamic, topic)).retentionMs).toBe(20);
  });

  test('have the values that a partition needs, as plain numbers', () => {
    expect(settings(noDynamicConfigs)).toEqual({
      ...{ segmentBytes: 1_073_741_824, segmentMs: 604_800_000, segmentJitterMs: 0 },
      ...{ segmentIndexBytes: 10_485_760, indexIntervalBytes: 4096, fileDeleteDelayMs: 60_000 },
      ...{ retentionMs: 604_800_000, retentionBytes: -1, deleteRetentionMs: 86_400_000 },
      ...{ messageTimestampBeforeMaxMs: 2 ** 63, messageTimestampAfterMaxMs: 3_600_000 },
      ...{ minCompactionLagMs: 0, maxCompactionLagMs: 2 ** 63, minCleanableDirtyRatio: 0.5 },
      ...{ flushMessages: 2 ** 63, flushMs: 2 ** 63, maxMessageBytes: 1_048_588 },
      ...{ messageTimestampType: 'CreateTime', compressionType: 'producer' },
      ...{ cleanupPolicy: { compact: false, delete: true }, minInSyncReplicas: 1 },
      uncleanLeaderElectionEnable: false,
      leaderReplicationThrottledReplicas: [],
      followerReplicationThrottledReplicas: [],
    });
    const own = {
      ...{ 'compression.type': 'uncompressed', 'cleanup.policy': 'compact' },
      ...{ 'internal.segment.bytes': '100', 'unclean.leader.election.enable': 'TRUE' },
    };
    const broker = contextOf(noDynamicConfigs).broker;
    expect(topicSettings(broker, new Map(Object.entries(own)))).toMatchObject({
      ...{ compressionType: 'none', cleanupPolicy: { compact: true, delete: false } },
      ...{ segmentBytes: 100, uncleanLeaderElectionEnable: true },
    });
  });

  test('of hours, minutes and milliseconds of a broker, the finest that is set counts', () => {
    const retention = (configs: Record<string, string>) =>
      topicSettings(
        brokerConfiguration(1, new Map(Object.entries(configs)), noDynamicConfigs),
        nobody,
      ).retentionMs;
    expect(retention({ 'log.retention.hours': '2' })).toBe(7_200_000);
    expect(retention({ 'log.retention.hours': '2', 'log.retention.minutes': '3' })).toBe(180_000);
    expect(retention({ 'log.retention.minutes': '3', 'log.retention.ms': '4' })).toBe(4);
    expect(retention({ 'log.retention.hours': '-1' })).toBe(-1);
  });
});
