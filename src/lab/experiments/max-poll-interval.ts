import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const maxPollInterval: Experiment = {
  id: 'E31',
  name: 'max-poll-interval',
  title: 'A consumer whose heartbeats go on, and which does not poll, leaves by itself',
  teaches:
    'Heartbeats from a thread of their own say that the process lives, not that it gets ' +
    "anywhere. So Java's consumer and librdkafka watch themselves: who has not polled for " +
    'max.poll.interval.ms, five minutes by default, leaves the group. Its records go to another ' +
    'member, and when it is done with them it may not commit them any more. kafkajs has no such ' +
    'limit: with it a handler that hangs for ever holds its partitions for ever.',
  source: 'KIP-62; max.poll.interval.ms',
  prevention: 'max.poll.interval.ms above the longest batch, smaller max.poll.records, or pause()',
  ...oneBroker,
  consumer: { heartbeatIntervalMs: 10_000 },
  steps: [
    {
      say: 'A and B join. A has partition 0, B has partition 1.',
      do: 'join',
      member: ['A', 'B'],
      expect: { A: [0], B: [1] },
    },
    { say: 'A producer sends m to partition 0.', do: 'produce', value: 'm' },
    {
      say: 'A fetches m, and begins to process it. That will take six minutes.',
      do: 'take',
      member: 'A',
      expect: { taken: ['m'] },
    },
    {
      say: 'Five and a half minutes go by, in which the heartbeats go on.',
      do: 'wait',
      ms: 330_000,
    },
    {
      say: 'Who is in the group?',
      do: 'group',
      expect: { state: 'Stable' },
      harm: { generation: 2, members: ['B'] },
      prevented: { generation: 1, members: ['A', 'B'] },
      also: { generation: 1, members: ['A', 'B'] },
    },
    {
      say: 'B polls.',
      do: 'poll',
      member: 'B',
      harm: { processed: ['m'], commit: 'NONE' },
      prevented: { processed: [] },
      also: { processed: [] },
    },
    {
      say: 'A is done with m, and commits it.',
      do: 'finish',
      member: 'A',
      only: ['harm', 'prevented'],
      expect: { processed: ['m'] },
      harm: { commit: 'none was sent: it knows that it is no member' },
      prevented: { commit: 'NONE' },
    },
    {
      say: 'It polls, and with that it joins again.',
      do: 'untilMember',
      member: 'A',
      only: 'harm',
      expect: { state: 'stable', generation: 3, partitions: [0] },
    },
    {
      say: 'In this client the handler of A never comes back. Five more minutes go by.',
      do: 'wait',
      ms: 300_000,
      only: 'also',
    },
    { say: 'B polls again.', do: 'poll', member: 'B', only: 'also', also: { processed: [] } },
    {
      say: 'Up to where is partition 0 done?',
      do: 'committed',
      harm: { offset: 'n+1' },
      prevented: { offset: 'n+1' },
      also: { offset: -1 },
    },
  ],
  harm: {
    with: 'max.poll.interval.ms=300000, the default',
    consumer: { maxPollIntervalMs: 300_000 },
    outcome: { processedTwice: ['m'] },
    because:
      'After five minutes A left by itself, and B processed m as well. A could not commit ' +
      '(CommitFailedException), but its work was done: m has been processed twice.',
  },
  prevented: {
    with: 'max.poll.interval.ms=600000',
    consumer: { maxPollIntervalMs: 600_000 },
    outcome: {},
    because: 'Six minutes are within the limit. A kept m, and nobody else got it.',
  },
  also: {
    with: 'a client without such a limit (kafkajs), and a handler that hangs for ever',
    consumer: { leavesWhenLate: false },
    outcome: { neverProcessed: ['m'] },
    because:
      'A sends its heartbeats, so nobody takes partition 0 from it. Nothing of it is processed ' +
      'until somebody looks at the lag of the group.',
  },
};
