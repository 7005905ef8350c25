import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

const partitions = (count: number) => Array.from({ length: count }, () => [1]);

export const partitionGrowth: Experiment = {
  id: 'E44',
  name: 'partition-growth',
  title: 'A topic gets more partitions, and a key moves to another one',
  teaches:
    'Records of one key come in order because they are in one partition: the hash of the key, ' +
    'modulo the number of partitions. When that number grows, half of the keys or more go ' +
    'elsewhere from then on, and what was written before stays where it is. The two partitions ' +
    'of a key may have two owners, and nothing keeps one of them from being ahead of the other.',
  source: 'kafka-topics --alter --partitions; the default partitioner (murmur2)',
  prevention: 'more partitions than needed from the beginning; else a new topic',
  ...oneBroker,
  config: { ...oneBroker.config, 'group.consumer.assignors': 'range' },
  consumer: { protocol: 'consumer' },
  steps: [
    {
      say: 'A and B join.',
      do: 'join',
      member: ['A', 'B'],
      harm: { A: [0, 1], B: [2] },
      prevented: { A: [0, 1, 2, 3, 4, 5], B: [6, 7, 8, 9, 10, 11] },
    },
    {
      say: 'Somebody orders something.',
      do: 'produce',
      key: 'order 5',
      value: 'ordered',
      harm: { error: 'NONE', partition: 1 },
      prevented: { error: 'NONE', partition: 4 },
    },
    {
      say: 'A fetches that, and takes its time.',
      do: 'take',
      member: 'A',
      expect: { taken: ['ordered'] },
    },
    {
      say: 'Somebody else gives the topic six partitions.',
      do: 'growTopic',
      to: 6,
      only: 'harm',
      expect: { error: 'NONE' },
    },
    {
      say: 'The coordinator sees it. What is new goes to B.',
      do: 'untilMember',
      member: 'B',
      only: 'harm',
      expect: { partitions: [3, 4, 5] },
    },
    {
      say: 'The order is cancelled.',
      do: 'produce',
      key: 'order 5',
      value: 'cancelled',
      expect: { error: 'NONE', partition: 4 },
    },
    {
      say: 'B polls.',
      do: 'poll',
      member: 'B',
      harm: { processed: ['cancelled'] },
      prevented: { processed: [] },
    },
    { say: 'A is done.', do: 'finish', member: 'A', expect: { processed: ['ordered'] } },
    {
      say: 'A polls.',
      do: 'poll',
      member: 'A',
      harm: { processed: [] },
      prevented: { processed: ['cancelled'] },
    },
  ],
  harm: {
    with: 'three partitions, and three more later',
    replicas: partitions(3),
    outcome: { outOfOrder: ['order 5'] },
    because:
      'The second record of the key went to a partition of another owner, who was not behind: an ' +
      'order was cancelled before it was made.',
  },
  prevented: {
    with: 'twelve partitions from the beginning',
    replicas: partitions(12),
    outcome: {},
    because:
      'The key has one partition, the partition one owner, and the owner one record at a time.',
  },
};
