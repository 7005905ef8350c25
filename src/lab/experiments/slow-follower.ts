import type { Experiment } from './experiment.ts';

export const slowFollower: Experiment = {
  id: 'E05',
  name: 'slow-follower',
  title: 'One slow follower, and every write with acks=all waits for it',
  teaches:
    'acks=all waits for everybody in the ISR, not for min.insync.replicas of them. A follower ' +
    'that has become slow stays in the ISR for replica.lag.time.max.ms, thirty seconds by ' +
    'default, and that is how long every write may take. The minimum bounds what can be lost; ' +
    'who is in sync decides how long it takes. And a producer that gives up while it waits has ' +
    'written all the same.',
  source: 'replica.lag.time.max.ms; request.timeout.ms',
  prevention: 'enable.idempotence=true; a smaller replica.lag.time.max.ms for shorter waits',
  steps: [
    {
      say: 'What broker {3} sends to broker {1} takes forty seconds from now on.',
      do: 'slow',
      from: 3,
      to: 1,
      plane: 'replication',
      latencyMs: 40_000,
      oneWay: true,
    },
    {
      say: 'A producer sends m with acks=all, and waits for thirty seconds.',
      do: 'produce',
      value: 'm',
      harm: { error: 'REQUEST_TIMED_OUT', tookMs: { from: 30_000, to: 30_100 } },
      prevented: { error: 'REQUEST_TIMED_OUT', tookMs: { from: 30_000, to: 30_100 } },
      also: { error: 'NONE', baseOffset: 'n', tookMs: { from: 5000, to: 16_000 } },
    },
    {
      say: 'Broker {1} has written m nevertheless.',
      do: 'inspect',
      broker: 1,
      expect: { logEndOffset: 'n+1', values: ['m'] },
    },
    {
      say: 'The producer sends the very same batch again.',
      do: 'retry',
      value: 'm',
      only: ['harm', 'prevented'],
      harm: { error: 'NONE', baseOffset: 'n+1' },
      prevented: { error: 'NONE', baseOffset: 'n' },
    },
    {
      say: 'Broker {1} has found out that broker {3} is behind, and goes on without it.',
      do: 'until',
      expect: { leader: 1, leaderEpoch: 'E', isr: [1, 2] },
    },
    {
      say: 'The next write takes milliseconds.',
      do: 'produce',
      value: 'x',
      expect: { error: 'NONE', tookMs: { from: 0, to: 100 } },
    },
    { say: 'The network is mended, and broker {3} catches up.', do: 'heal' },
    { say: 'It is in sync again.', do: 'until', expect: { isr: [1, 2, 3] } },
  ],
  harm: {
    with: 'enable.idempotence=false',
    outcome: { duplicated: ['m'] },
    because: 'The timeout said nothing about the record, only about the answer. m is there twice.',
  },
  prevented: {
    with: 'enable.idempotence=true',
    idempotent: true,
    outcome: {},
    because: 'It takes as long, but the second attempt is recognised and answered with the first.',
  },
  also: {
    with: 'replica.lag.time.max.ms=10000',
    config: { 'replica.lag.time.max.ms': '10000' },
    outcome: {},
    because: 'The ISR shrinks before the producer gives up, so there is nothing to try again.',
  },
};
