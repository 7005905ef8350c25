import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const tornTxn: Experiment = {
  id: 'E25',
  name: 'torn-txn',
  title: 'A commit that comes late ends the next transaction',
  teaches:
    'EndTxn names a producer and its epoch, and not a transaction. With transaction.version=1 a ' +
    'producer has the same epoch in all of its transactions. If a commit takes long, the ' +
    'producer sends it again over another connection, hears that all is well, and begins the ' +
    'next transaction; when the first request arrives then, it commits what is open: half of a ' +
    'transaction, which its producer may yet abort. With transaction.version=2 each transaction ' +
    'has an epoch of its own, and what is late is refused.',
  source: 'KIP-890, KAFKA-17754; Jepsen: Bufstream 0.1.0',
  prevention: 'transaction.version=2, with clients of Kafka 4.0 or later',
  ...oneBroker,
  transactionsReplicas: [[1]],
  steps: [
    { say: 'P starts.', do: 'initProducer', producer: 'P', expect: { error: 'NONE' } },
    {
      say: 'It writes a to partition 0, in its first transaction.',
      do: 'write',
      producer: 'P',
      value: 'a',
      expect: { error: 'NONE' },
    },
    {
      say: 'It commits, and the network keeps the request.',
      do: 'commit',
      producer: 'P',
      held: true,
      expect: { heard: 'nothing' },
    },
    {
      say: 'It commits once more, over another connection.',
      do: 'commit',
      producer: 'P',
      harm: { error: 'NONE' },
      prevented: { error: 'NONE', producerEpoch: 1 },
    },
    {
      say: 'It writes b to partition 0, in its second transaction.',
      do: 'write',
      producer: 'P',
      value: 'b',
      expect: { error: 'NONE' },
    },
    {
      say: 'The first request arrives after all.',
      do: 'release',
      producer: 'P',
      harm: { error: 'NONE' },
      prevented: { error: 'PRODUCER_FENCED' },
    },
    {
      say: 'What does the coordinator make of it?',
      do: 'untilTransaction',
      harm: { state: 'CompleteCommit', producerEpoch: 0 },
      prevented: { state: 'Ongoing', producerEpoch: 1 },
    },
    {
      say: 'A consumer reads what is committed in partition 0.',
      do: 'read',
      isolation: 'read_committed',
      harm: { values: ['a', 'b'] },
      prevented: { values: ['a'] },
    },
    {
      say: 'P writes c to partition 1, still in its second transaction, as it believes.',
      do: 'write',
      producer: 'P',
      value: 'c',
      partition: 1,
      expect: { error: 'NONE' },
    },
    {
      say: 'Then it aborts it.',
      do: 'abort',
      producer: 'P',
      expect: { error: 'NONE' },
    },
    {
      say: 'Partition 0, as it is committed.',
      do: 'untilRead',
      isolation: 'read_committed',
      harm: { values: ['a', 'b'] },
      prevented: { values: ['a'] },
    },
    {
      say: 'Partition 1.',
      do: 'read',
      partition: 1,
      isolation: 'read_committed',
      expect: { values: [] },
    },
  ],
  harm: {
    with: 'transaction.version=1',
    transactionVersion: 1,
    outcome: { abortedRead: ['b'] },
    because:
      'b and c were of one transaction, and it was aborted. The late commit tore it apart: b is ' +
      'there for everybody, and P has been told that it is not.',
  },
  prevented: {
    with: 'transaction.version=2, the default since Kafka 4.0',
    transactionVersion: 2,
    outcome: {},
    because:
      'The first commit had made the epoch of P 1. The request that came late had 0, and the ' +
      'transaction that was open by then was not touched.',
  },
};
