import type { Experiment } from './experiment.ts';

export const hwTruncationLoss: Experiment = {
  id: 'E07',
  name: 'hw-truncation-loss',
  title: 'A follower that truncates to its high watermark loses what was committed',
  teaches:
    'A record is committed when every in-sync replica has it; the leader knows that first, and ' +
    'the followers one fetch later. Up to Kafka 0.10 a follower cut its log back to its own high ' +
    'watermark whenever it got a new leader, and so threw away what it had, and what was ' +
    'committed, only to fetch it again. If the leader ends in between, it is gone for good. ' +
    'Since KIP-101 the follower asks where the last epoch that it knows has ended, and cuts ' +
    'there.',
  source: 'KIP-101, scenario 1 (KAFKA-1211)',
  prevention: 'Kafka 0.11 or later; nothing that can be configured helped before',
  config: { 'replica.high.watermark.checkpoint.interval.ms': '500' },
  steps: [
    {
      say: 'A producer sends m with acks=all to broker {1}, which leads.',
      do: 'send',
      value: 'm',
    },
    {
      say: 'Brokers {2} and {3} fetch m, and fetch again: now broker {1} knows that all have it.',
      do: 'untilReplica',
      broker: 1,
      expect: { highWatermark: 'n+1' },
      atOnce: true,
    },
    {
      say: 'In this moment broker {1} can no longer be heard by the others.',
      do: 'cut',
      from: 1,
      to: [2, 3],
      plane: 'replication',
      oneWay: true,
      atOnce: true,
    },
    {
      say: 'The producer is told that m is written.',
      do: 'answer',
      value: 'm',
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    { say: 'A consumer reads it.', do: 'read', expect: { values: ['m'], highWatermark: 'n+1' } },
    {
      say: 'Broker {3} has m, but nobody has told it that m is committed.',
      do: 'inspect',
      broker: 3,
      expect: { logEndOffset: 'n+1', highWatermark: 'n', values: ['m'] },
    },
    { say: 'Broker {3} does not hear broker {2} either.', do: 'cut', from: 2, to: 3, oneWay: true },
    { say: 'Broker {1} crashes.', do: 'crash', broker: 1 },
    {
      say: 'The controller elects broker {2}, and broker {3} is in sync.',
      do: 'until',
      expect: { leader: 2, leaderEpoch: 'E+1', isr: [2, 3] },
    },
    {
      say: 'Broker {3} follows broker {2} now. Does it keep m?',
      do: 'untilReplica',
      broker: 3,
      expect: { role: 'Follower', leaderEpoch: 'E+1' },
      harm: { logEndOffset: 'n', values: [] },
      prevented: { logEndOffset: 'n+1', values: ['m'] },
    },
    { say: 'Before broker {3} has fetched anything, broker {2} crashes.', do: 'crash', broker: 2 },
    {
      say: 'Broker {3} is the last one in sync, and leads.',
      do: 'until',
      expect: { leader: 3, leaderEpoch: 'E+2', isr: [3] },
    },
    { say: 'Brokers {1} and {2} come back.', do: 'restart', broker: [1, 2] },
    { say: 'The network is mended.', do: 'heal' },
    { say: 'All three are in sync again.', do: 'until', expect: { isr: [1, 2, 3] } },
    {
      say: 'The consumer reads on from where m was.',
      do: 'read',
      harm: { values: [] },
      prevented: { values: ['m'] },
    },
  ],
  harm: {
    with: "truncation to the high watermark, as before Kafka 0.11 (knobs: { truncation: 'hw' })",
    knobs: { truncation: 'hw', elr: false },
    outcome: { lost: ['m'], breaks: 'I-03' },
    because:
      'm was acknowledged with acks=all, was on three replicas, and no disk was lost. It is gone ' +
      'because two of them cut it off to be on the safe side, and the third was not asked.',
  },
  prevented: {
    with: "truncation by leader epoch (knobs: { truncation: 'kip101' })",
    knobs: { truncation: 'kip101', elr: false },
    outcome: {},
    because:
      'Broker {3} first asks its leader where epoch E has ended. As long as it gets no answer it ' +
      'cuts nothing, and so it leads with m.',
  },
};
