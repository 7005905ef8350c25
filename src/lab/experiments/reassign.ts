import type { Experiment } from './experiment.ts';

export const reassign: Experiment = {
  id: 'E17',
  name: 'reassign',
  title: 'A partition moves to other brokers, and one of them crashes',
  teaches:
    'A reassignment first adds the new replicas and then waits until all of them are in sync; ' +
    'only then does it drop the old ones, in one step. Until that moment the old ones serve as ' +
    'before, so nothing can be lost, whatever happens to the new ones; but if one of them does ' +
    'not come back, it waits for ever. A throttle keeps the copying from crowding out the ' +
    'clients. If it is slower than what they write, or just too slow for anybody to wait, it ' +
    'never ends either.',
  source: 'KIP-455; throttles: KIP-73',
  prevention: 'a throttle above what producers write; patience, or another target',
  brokers: 6,
  config: { 'replica.fetch.max.bytes': '1' },
  steps: [
    {
      say: 'A producer writes twenty records of 20 kB.',
      do: 'traffic',
      everyMs: 100,
      ms: 2000,
      sizeBytes: 20_000,
      expect: { isrChanges: 0 },
    },
    {
      say: 'The rate of throttled replicas is set to 1 kB a second.',
      do: 'throttle',
      bytesPerSecond: 1000,
    },
    {
      say: 'The partition is to move from brokers {1}, {2}, {3} to {4}, {5}, {6}.',
      do: 'reassign',
      to: [4, 5, 6],
      expect: { error: 'NONE' },
    },
    { say: 'Broker {5} crashes.', do: 'crash', broker: 5, atOnce: true },
    { say: 'Half a minute goes by.', do: 'wait', ms: 30_000 },
    {
      say: 'What is still to be done?',
      do: 'reassignment',
      expect: { adding: [4, 5, 6], removing: [1, 2, 3] },
    },
    {
      say: 'A producer sends m.',
      do: 'produce',
      value: 'm',
      expect: { error: 'NONE', baseOffset: 'n+20' },
    },
    {
      say: 'Who is in sync?',
      do: 'look',
      expect: { leader: 1 },
    },
    { say: 'Broker {5} comes back.', do: 'restart', broker: 5 },
    { say: 'A minute goes by.', do: 'wait', ms: 60_000 },
    {
      say: 'What is still to be done?',
      do: 'reassignment',
      harm: { adding: [4, 5, 6], removing: [1, 2, 3] },
      prevented: { adding: [], removing: [] },
    },
    {
      say: 'The operator loses patience and sets the rate to 10 MB a second.',
      do: 'throttle',
      bytesPerSecond: 10_000_000,
      only: 'harm',
    },
    {
      say: 'All new replicas are in sync, and the old ones are dropped.',
      do: 'until',
      expect: { leader: 4, leaderEpoch: 'E+1', isr: [4, 5, 6] },
    },
    {
      say: 'A consumer reads m from broker {4}.',
      do: 'read',
      from: 'n+20',
      expect: { error: 'NONE', values: ['m'] },
    },
    {
      say: 'Broker {1} has nothing of it any more.',
      do: 'inspect',
      broker: 1,
      expect: { role: 'none' },
    },
  ],
  harm: {
    with: 'a throttle of 1 kB a second on all replicas (leader.replication.throttled.replicas=*)',
    topicConfig: {
      'leader.replication.throttled.replicas': '*',
      'follower.replication.throttled.replicas': '*',
    },
    outcome: {},
    because:
      'Nothing is lost, and nothing gets done: 400 kB at 1 kB a second are seven minutes. Who ' +
      'lifts the throttle, or waits, gets there.',
  },
  prevented: {
    with: 'no replica throttled',
    outcome: {},
    because:
      'Brokers {4} and {6} were in sync at once, and the old replicas served until broker {5} ' +
      'was back and had it all too.',
  },
};
