import { expect, test } from 'vitest';
import { ConfigResourceType } from '../../src/config/config-resource.ts';
import { configsOf } from '../../src/config/dynamic-configs.ts';
import { emptyMetadata, replay } from '../../src/controller/cluster-metadata.ts';
import type { MetadataRecord } from '../../src/controller/metadata-records.ts';
import { brokers, clusterOf, topic } from './make.ts';

const history: MetadataRecord[] = [
  ...brokers(3),
  ...topic('t', [1, 2], [2, 3]),
  { type: 'partition-change', topicId: 't', partition: 1, isr: [2] },
  { type: 'producer-ids', brokerId: 1, nextProducerId: 1000 },
  ...topic('u', [3]),
  { type: 'remove-topic', topicId: 't' },
];

test('records make the same image one by one as all at once', () => {
  const atOnce = clusterOf(...history);
  const oneByOne = history.reduce((image, record) => replay(image, [record]), emptyMetadata);
  expect(oneByOne).toEqual(atOnce);
  expect(atOnce.offset).toBe(history.length);
});

test('an image never changes, and the next one shares what was not touched', () => {
  const before = clusterOf(...brokers(2), ...topic('t', [1, 2], [2, 1]), ...topic('u', [1]));
  const partitions = [...before.topicsById.get('t')!.partitions];
  const after = replay(before, [
    { type: 'partition-change', topicId: 't', partition: 0, isr: [1] },
    { type: 'partition', topicId: 't', partition: 2, replicas: [1], isr: [1], leader: 1 },
  ]);
  expect(before.topicsById.get('t')!.partitions).toEqual(partitions);
  expect(after.topicsById.get('t')!.partitions).toHaveLength(3);
  expect(after.topicsById.get('t')!.partitions[1]).toBe(partitions[1]);
  expect(after.topicsById.get('u')).toBe(before.topicsById.get('u'));
  expect(after.topicsByName.get('t')).toBe(after.topicsById.get('t'));
});

test('the partition epoch grows with every change, the leader epoch with the leader alone', () => {
  const change = { type: 'partition-change', topicId: 't', partition: 0 } as const;
  const epochs = (...changes: MetadataRecord[]) => {
    const image = clusterOf(...topic('t', [1, 2]), ...changes);
    const { leaderEpoch, partitionEpoch } = image.topicsById.get('t')!.partitions[0]!;
    return { leaderEpoch, partitionEpoch };
  };
  expect(epochs()).toEqual({ leaderEpoch: 0, partitionEpoch: 0 });
  expect(epochs({ ...change, isr: [1] })).toEqual({ leaderEpoch: 0, partitionEpoch: 1 });
  expect(epochs({ ...change, leader: -1 })).toEqual({ leaderEpoch: 1, partitionEpoch: 1 });
});

test('a topic that is removed takes its configs with it, and its name is free again', () => {
  const value = { name: 'retention.ms', value: '1' };
  const resource = { type: ConfigResourceType.TOPIC, name: 't' };
  const before = clusterOf(...topic('t', [1]), {
    type: 'config',
    resourceType: resource.type,
    resourceName: resource.name,
    ...value,
  });
  expect(configsOf(before.configs, resource).size).toBe(1);
  const removed = replay(before, [{ type: 'remove-topic', topicId: 't' }]);
  expect(configsOf(removed.configs, resource).size).toBe(0);
  expect(removed.topicsByName.size + removed.topicsById.size).toBe(0);
  const again = replay(removed, [{ type: 'topic', name: 't', topicId: 'second' }]);
  expect(again.topicsByName.get('t')?.topicId).toBe('second');
});
