import type { Experiment } from './experiment.ts';

export const hwTruncationDivergence: Experiment = {
  id: 'E08',
  name: 'hw-truncation-divergence',
  title: 'Two replicas with different records at one offset, for ever',
  teaches:
    'A high watermark is an offset, and an offset does not say which record stands there. Here ' +
    'both replicas have been down, and the one that is back first has lost the end of its log. ' +
    'It leads, and writes something else there. The other one comes back, finds that its log ' +
    'ends where its high watermark is, cuts nothing, and goes on: the two differ and nobody ' +
    'notices. With leader epochs the follower asks where its last epoch has ended on the leader.',
  source: 'KIP-101, scenario 2 (KAFKA-1211)',
  prevention: 'Kafka 0.11 or later; against the loss itself more replicas, or flush.messages=1',
  brokers: 2,
  replicas: [[1, 2]],
  topicConfig: { 'min.insync.replicas': '1' },
  steps: [
    { say: 'Broker {2} is shut down: all that it has is on its disk.', do: 'shutdown', broker: 2 },
    { say: 'It is started again.', do: 'restart', broker: 2 },
    { say: 'Both brokers are in sync.', do: 'until', expect: { leader: 1, isr: [1, 2] } },
    {
      say: 'A producer sends m with acks=all, and both brokers write it.',
      do: 'produce',
      value: 'm',
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    { say: 'Broker {1} is shut down. It knows that m is committed.', do: 'shutdown', broker: 1 },
    { say: 'Broker {2} leads.', do: 'until', expect: { leader: 2, isr: [2] } },
    {
      say: 'The power of broker {2} fails: m was not on its disk yet.',
      do: 'crash',
      broker: 2,
      lose: 'unflushed',
    },
    { say: 'Broker {2} is back first.', do: 'restart', broker: 2 },
    {
      say: 'It was the last one in sync, so it leads again.',
      do: 'untilReplica',
      broker: 2,
      expect: { role: 'Leader', logEndOffset: 'n' },
    },
    {
      say: 'A producer sends x. It gets the offset that m had.',
      do: 'produce',
      value: 'x',
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    { say: 'Broker {1} comes back, with m.', do: 'restart', broker: 1 },
    {
      say: 'It follows broker {2}, and is in sync.',
      do: 'until',
      expect: { leader: 2, isr: [1, 2] },
    },
    {
      say: 'What does broker {1} have at offset {n}?',
      do: 'inspect',
      broker: 1,
      harm: { logEndOffset: 'n+1', values: ['m'] },
      prevented: { logEndOffset: 'n+1', values: ['x'] },
    },
    {
      say: 'And broker {2}?',
      do: 'inspect',
      broker: 2,
      expect: { logEndOffset: 'n+1', values: ['x'] },
    },
  ],
  harm: {
    with: "truncation to the high watermark, as before Kafka 0.11 (knobs: { truncation: 'hw' })",
    knobs: { truncation: 'hw', elr: false },
    outcome: {
      lost: ['m'],
      conflicting: ['n'],
      diverged: ['n'],
      breaks: 'I-06',
      lostCommitted: true,
    },
    because:
      'That m is lost is the price of a power cut with min.insync.replicas=1. That broker {1} ' +
      'has kept it is not: who leads decides what a consumer reads at this offset.',
  },
  prevented: {
    with: "truncation by leader epoch (knobs: { truncation: 'kip101' })",
    knobs: { truncation: 'kip101', elr: false },
    outcome: { lost: ['m'], conflicting: ['n'], lostCommitted: true },
    because:
      'm is lost, as power cuts go. But broker {1} asks where epoch E has ended, hears that it ' +
      'was before m, and cuts: both replicas are the same.',
  },
};
