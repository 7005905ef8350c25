import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const sessionTimeout: Experiment = {
  id: 'E30',
  name: 'session-timeout',
  title: 'A handler takes longer than the session, and its member is put out of the group',
  teaches:
    'A group knows that a member is alive by its heartbeats. kafkajs sends them between records, ' +
    'so a handler that takes longer than the session looks like a member that has died: its ' +
    'partitions go to somebody else, who processes the same records again. The first one does ' +
    'not know until it tries to commit. What it has done by then is done.',
  source: 'session.timeout.ms; heartbeats of kafkajs in eachBatch',
  prevention: 'heartbeats while the handler works, smaller batches, a longer session.timeout.ms',
  ...oneBroker,
  consumer: { sessionTimeoutMs: 30_000 },
  steps: [
    {
      say: 'A and B join. A has partition 0, B has partition 1.',
      do: 'join',
      member: ['A', 'B'],
      expect: { A: [0], B: [1] },
    },
    { say: 'A producer sends m to partition 0.', do: 'produce', value: 'm' },
    {
      say: 'A fetches m. Its handler calls a service that does not answer.',
      do: 'take',
      member: 'A',
      expect: { taken: ['m'] },
    },
    { say: 'Forty seconds go by.', do: 'wait', ms: 40_000 },
    {
      say: 'Who is in the group?',
      do: 'group',
      expect: { state: 'Stable' },
      harm: { generation: 2, members: ['B'] },
      prevented: { generation: 1, members: ['A', 'B'] },
    },
    {
      say: 'B polls.',
      do: 'poll',
      member: 'B',
      harm: { processed: ['m'], commit: 'NONE' },
      prevented: { processed: [] },
    },
    {
      say: 'The service answers. A is done with m, and commits it.',
      do: 'finish',
      member: 'A',
      expect: { processed: ['m'] },
      harm: { commit: 'UNKNOWN_MEMBER_ID' },
      prevented: { commit: 'NONE' },
    },
    {
      say: 'A hears with its next heartbeat that it is a stranger, and joins again.',
      do: 'untilMember',
      member: 'A',
      only: 'harm',
      expect: { generation: 3, partitions: [0] },
    },
    { say: 'Up to where is partition 0 done?', do: 'committed', expect: { offset: 'n+1' } },
  ],
  harm: {
    with: 'heartbeats between records only',
    consumer: { heartbeats: 'between records' },
    outcome: { processedTwice: ['m'] },
    because:
      'After thirty seconds without a heartbeat the coordinator took A for dead and gave m to B. ' +
      'The commit of A was refused, but its work was done: m has been processed twice.',
  },
  prevented: {
    with: 'heartbeats while the handler works',
    consumer: { heartbeats: 'in the background' },
    outcome: {},
    because: 'A was slow, and everybody knew that it was alive. It kept m, and nobody else got it.',
  },
};
