import type { Experiment } from './experiment.ts';

export const lastReplicaStanding: Experiment = {
  id: 'E12',
  name: 'last-replica-standing',
  title: 'The last one in sync is not the one who has it all',
  teaches:
    'When brokers leave one by one, the last one in sync has everything, and so Kafka waited for ' +
    'it alone. But if its power fails, it comes back without the end of its log, and is still ' +
    'the last one in sync: it leads, and the others cut off what they have in good order on ' +
    'their disks. Since KIP-966 the controllers remember who left a small ISR with all that was ' +
    'committed, the eligible leader replicas, and who has ended uncleanly is not one of them.',
  source: 'KIP-966, the last replica standing',
  prevention: 'eligible leader replicas: the default for new clusters since Kafka 4.1',
  steps: [
    {
      say: 'Broker {1} is shut down and started again: all that it has is on its disk.',
      do: 'rollingRestart',
      brokers: [1],
    },
    { say: 'It leads again.', do: 'elect', expect: { error: 'NONE' } },
    {
      say: 'A producer sends m with acks=all: all three brokers have it, and it is committed.',
      do: 'produce',
      value: 'm',
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    { say: 'Broker {2} is shut down in good order.', do: 'shutdown', broker: 2 },
    { say: 'Brokers {1} and {3} are enough.', do: 'until', expect: { leader: 1, isr: [1, 3] } },
    { say: 'Broker {3} is shut down in good order.', do: 'shutdown', broker: 3 },
    {
      say: 'Broker {1} is the last one in sync.',
      do: 'until',
      expect: { leader: 1, isr: [1] },
      prevented: { elr: [3] },
    },
    {
      say: 'It takes nothing more with acks=all: one is too few.',
      do: 'produce',
      value: 'x',
      expect: { error: 'NOT_ENOUGH_REPLICAS' },
    },
    {
      say: 'The power of broker {1} fails before m is on its disk.',
      do: 'crash',
      broker: 1,
      lose: 'unflushed',
    },
    { say: 'It comes back.', do: 'restart', broker: 1 },
    {
      say: 'What is it, and what has it got?',
      do: 'untilReplica',
      broker: 1,
      expect: { logEndOffset: 'n', values: [] },
      harm: { role: 'Leader' },
      prevented: { role: 'Offline' },
    },
    {
      say: 'Who leads?',
      do: 'look',
      harm: { leader: 1, isr: [1] },
      prevented: { leader: -1, isr: [], elr: [3] },
    },
    { say: 'Broker {3} comes back, with m on its disk.', do: 'restart', broker: 3 },
    {
      say: 'Brokers {1} and {3} are in sync.',
      do: 'until',
      expect: { isr: [1, 3] },
      harm: { leader: 1 },
      prevented: { leader: 3 },
    },
    { say: 'Broker {2} comes back, with m on its disk.', do: 'restart', broker: 2 },
    { say: 'All three are in sync.', do: 'until', expect: { isr: [1, 2, 3] } },
    {
      say: 'Who has m? Broker {3}?',
      do: 'untilReplica',
      broker: 3,
      harm: { logEndOffset: 'n', values: [] },
      prevented: { logEndOffset: 'n+1', values: ['m'] },
    },
    {
      say: 'And a consumer?',
      do: 'read',
      expect: { error: 'NONE' },
      harm: { values: [] },
      prevented: { values: ['m'] },
    },
  ],
  harm: {
    with: 'no eligible leader replicas, as before Kafka 4.1 (knobs: { elr: false })',
    knobs: { elr: false },
    outcome: { lost: ['m'], breaks: 'I-07' },
    because:
      'm was acknowledged with acks=all and min.insync.replicas=2, one disk has failed, and m is ' +
      'gone from all three: brokers {2} and {3} had it, and cut it off because broker {1} led.',
  },
  prevented: {
    with: 'eligible leader replicas, as today',
    outcome: {},
    because:
      'Broker {1} has ended uncleanly, so it is eligible for nothing. Broker {3} left the ISR ' +
      'when it had all that was committed: it leads, and broker {1} fetches m from it.',
  },
};
