import type { Experiment } from './experiment.ts';

export const preferredLeader: Experiment = {
  id: 'E16',
  name: 'preferred-leader',
  title: 'After a rolling restart some lead more than others',
  teaches:
    'A broker that is shut down hands over what it leads, and does not get it back when it ' +
    'returns: the last one to be restarted leads nothing. Its clients are told ' +
    'NOT_LEADER_OR_FOLLOWER, and in the same answer who leads now (KIP-951). The first replica ' +
    'of each partition is its preferred leader; ElectLeaders lets it lead again, and the ' +
    'controller does so by itself every five minutes.',
  source: 'auto.leader.rebalance.enable; KIP-183, KIP-460, KIP-951',
  prevention: 'auto.leader.rebalance.enable=true, or kafka-leader-election after a restart',
  replicas: [
    [1, 2, 3],
    [2, 3, 1],
    [3, 1, 2],
  ],
  config: { 'leader.imbalance.check.interval.seconds': '100' },
  steps: [
    { say: 'Each broker leads one partition.', do: 'leaders', expect: { leaders: [1, 2, 3] } },
    {
      say: 'Brokers {1}, {2} and {3} are restarted, one after the other.',
      do: 'rollingRestart',
      brokers: [1, 2, 3],
    },
    {
      say: 'All are in sync, and broker {1} leads two partitions, broker {3} none.',
      do: 'leaders',
      expect: { leaders: [1, 1, 2] },
    },
    {
      say: 'A producer that knows no better sends m for partition 2 to broker {3}.',
      do: 'produce',
      value: 'm',
      partition: 2,
      to: 3,
      expect: {
        error: 'NOT_LEADER_OR_FOLLOWER',
        currentLeader: { leader: 1, leaderEpoch: 'E+1' },
      },
    },
    {
      say: 'It has been told whom to ask, and does.',
      do: 'retry',
      value: 'm',
      partition: 2,
      to: 1,
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    { say: 'A hundred seconds go by.', do: 'wait', ms: 100_000 },
    {
      say: 'Who leads now?',
      do: 'leaders',
      harm: { leaders: [1, 1, 2] },
      prevented: { leaders: [1, 2, 3] },
    },
    {
      say: 'An operator asks for the preferred leader of partition 2.',
      do: 'elect',
      partition: 2,
      harm: { error: 'NONE' },
      prevented: { error: 'ELECTION_NOT_NEEDED' },
    },
    {
      say: 'And once more.',
      do: 'elect',
      partition: 2,
      expect: { error: 'ELECTION_NOT_NEEDED' },
    },
    { say: 'Each leads one again.', do: 'leaders', expect: { leaders: [1, 2, 3] } },
    { say: 'Broker {3} is shut down.', do: 'shutdown', broker: 3 },
    {
      say: 'The operator asks for it to lead all the same.',
      do: 'elect',
      partition: 2,
      expect: { error: 'PREFERRED_LEADER_NOT_AVAILABLE' },
    },
    {
      say: 'The consumer reads m from broker {1}.',
      do: 'read',
      partition: 2,
      expect: { values: ['m'] },
    },
  ],
  harm: {
    with: 'auto.leader.rebalance.enable=false',
    config: { 'auto.leader.rebalance.enable': 'false' },
    outcome: {},
    because:
      'Nothing is lost, but broker {1} did the work of two until somebody asked for the ' +
      'preferred leader.',
  },
  prevented: {
    with: 'auto.leader.rebalance.enable=true, the default',
    outcome: {},
    because:
      'The controller looks every now and then whether a broker leads much less than it should, ' +
      'and lets preferred leaders lead again.',
  },
};
