import type { Experiment } from './experiment.ts';

export const appendOkResponseLost: Experiment = {
  id: 'E19',
  name: 'append-ok-response-lost',
  title: 'The record is there, and the answer that says so gets lost',
  teaches:
    'A producer that hears nothing cannot tell whether its request was lost, or the answer. All ' +
    'it can do is to send the batch again, and a broker that knows only bytes appends it again. ' +
    'An idempotent producer numbers its batches: with a producer id and a sequence number the ' +
    'broker recognises the batch, appends nothing, and answers once more what it answered then.',
  source: 'KIP-98; two generals',
  prevention: 'enable.idempotence=true, the default since Kafka 3.0',
  steps: [
    {
      say: 'From now on nothing that broker {1} says reaches the producer.',
      do: 'cut',
      from: 1,
      to: 'clients',
      oneWay: true,
    },
    { say: 'The producer sends m.', do: 'send', value: 'm' },
    {
      say: 'Broker {1} appends it, and the followers have it.',
      do: 'untilReplica',
      broker: 1,
      expect: { logEndOffset: 'n+1', highWatermark: 'n+1', values: ['m'] },
    },
    {
      say: 'The producer gives up waiting.',
      do: 'answer',
      value: 'm',
      expect: { heard: 'nothing in time', tookMs: { from: 30_000, to: 40_000 } },
    },
    { say: 'The network is well again.', do: 'heal' },
    {
      say: 'It sends the very same batch again.',
      do: 'retry',
      value: 'm',
      expect: { error: 'NONE' },
      harm: { baseOffset: 'n+1' },
      prevented: { baseOffset: 'n' },
    },
    {
      say: 'A consumer reads.',
      do: 'read',
      harm: { values: ['m', 'm'] },
      prevented: { values: ['m'] },
    },
  ],
  harm: {
    with: 'enable.idempotence=false',
    outcome: { duplicated: ['m'] },
    because:
      'For broker {1} the second attempt was a batch like any other. The producer sent once, in ' +
      'its own mind, and consumers get m twice.',
  },
  prevented: {
    with: 'enable.idempotence=true',
    idempotent: true,
    outcome: {},
    because:
      'The batch came with the same producer id and the same sequence number. Broker {1} ' +
      'appended nothing, and answered with the offset that m has had since the first time.',
  },
};
