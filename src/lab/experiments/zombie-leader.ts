import type { Experiment } from './experiment.ts';

export const zombieLeader: Experiment = {
  id: 'E10',
  name: 'zombie-leader',
  title: 'A leader that has been replaced and does not know it',
  teaches:
    'A broker that the controllers cannot reach goes on as if nothing had happened: it leads, ' +
    'and takes what producers send. It cannot show any of it, for its high watermark waits for ' +
    'followers that have gone over to another leader, and it cannot drop them from the ISR ' +
    'without a controller. What tells the two leaders apart is the leader epoch: whoever knows ' +
    'the newer one is not deceived, and whoever knows only the older one is refused. Followers ' +
    'are held to it as well. Before KIP-320 they were not, and one of a former epoch could move ' +
    'the high watermark over a record that it did not have.',
  source: 'KIP-320 (KAFKA-6880)',
  prevention: 'acks=all; leader epochs in Fetch, since Kafka 2.1',
  steps: [
    {
      say: 'Broker {1} is cut off from the other brokers; clients still reach it.',
      do: 'cut',
      from: 1,
      to: [2, 3],
      plane: 'replication',
    },
    { say: 'Nor does it reach the controller.', do: 'cut', from: 1, to: 3000, atOnce: true },
    {
      say: 'When its session is over, the controller elects broker {2}.',
      do: 'until',
      expect: { leader: 2, leaderEpoch: 'E+1', isr: [2, 3] },
    },
    {
      say: 'Broker {1} knows nothing of it.',
      do: 'inspect',
      broker: 1,
      expect: { role: 'Leader', leaderEpoch: 'E', isr: [1, 2, 3] },
    },
    {
      say: 'A producer that knows nothing of it either sends m to broker {1}.',
      do: 'produce',
      value: 'm',
      to: 1,
      timeoutMs: 2000,
      expect: { error: 'REQUEST_TIMED_OUT' },
      harm: { error: 'NONE', baseOffset: 'n' },
    },
    {
      say: 'A consumer of epoch {E} reads from broker {1}. It is not shown m.',
      do: 'read',
      at: 1,
      epoch: 'E',
      expect: { error: 'NONE', values: [], highWatermark: 'n' },
    },
    {
      say: 'A consumer that knows of epoch {E+1} asks broker {1}.',
      do: 'read',
      at: 1,
      epoch: 'E+1',
      expect: { error: 'UNKNOWN_LEADER_EPOCH' },
    },
    {
      say: 'One that knows of epoch {E} alone asks broker {2}.',
      do: 'read',
      at: 2,
      epoch: 'E',
      expect: { error: 'FENCED_LEADER_EPOCH' },
    },
    {
      say: 'A producer that knows broker {2} sends x. It gets the offset that m had.',
      do: 'produce',
      value: 'x',
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    { say: 'The network is mended.', do: 'heal' },
    {
      say: 'Broker {1} hears of epoch {E+1}, cuts m off, and fetches x.',
      do: 'untilReplica',
      broker: 1,
      expect: { role: 'Follower', leaderEpoch: 'E+1', logEndOffset: 'n+1', values: ['x'] },
    },
    { say: 'All three are in sync again.', do: 'until', expect: { isr: [1, 2, 3] } },
    {
      say: 'Now a follower: for a few seconds broker {3} does not hear from the controller.',
      do: 'cut',
      from: 3,
      to: 3000,
    },
    {
      say: 'And brokers {1} and {2} do not hear each other.',
      do: 'cut',
      from: 1,
      to: 2,
      plane: 'replication',
    },
    {
      say: 'Broker {2} gets y. Broker {3} fetches it, broker {1} does not.',
      do: 'produce',
      value: 'y',
      acks: -1,
      timeoutMs: 500,
      expect: { error: 'REQUEST_TIMED_OUT' },
    },
    { say: 'Leadership goes to broker {1}, in epoch {E+2}.', do: 'moveLeader', to: 1 },
    {
      say: 'Broker {1} gets z, at the offset that y has on the others.',
      do: 'produce',
      value: 'z',
      acks: -1,
      timeoutMs: 500,
      expect: { error: 'REQUEST_TIMED_OUT' },
    },
    {
      say: 'Brokers {1} and {2} hear each other again.',
      do: 'mend',
      from: 1,
      to: 2,
      plane: 'replication',
    },
    {
      say: 'Broker {2} cuts y off and fetches z.',
      do: 'untilReplica',
      broker: 2,
      expect: { role: 'Follower', leaderEpoch: 'E+2', values: ['x', 'z'] },
    },
    { say: 'Leadership goes back to broker {2}, in epoch {E+3}.', do: 'moveLeader', to: 2 },
    {
      say: 'Broker {3} still takes this for epoch {E+1}, and has y where broker {2} has z.',
      do: 'inspect',
      broker: 3,
      expect: { role: 'Follower', leaderEpoch: 'E+1', values: ['x', 'y'] },
    },
    { say: 'It asks broker {2} for more, once and again.', do: 'wait', ms: 2000 },
    {
      say: 'Does broker {2} count that as if broker {3} had z?',
      do: 'inspect',
      broker: 2,
      expect: { role: 'Leader', leaderEpoch: 'E+3', isr: [1, 2, 3] },
      also: { highWatermark: 'n+2' },
    },
    {
      say: 'A consumer reads on.',
      do: 'read',
      from: 'n+1',
      expect: { values: [] },
      also: { values: ['z'] },
    },
    { say: 'The network is mended.', do: 'heal' },
    {
      say: 'Broker {3} hears of epoch {E+3}, cuts y off, and fetches z.',
      do: 'untilReplica',
      broker: 3,
      expect: { leaderEpoch: 'E+3', values: ['x', 'z'] },
    },
  ],
  harm: {
    with: 'acks=1',
    acks: 1,
    outcome: { lost: ['m'], conflicting: ['n'] },
    because:
      'A leader that nobody follows any more has acknowledged m. With acks=1 it asks nobody, so ' +
      'nobody could tell it that its time was over.',
  },
  prevented: {
    with: 'acks=all, and leader epochs in Fetch, as today',
    outcome: {},
    because:
      'With acks=all broker {1} waits for followers that it no longer has, and the producer ' +
      'hears nothing good. And broker {3} is refused with FENCED_LEADER_EPOCH until it has heard ' +
      'of the epoch: z is shown when all three have it.',
  },
  also: {
    with:
      'acks=all, and no leader epochs in Fetch, as up to Kafka 2.0 (knobs: { fencing: false, ' +
      "truncation: 'kip279' })",
    knobs: { fencing: false, truncation: 'kip279' },
    outcome: { breaks: 'I-02' },
    because:
      'z was shown to a consumer while broker {3}, which is in sync and could be elected, had y ' +
      'in its place. Had brokers {1} and {2} ended in this moment, z would have been gone.',
  },
};
