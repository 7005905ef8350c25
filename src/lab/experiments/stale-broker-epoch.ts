import type { Experiment } from './experiment.ts';

export const staleBrokerEpoch: Experiment = {
  id: 'E14',
  name: 'stale-broker-epoch',
  title: 'A replica joins the ISR that is no longer the one that caught up',
  teaches:
    'A leader sees that a follower has caught up, and asks the controller to put it into the ' +
    'ISR. If that takes long enough, the follower has meanwhile lost its power, and the end of ' +
    'its log, and has registered again: the controller sees a broker that lives and lets it in. ' +
    'Since KIP-903 a follower says in Fetch which broker epoch it has, the leader passes it on, ' +
    'and the controller refuses a member of another epoch: it is not the process that caught up.',
  source: 'KIP-903 (KAFKA-14139)',
  prevention: 'Kafka 3.5 or later',
  config: { 'replica.lag.time.max.ms': '5000' },
  steps: [
    {
      say: 'Broker {2} is shut down and started again: all that it has is on its disk.',
      do: 'rollingRestart',
      brokers: [2],
    },
    {
      say: 'Broker {2} no longer hears broker {1}, which leads.',
      do: 'cut',
      from: 1,
      to: 2,
      plane: 'replication',
    },
    { say: 'A producer sends m with acks=all.', do: 'send', value: 'm' },
    { say: 'Broker {2} has lagged for too long.', do: 'until', expect: { leader: 1, isr: [1, 3] } },
    {
      say: 'Brokers {1} and {3} have m, and that is enough.',
      do: 'answer',
      value: 'm',
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    {
      say: 'The controller no longer hears broker {2}, whose session begins to run out.',
      do: 'cut',
      from: 2,
      to: 3000,
    },
    { say: 'Five seconds later.', do: 'wait', ms: 5000 },
    {
      say: 'What broker {1} says to the controller takes a few seconds from now on.',
      do: 'cut',
      from: 1,
      to: 3000,
      plane: 'controller',
      oneWay: true,
    },
    {
      say: 'Broker {2} hears broker {1} again.',
      do: 'mend',
      from: 1,
      to: 2,
      plane: 'replication',
    },
    {
      say: 'It fetches m and has caught up: broker {1} asks for an ISR with broker {2} in it.',
      do: 'untilReplica',
      broker: 2,
      expect: { logEndOffset: 'n+1', highWatermark: 'n+1', values: ['m'] },
    },
    {
      say: 'Before that has arrived, the power of broker {2} fails: m was not on its disk yet.',
      do: 'crash',
      broker: 2,
      lose: 'unflushed',
    },
    { say: 'Nor does it hear broker {1} now.', do: 'cut', from: 1, to: 2, plane: 'replication' },
    { say: 'It starts again, and reaches the controller.', do: 'mend', from: 2, to: 3000 },
    { say: 'It has to wait for the end of its former session.', do: 'restart', broker: 2 },
    {
      say: 'Broker {2} follows again, without m.',
      do: 'untilReplica',
      broker: 2,
      expect: { role: 'Follower', leaderEpoch: 'E', logEndOffset: 'n', values: [] },
    },
    { say: 'The controller lets it take part.', do: 'wait', ms: 100 },
    {
      say: 'Now what broker {1} said reaches the controller.',
      do: 'mend',
      from: 1,
      to: 3000,
      plane: 'controller',
    },
    {
      say: 'The controller says no.',
      do: 'refusal',
      prevented: { error: 'INELIGIBLE_REPLICA' },
      only: 'prevented',
      atOnce: true,
    },
    {
      say: 'Who is in sync?',
      do: 'until',
      harm: { leader: 1, isr: [1, 2, 3] },
      prevented: { leader: 1, isr: [1, 3] },
    },
    { say: 'Broker {1} is shut down in good order.', do: 'shutdown', broker: 1 },
    {
      say: 'Who leads?',
      do: 'until',
      expect: { leaderEpoch: 'E+1' },
      harm: { leader: 2, isr: [2, 3] },
      prevented: { leader: 3 },
    },
    {
      say: 'Broker {3} is in step with it.',
      do: 'untilReplica',
      broker: 3,
      expect: { leaderEpoch: 'E+1' },
      harm: { role: 'Follower', values: [] },
      prevented: { role: 'Leader', values: ['m'] },
    },
    { say: 'The network is mended, and broker {1} comes back.', do: 'heal' },
    { say: 'It has m.', do: 'restart', broker: 1, atOnce: true },
    { say: 'All three are in sync.', do: 'until', expect: { isr: [1, 2, 3] } },
    {
      say: 'A consumer asks for m.',
      do: 'read',
      expect: { error: 'NONE' },
      harm: { values: [] },
      prevented: { values: ['m'] },
    },
  ],
  harm: {
    with: 'no broker epochs in AlterPartition, as before 3.5 (knobs: { brokerEpochs: false })',
    knobs: { brokerEpochs: false },
    outcome: { lost: ['m'], breaks: 'I-07' },
    because:
      'Broker {2} was let in for what its former process had. It led without m, and the two that ' +
      'had it cut it off.',
  },
  prevented: {
    with: 'broker epochs in AlterPartition, as today',
    outcome: {},
    because:
      'Broker {1} meant the process that had caught up, and said so by its broker epoch. That ' +
      'one is gone, so the ISR stays as it is, and broker {3} leads with m.',
  },
};
