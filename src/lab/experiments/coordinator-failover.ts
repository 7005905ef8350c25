import type { Experiment } from './experiment.ts';

export const coordinatorFailover: Experiment = {
  id: 'E37',
  name: 'coordinator-failover',
  title: 'The coordinator of a group crashes',
  teaches:
    'The coordinator of a group is the leader of a partition of __consumer_offsets, and what it ' +
    'knows is in that partition. If it crashes, the next leader reads the partition and goes on ' +
    'with the same members in the same generation: nobody has to join again. So all depends on ' +
    'the replicas of that topic. With a single one there is no coordinator until the broker is ' +
    'back, and what its disk has lost is lost: the group, and all that it has committed.',
  source: 'offsets.topic.replication.factor; KIP-62',
  prevention: 'offsets.topic.replication.factor=3',
  config: { 'offsets.topic.num.partitions': '1' },
  replicas: [[2, 3]],
  steps: [
    {
      say: 'A joins. Broker {1} coordinates.',
      do: 'join',
      member: 'A',
      expect: { generation: 1, partitions: [0] },
    },
    { say: 'A producer sends m.', do: 'produce', value: 'm' },
    {
      say: 'A polls.',
      do: 'poll',
      member: 'A',
      expect: { processed: ['m'], commit: 'NONE' },
    },
    { say: 'It is committed.', do: 'committed', expect: { offset: 'n+1' } },
    {
      say: 'Broker {1} crashes, and its disk loses what had not been flushed.',
      do: 'crash',
      broker: 1,
      lose: 'unflushed',
    },
    { say: 'Twenty seconds go by.', do: 'wait', ms: 20_000 },
    {
      say: 'Who coordinates the group, and what does it know?',
      do: 'group',
      harm: { state: 'without a coordinator' },
      prevented: { state: 'Stable', generation: 1, members: ['A'] },
    },
    {
      say: 'A looks for the coordinator.',
      do: 'hears',
      member: 'A',
      only: 'harm',
      harm: { error: 'COORDINATOR_NOT_AVAILABLE' },
    },
    { say: 'A producer sends x.', do: 'produce', value: 'x' },
    { say: 'Broker {1} is back.', do: 'restart', broker: 1 },
    {
      say: 'Nobody there knows of A. It joins as somebody new.',
      do: 'hears',
      member: 'A',
      only: 'harm',
      harm: { error: 'UNKNOWN_MEMBER_ID' },
    },
    {
      say: 'A has its partition.',
      do: 'untilMember',
      member: 'A',
      expect: { state: 'stable', generation: 1, partitions: [0] },
    },
    {
      say: 'Up to where is it done?',
      do: 'committed',
      harm: { offset: -1 },
      prevented: { offset: 'n+1' },
    },
    {
      say: 'A polls.',
      do: 'poll',
      member: 'A',
      harm: { processed: ['m', 'x'] },
      prevented: { processed: ['x'] },
    },
  ],
  harm: {
    with: 'offsets.topic.replication.factor=1',
    offsetsReplicas: [[1]],
    outcome: { processedTwice: ['m'], lostCommitted: true },
    because:
      'There was one copy of what the group had committed, and it was not on the disk yet. With ' +
      'auto.offset.reset=earliest A processed everything again; with latest it would have ' +
      'skipped x.',
  },
  prevented: {
    with: 'offsets.topic.replication.factor=3, the default',
    offsetsReplicas: [[1, 2, 3]],
    outcome: {},
    because:
      'Another replica led after nine seconds, read its log, and went on: the same member in the ' +
      'same generation. A has never joined again.',
  },
};
