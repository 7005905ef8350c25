import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const hangingTxn: Experiment = {
  id: 'E24',
  name: 'hanging-txn',
  title: 'A batch arrives after its transaction was aborted, and begins another that nobody ends',
  teaches:
    'The coordinator of a transaction ends it in the partitions that it knows of, and then it is ' +
    'over. A batch of it that was late is, for a partition, the beginning of a new one: it has ' +
    'the producer id, the epoch and the sequence number that are due. No coordinator knows of ' +
    'that one, so none ends it. The last stable offset stays there for ever: consumers that read ' +
    'committed records get nothing that comes after it, and compaction goes no further. Since ' +
    'Kafka 3.6 the leader asks the coordinator first; since 4.0 each transaction has an epoch of ' +
    'its own, and what is late is too old.',
  source: 'KIP-890, KAFKA-14402; KIP-664 (kafka-transactions find-hanging, abort)',
  prevention:
    'transaction.partition.verification.enable=true, the default since Kafka 3.6; ' +
    'transaction.version=2',
  ...oneBroker,
  replicas: [[1]],
  transactionsReplicas: [[1]],
  steps: [
    { say: 'P starts.', do: 'initProducer', producer: 'P', expect: { error: 'NONE' } },
    {
      say: 'It writes m, in a transaction. The network keeps the request.',
      do: 'write',
      producer: 'P',
      value: 'm',
      held: true,
      expect: { heard: 'nothing' },
    },
    { say: 'Thirty seconds go by, and P gives up.', do: 'wait', ms: 30_000 },
    { say: 'It aborts the transaction.', do: 'abort', producer: 'P', expect: { error: 'NONE' } },
    {
      say: 'For the coordinator it is over.',
      do: 'untilTransaction',
      expect: { state: 'CompleteAbort' },
      harm: { producerEpoch: 0 },
      prevented: { producerEpoch: 0 },
      also: { producerEpoch: 1 },
    },
    {
      say: 'The request arrives after all.',
      do: 'release',
      producer: 'P',
      harm: { error: 'NONE' },
      prevented: { error: 'TRANSACTION_ABORTABLE' },
      also: { error: 'INVALID_PRODUCER_EPOCH' },
    },
    {
      say: 'Somebody else sends x, without a transaction.',
      do: 'produce',
      value: 'x',
      expect: { error: 'NONE' },
    },
    { say: 'Two minutes go by.', do: 'wait', ms: 120_000 },
    {
      say: 'A consumer reads what is committed.',
      do: 'read',
      isolation: 'read_committed',
      // The marker of the abort has an offset as well.
      harm: { values: [], lastStableOffset: 'n+1', highWatermark: 'n+3' },
      prevented: { values: ['x'], lastStableOffset: 'n+2', highWatermark: 'n+2' },
      also: { values: ['x'], lastStableOffset: 'n+1', highWatermark: 'n+1' },
    },
    {
      say: 'The coordinator has nothing to end.',
      do: 'transaction',
      expect: { state: 'CompleteAbort' },
    },
  ],
  harm: {
    with: 'transaction.version=1, transaction.partition.verification.enable=false, as before 3.6',
    transactionVersion: 1,
    knobs: { transactionVerification: false },
    outcome: { stalled: ['x'] },
    because:
      'm began a transaction that only the partition knows of. x is written and has no ' +
      'transaction at all, and still nobody who reads committed records will get it, or anything ' +
      'that comes after it.',
  },
  prevented: {
    with: 'transaction.version=1, transaction.partition.verification.enable=true',
    transactionVersion: 1,
    outcome: {},
    because:
      'Broker {1} asked the coordinator whether its partition is part of a transaction of T. It ' +
      'was not any more, so nothing was appended. Clients that do not know TRANSACTION_ABORTABLE ' +
      'get INVALID_TXN_STATE.',
  },
  also: {
    with: 'transaction.version=2, transaction.partition.verification.enable=false',
    transactionVersion: 2,
    knobs: { transactionVerification: false },
    outcome: {},
    because:
      'With the abort the epoch of T had grown, and what came late had the old one. Here the ' +
      'broker would have made its partition part of the transaction itself, by asking the ' +
      'coordinator, who knew better.',
  },
};
