import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const openTxnLag: Experiment = {
  id: 'E27',
  name: 'open-txn-lag',
  title: 'One transaction stays open, and everybody who reads committed records waits',
  teaches:
    'Who reads with isolation.level=read_committed gets a partition up to its last stable ' +
    'offset: where the oldest open transaction begins. What others have committed after that is ' +
    'there, below the high watermark, and stays out of reach. It ends when the transaction does, ' +
    'or when it is older than its producer allows with transaction.timeout.ms: the coordinator ' +
    'looks for such every ten seconds, and aborts them.',
  source: 'KIP-98; transaction.abort.timed.out.transaction.cleanup.interval.ms',
  prevention: 'short transactions, and a small transaction.timeout.ms',
  ...oneBroker,
  replicas: [[1]],
  transactionsReplicas: [[1]],
  producer: { transactionalId: 'its own' },
  steps: [
    { say: 'A starts.', do: 'initProducer', producer: 'A', expect: { error: 'NONE' } },
    { say: 'So does B.', do: 'initProducer', producer: 'B', expect: { error: 'NONE' } },
    {
      say: 'A writes a, in a transaction, and stands still.',
      do: 'write',
      producer: 'A',
      value: 'a',
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    {
      say: 'B writes b.',
      do: 'write',
      producer: 'B',
      value: 'b',
      expect: { error: 'NONE', baseOffset: 'n+1' },
    },
    { say: 'It commits.', do: 'commit', producer: 'B', expect: { error: 'NONE' } },
    {
      say: 'Its transaction is complete.',
      do: 'untilTransaction',
      transactionalId: 'B',
      expect: { state: 'CompleteCommit' },
    },
    {
      say: 'A consumer reads everything.',
      do: 'read',
      isolation: 'read_uncommitted',
      expect: { values: ['a', 'b'], highWatermark: 'n+3' },
    },
    {
      say: 'Another one reads what is committed.',
      do: 'read',
      isolation: 'read_committed',
      expect: { values: [], highWatermark: 'n+3', lastStableOffset: 'n' },
    },
    {
      say: 'It asks again and again.',
      do: 'untilRead',
      isolation: 'read_committed',
      expect: { values: ['b'], highWatermark: 'n+4', lastStableOffset: 'n+4' },
      harm: { tookMs: { from: 50_000, to: 72_000 } },
      prevented: { tookMs: { from: 1000, to: 22_000 } },
    },
    {
      say: 'A wakes up, and commits.',
      do: 'commit',
      producer: 'A',
      expect: { error: 'INVALID_TXN_STATE' },
    },
  ],
  harm: {
    with: 'transaction.timeout.ms=60000, the default of Java',
    producer: { transactionTimeoutMs: 60_000 },
    outcome: {},
    because:
      'B had committed within milliseconds, and a consumer saw it after a minute: A, with which ' +
      'it has nothing in common, could have ended its transaction until then.',
  },
  prevented: {
    with: 'transaction.timeout.ms=10000, which Kafka Streams sets',
    producer: { transactionTimeoutMs: 10_000 },
    outcome: {},
    because:
      'After ten seconds, and up to ten more until the coordinator looked, A was aborted. Others ' +
      'waited so long, and no longer.',
  },
};
