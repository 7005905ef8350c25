import type { Experiment } from './experiment.ts';

export const acksallLeaderCrash: Experiment = {
  id: 'E03',
  name: 'acksall-leader-crash',
  title: 'A leader crashes before it could acknowledge what the followers have',
  teaches:
    'This is the good case: with acks=all the record survives its leader, for whoever is elected ' +
    'has it. Two things are worth seeing. The new leader does not know at first how far the ' +
    'partition is committed, and says so to who asks for its end, until its followers have ' +
    'fetched from it. And the producer has heard nothing: if it tries again, only an idempotent ' +
    'one is recognised.',
  source: 'KIP-207 (OFFSET_NOT_AVAILABLE), KIP-98 (idempotence)',
  prevention: 'enable.idempotence=true, the default since Kafka 3.0',
  steps: [
    { say: 'A producer sends m with acks=all to broker {1}.', do: 'send', value: 'm' },
    {
      say: 'Broker {2} fetches it.',
      do: 'untilReplica',
      broker: 2,
      expect: { logEndOffset: 'n+1' },
      atOnce: true,
    },
    {
      say: 'So does broker {3}. Broker {1} does not know it yet.',
      do: 'untilReplica',
      broker: 3,
      expect: { logEndOffset: 'n+1', highWatermark: 'n' },
      atOnce: true,
    },
    { say: 'Broker {1} crashes.', do: 'crash', broker: 1, atOnce: true },
    {
      say: 'The producer hears nothing of m but that its connection has ended.',
      do: 'answer',
      value: 'm',
      expect: { heard: 'the end of the connection' },
    },
    {
      say: 'Broker {2} does not hear broker {3} for a while.',
      do: 'cut',
      from: 3,
      to: 2,
      plane: 'replication',
      oneWay: true,
    },
    {
      say: 'Broker {2} is elected.',
      do: 'untilReplica',
      broker: 2,
      expect: { role: 'Leader', leaderEpoch: 'E+1', logEndOffset: 'n+1', highWatermark: 'n' },
    },
    {
      say: 'A consumer asks where the log ends. Broker {2} cannot say yet.',
      do: 'listOffsets',
      expect: { error: 'OFFSET_NOT_AVAILABLE' },
    },
    {
      say: 'A consumer that is too old for this answer gets another.',
      do: 'listOffsets',
      apiVersion: 4,
      expect: { error: 'LEADER_NOT_AVAILABLE' },
    },
    { say: 'Broker {2} hears broker {3} again.', do: 'heal' },
    {
      say: 'Broker {3} fetches: what both have is committed.',
      do: 'untilReplica',
      broker: 2,
      expect: { highWatermark: 'n+1' },
    },
    {
      say: 'Now the end is known.',
      do: 'listOffsets',
      expect: { error: 'NONE', offset: 'n+1' },
    },
    {
      say: 'The producer sends the very same batch again.',
      do: 'retry',
      value: 'm',
      harm: { error: 'NONE', baseOffset: 'n+1' },
      prevented: { error: 'NONE', baseOffset: 'n' },
    },
    {
      say: 'A consumer reads.',
      do: 'read',
      harm: { values: ['m', 'm'] },
      prevented: { values: ['m'] },
    },
  ],
  harm: {
    with: 'acks=all, enable.idempotence=false',
    outcome: { duplicated: ['m'] },
    because:
      'm has survived, and it is there twice: for broker {2} the second attempt is a batch like ' +
      'any other.',
  },
  prevented: {
    with: 'acks=all, enable.idempotence=true',
    idempotent: true,
    outcome: {},
    because:
      'The batch has a producer id and a sequence number, and they were replicated with it. ' +
      'Broker {2} knows that it has it, and answers with the offset that it has had from the ' +
      'beginning.',
  },
};
