import type { Experiment } from './experiment.ts';

export const fastDoubleFailover: Experiment = {
  id: 'E09',
  name: 'fast-double-failover',
  title: 'Two elections within one fetch, and asking for an epoch is not enough',
  teaches:
    'With KIP-101 a follower asks its leader where the last epoch that the follower knows has ' +
    'ended. If leadership went there and back before anybody could fetch, that is an epoch the ' +
    'leader has never heard of. It answers with the end of an older one, in which it has written ' +
    'something else, and the follower cuts at that offset although it belongs to another ' +
    'history. Since KIP-279 the answer names the epoch too, and the two go back until they agree ' +
    'upon one.',
  source: 'KIP-279 (KAFKA-6361)',
  prevention: 'Kafka 2.0 or later',
  brokers: 2,
  replicas: [[1, 2]],
  steps: [
    {
      say: 'Brokers {1} and {2} are cut off from each other, for less than the ISR would notice.',
      do: 'cut',
      from: 1,
      to: 2,
      plane: 'replication',
    },
    {
      say: 'A producer sends x to broker {1}, and hears nothing good in time.',
      do: 'produce',
      value: 'x',
      timeoutMs: 500,
      expect: { error: 'REQUEST_TIMED_OUT' },
    },
    { say: 'Leadership goes to broker {2}.', do: 'moveLeader', to: 2 },
    {
      say: 'Epoch {E+1} begins, and everybody is still in sync.',
      do: 'untilReplica',
      broker: 2,
      expect: { role: 'Leader', leaderEpoch: 'E+1', logEndOffset: 'n' },
    },
    {
      say: 'A producer sends m to broker {2}, and hears nothing good either.',
      do: 'produce',
      value: 'm',
      timeoutMs: 500,
      expect: { error: 'REQUEST_TIMED_OUT' },
    },
    { say: 'Leadership goes back to broker {1}.', do: 'moveLeader', to: 1 },
    {
      say: 'It leads in epoch {E+2}, and has never heard of epoch {E+1}.',
      do: 'untilReplica',
      broker: 1,
      expect: { role: 'Leader', leaderEpoch: 'E+2', logEndOffset: 'n+1', values: ['x'] },
    },
    { say: 'The network is mended.', do: 'heal' },
    {
      say: 'Broker {2} follows, and has what broker {1} has, as far as they know.',
      do: 'untilReplica',
      broker: 1,
      expect: { highWatermark: 'n+1' },
    },
    {
      say: 'What does broker {2} have at offset {n}?',
      do: 'inspect',
      broker: 2,
      expect: { logEndOffset: 'n+1' },
      harm: { values: ['m'] },
      prevented: { values: ['x'] },
    },
  ],
  harm: {
    with: "truncation with KIP-101 alone, as up to Kafka 1.1 (knobs: { truncation: 'kip101' })",
    knobs: { truncation: 'kip101' },
    outcome: { diverged: ['n'], breaks: 'I-02' },
    because:
      'Asked for an epoch it does not know, broker {1} says where epoch E ends, after x. Broker ' +
      '{2} has nothing beyond that and cuts nothing: one of them holds x, the other m.',
  },
  prevented: {
    with: "truncation with KIP-279 (knobs: { truncation: 'kip279' })",
    knobs: { truncation: 'kip279' },
    outcome: {},
    because:
      'Broker {2} hears that this is the end of epoch E, not of its own. It goes back to where ' +
      'its epoch E ended, before m, and fetches x. Nobody was promised m.',
  },
};
