import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const atMostOnce: Experiment = {
  id: 'E42',
  name: 'at-most-once',
  title: 'What is committed before it is processed may never be processed',
  teaches:
    'A committed offset says from where the next owner reads on. It knows nothing of whether ' +
    'records before it were processed. Who commits first and then processes gets each record at ' +
    'most once: what was in its hands when it crashed is gone for the group, though it is still ' +
    'in the log. Who processes first gets each at least once. enable.auto.commit commits what ' +
    'was returned by the poll before, so it is the latter only while the poll loop itself ' +
    'processes.',
  source: 'Message delivery semantics, in the documentation of Kafka',
  prevention: 'commit after processing, and make processing idempotent',
  ...oneBroker,
  steps: [
    {
      say: 'A and B join. A has partition 0, B has partition 1.',
      do: 'join',
      member: ['A', 'B'],
      expect: { A: [0], B: [1] },
    },
    { say: 'A producer sends m to partition 0.', do: 'produce', value: 'm' },
    {
      say: 'A fetches m.',
      do: 'take',
      member: 'A',
      expect: { taken: ['m'] },
      harm: { commit: 'NONE' },
    },
    {
      say: 'Up to where is partition 0 done?',
      do: 'committed',
      harm: { offset: 'n+1' },
      prevented: { offset: -1 },
    },
    { say: 'A crashes before it has processed m.', do: 'crashMember', member: 'A', atOnce: true },
    {
      say: 'When its session is over, B has both partitions.',
      do: 'untilMember',
      member: 'B',
      expect: { state: 'stable', generation: 2, partitions: [0, 1] },
    },
    {
      say: 'B polls.',
      do: 'poll',
      member: 'B',
      harm: { processed: [] },
      prevented: { processed: ['m'], commit: 'NONE' },
    },
    {
      say: 'Anybody who reads the partition finds m.',
      do: 'read',
      expect: { values: ['m'] },
    },
  ],
  harm: {
    with: 'commits before processing',
    consumer: { commits: 'before processing' },
    outcome: { neverProcessed: ['m'] },
    because:
      'B read on from where A had committed, which is behind m. Kafka has lost nothing; the ' +
      'group has, and nobody is told.',
  },
  prevented: {
    with: 'commits after processing',
    consumer: { commits: 'after processing' },
    outcome: {},
    because:
      'Nothing of m was committed, so B got it. Had A crashed a moment later, B would have ' +
      'processed it a second time.',
  },
};
