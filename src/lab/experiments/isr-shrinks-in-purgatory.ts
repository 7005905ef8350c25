import type { Experiment } from './experiment.ts';

export const isrShrinksInPurgatory: Experiment = {
  id: 'E06',
  name: 'isr-shrinks-in-purgatory',
  title: 'The ISR falls below its minimum while a write waits for it',
  teaches:
    'The minimum is checked before a record is written. If the ISR shrinks afterwards, while the ' +
    'answer waits in purgatory, the record is in the log and cannot be committed. Up to Kafka ' +
    '3.6 the producer heard NOT_ENOUGH_REPLICAS_AFTER_APPEND; since 3.7 the high watermark rests ' +
    'below the minimum, so that the write times out. Either way it is written, and will be ' +
    'committed later.',
  source: 'KAFKA-15583; NOT_ENOUGH_REPLICAS_AFTER_APPEND in the protocol',
  prevention: 'enable.idempotence=true',
  config: { 'replica.lag.time.max.ms': '10000' },
  steps: [
    { say: 'Broker {3} crashes.', do: 'crash', broker: 3 },
    { say: 'Two replicas are left, just enough.', do: 'until', expect: { leader: 1, isr: [1, 2] } },
    {
      say: 'Brokers {1} and {2} are cut off from each other.',
      do: 'cut',
      from: 1,
      to: 2,
      plane: 'replication',
    },
    {
      say: 'A producer sends m with acks=all. Two are in sync: it is written.',
      do: 'send',
      value: 'm',
    },
    {
      say: 'Broker {1} has not heard of broker {2} for ten seconds: the ISR shrinks.',
      do: 'until',
      expect: { leader: 1, isr: [1] },
    },
    {
      say: 'The producer is answered.',
      do: 'answer',
      value: 'm',
      harm: { error: 'REQUEST_TIMED_OUT', tookMs: { from: 30_000, to: 30_100 } },
      prevented: { error: 'REQUEST_TIMED_OUT', tookMs: { from: 30_000, to: 30_100 } },
      also: { error: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', tookMs: { from: 5000, to: 16_000 } },
    },
    {
      say: 'Broker {1} has m.',
      do: 'inspect',
      broker: 1,
      expect: { logEndOffset: 'n+1', values: ['m'] },
      harm: { highWatermark: 'n' },
      prevented: { highWatermark: 'n' },
      also: { highWatermark: 'n+1' },
    },
    { say: 'The network is mended.', do: 'heal' },
    {
      say: 'Broker {2} is in sync again.',
      do: 'untilReplica',
      broker: 1,
      expect: { isr: [1, 2] },
    },
    {
      say: 'The producer sends the very same batch again.',
      do: 'retry',
      value: 'm',
      harm: { error: 'NONE', baseOffset: 'n+1' },
      prevented: { error: 'NONE', baseOffset: 'n' },
      also: { error: 'NONE', baseOffset: 'n+1' },
    },
  ],
  harm: {
    with: 'enable.idempotence=false',
    outcome: { duplicated: ['m'] },
    because: 'What timed out was committed a moment later, and then came the second attempt.',
  },
  prevented: {
    with: 'enable.idempotence=true',
    idempotent: true,
    outcome: {},
    because: 'The leader has the sequence number of m already, and answers with its offset.',
  },
  also: {
    with: 'before Kafka 3.7, without idempotence (knobs: { strictMinIsr: false })',
    knobs: { strictMinIsr: false, elr: false },
    outcome: { duplicated: ['m'] },
    because:
      'The answer comes sooner and says what happened, and m is even shown to consumers; but who ' +
      'tries again writes it twice.',
  },
};
