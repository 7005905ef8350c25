import type { Experiment } from './experiment.ts';

export const retryReorder: Experiment = {
  id: 'E20',
  name: 'retry-reorder',
  title: 'The first batch is sent again, and the second one has gone before it',
  teaches:
    'A producer does not wait for one answer before it sends the next batch: up to five are ' +
    'under way on a connection. If the first one is refused for a passing reason and the second ' +
    'is not, the retry of the first comes after the second, and the order in which the records ' +
    'were sent is not the order in which they are read. An idempotent producer may have five ' +
    'under way all the same: the broker sees by the sequence number that one is missing, and ' +
    'refuses the second.',
  source: 'KIP-98; max.in.flight.requests.per.connection',
  prevention: 'enable.idempotence=true; or max.in.flight.requests.per.connection=1',
  steps: [
    { say: 'A consumer joins.', do: 'join', member: 'C' },
    {
      say: 'Broker {2} does not hear the controller for a moment.',
      do: 'cut',
      from: 3000,
      to: 2,
      plane: 'controller',
      oneWay: true,
    },
    { say: 'Meanwhile it is made the leader.', do: 'moveLeader', to: 2, expect: { error: 'NONE' } },
    {
      say: 'Its answers to the producer take their time.',
      do: 'cut',
      from: 2,
      to: 'clients',
      plane: 'client',
      oneWay: true,
    },
    { say: 'The producer sends a to it.', do: 'send', value: 'a', key: 'k', to: 2 },
    {
      say: 'Broker {2} does not know that it leads: it refuses a.',
      do: 'wait',
      ms: 100,
    },
    { say: 'It hears the controller again.', do: 'mend', from: 3000, to: 2, oneWay: true },
    {
      say: 'Now it leads.',
      do: 'untilReplica',
      broker: 2,
      expect: { role: 'Leader', leaderEpoch: 'E+1', logEndOffset: 'n' },
    },
    {
      say: 'The producer, which has heard nothing of a yet, sends b.',
      do: 'send',
      value: 'b',
      key: 'k',
      to: 2,
      only: ['harm', 'prevented'],
    },
    {
      say: 'The producer has b as well. It may not send it before a is acknowledged.',
      do: 'send',
      value: 'b',
      key: 'k',
      to: 2,
      only: 'also',
    },
    {
      say: 'The answers come.',
      do: 'mend',
      from: 2,
      to: 'clients',
      oneWay: true,
    },
    {
      say: 'What is said to a?',
      do: 'answer',
      value: 'a',
      expect: { error: 'NOT_LEADER_OR_FOLLOWER' },
    },
    {
      say: 'And to b?',
      do: 'answer',
      value: 'b',
      only: ['harm', 'prevented'],
      harm: { error: 'NONE', baseOffset: 'n' },
      prevented: { error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' },
    },
    {
      say: 'The producer sends a again.',
      do: 'retry',
      value: 'a',
      to: 2,
      expect: { error: 'NONE' },
      harm: { baseOffset: 'n+1' },
      prevented: { baseOffset: 'n' },
      also: { baseOffset: 'n' },
    },
    {
      say: 'And b, which was refused only because a was missing.',
      do: 'retry',
      value: 'b',
      to: 2,
      only: 'prevented',
      prevented: { error: 'NONE', baseOffset: 'n+1' },
    },
    {
      say: 'Now b goes its way.',
      do: 'answer',
      value: 'b',
      only: 'also',
      also: { error: 'NONE', baseOffset: 'n+1' },
    },
    {
      say: 'The consumer polls.',
      do: 'poll',
      member: 'C',
      harm: { processed: ['b', 'a'] },
      prevented: { processed: ['a', 'b'] },
      also: { processed: ['a', 'b'] },
    },
  ],
  harm: {
    with: 'enable.idempotence=false, max.in.flight.requests.per.connection=5',
    maxInFlight: 5,
    outcome: { outOfOrder: ['k'] },
    because:
      'a was refused and sent again, as it should be; b had been accepted meanwhile. Nothing is ' +
      'lost and nothing is there twice, but b comes before a.',
  },
  prevented: {
    with: 'enable.idempotence=true, max.in.flight.requests.per.connection=5',
    idempotent: true,
    maxInFlight: 5,
    outcome: {},
    because:
      'Broker {2} knows from the log the last sequence number of this producer, and that of b ' +
      'was not the next one. So b had to wait for a, though both were under way.',
  },
  also: {
    with: 'enable.idempotence=false, max.in.flight.requests.per.connection=1',
    maxInFlight: 1,
    outcome: {},
    because: 'b was not sent before a was there. It costs a round trip for each batch.',
  },
};
