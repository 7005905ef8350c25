import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const producerRestart: Experiment = {
  id: 'E22',
  name: 'producer-restart',
  title: 'A producer crashes and sends again what it does not remember to have sent',
  teaches:
    'Idempotence lasts as long as the process. One that starts again gets another producer id, ' +
    'and what it sends is new to every broker, even if it is the same. A transactional id ' +
    'outlives the process: who comes with it ends what its predecessor has left open, and what ' +
    'was not committed is not there for consumers that read committed records. What was ' +
    'committed stays: an application that starts again must know from where to go on.',
  source: 'KIP-98',
  prevention: 'transactional.id, and isolation.level=read_committed; or a key of the application',
  ...oneBroker,
  replicas: [[1]],
  transactionsReplicas: [[1]],
  steps: [
    {
      say: 'P starts.',
      do: 'initProducer',
      producer: 'P',
      expect: { error: 'NONE', producerEpoch: 0 },
    },
    {
      say: 'It sends m. Broker {1} appends it, and P does not hear of it.',
      do: 'write',
      producer: 'P',
      value: 'm',
      fate: 'response-lost',
      expect: { heard: 'the end of the connection' },
    },
    {
      say: 'P crashes, and is started again.',
      do: 'initProducer',
      producer: 'P',
      harm: { error: 'NONE', producerEpoch: 0 },
      prevented: { before: ['CONCURRENT_TRANSACTIONS'], error: 'NONE', producerEpoch: 2 },
    },
    {
      say: 'For all that it knows m has not been sent. It sends it.',
      do: 'write',
      producer: 'P',
      value: 'm',
      harm: { error: 'NONE', baseOffset: 'n+1' },
      // The marker that aborts the first attempt has an offset as well.
      prevented: { error: 'NONE', baseOffset: 'n+2' },
    },
    {
      say: 'It commits.',
      do: 'commit',
      producer: 'P',
      only: 'prevented',
      prevented: { error: 'NONE' },
    },
    {
      say: 'A consumer reads what is committed.',
      do: 'untilRead',
      isolation: 'read_committed',
      harm: { values: ['m', 'm'] },
      prevented: { values: ['m'] },
    },
  ],
  harm: {
    with: 'enable.idempotence=true, and no transactional.id',
    producer: { transactionalId: 'none' },
    outcome: { duplicated: ['m'] },
    because:
      'The second P was another producer, with another producer id and sequence number 0. Broker ' +
      '{1} could not know that it had m already.',
  },
  prevented: {
    with: 'transactional.id=T, isolation.level=read_committed',
    producer: { transactionalId: 'T' },
    outcome: {},
    because:
      'When P came back as T, the coordinator aborted what T had left open, and only then gave ' +
      'it its next epoch. The first m is in the log, and nobody who reads committed records gets ' +
      'it.',
  },
};
