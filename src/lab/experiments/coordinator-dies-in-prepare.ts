import type { Experiment } from './experiment.ts';

export const coordinatorDiesInPrepare: Experiment = {
  id: 'E26',
  name: 'coordinator-dies-in-prepare',
  title:
    'A transaction is decided, and its coordinator crashes before it could tell the partitions',
  teaches:
    'A commit has two phases. First the coordinator writes to __transaction_state that the ' +
    'transaction will be committed: from then on it is decided, and the producer is told so. ' +
    'Then a marker is written to each of its partitions. If the coordinator crashes in between, ' +
    'the next leader of that partition of __transaction_state reads what was decided and writes ' +
    'the markers. All depends on the replicas of that topic: with a single one a decision can be ' +
    'lost, and then nobody ends what is open in the partitions.',
  source: 'KIP-98; transaction.state.log.replication.factor',
  prevention: 'transaction.state.log.replication.factor=3, transaction.state.log.min.isr=2',
  brokers: 4,
  replicas: [[2, 4]],
  steps: [
    {
      say: 'P starts. Broker {1} coordinates its transactions.',
      do: 'initProducer',
      producer: 'P',
      expect: { error: 'NONE' },
    },
    {
      say: 'It writes m, in a transaction, to broker {2}.',
      do: 'write',
      producer: 'P',
      value: 'm',
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    {
      say: 'Nothing that broker {1} says reaches broker {2} any more.',
      do: 'cut',
      from: 1,
      to: 2,
      oneWay: true,
    },
    {
      say: 'P commits, and does not hear the answer.',
      do: 'commit',
      producer: 'P',
      fate: 'response-lost',
      expect: { heard: 'the end of the connection' },
    },
    {
      say: 'The commit is decided.',
      do: 'transaction',
      expect: { state: 'PrepareCommit' },
    },
    {
      say: 'Broker {1} crashes, and its disk loses what had not been flushed.',
      do: 'crash',
      broker: 1,
      lose: 'unflushed',
    },
    {
      say: 'P asks broker {3} to commit.',
      do: 'commit',
      producer: 'P',
      at: 3,
      once: true,
      expect: { error: 'NOT_COORDINATOR' },
    },
    {
      say: 'Broker {3} does not reach broker {2} either.',
      do: 'cut',
      from: 3,
      to: 2,
      oneWay: true,
    },
    { say: 'Twenty seconds go by.', do: 'wait', ms: 20_000 },
    {
      say: 'Who coordinates now, and what does it know?',
      do: 'transaction',
      harm: { state: 'not known' },
      prevented: { state: 'PrepareCommit' },
    },
    {
      say: 'P asks broker {3} again.',
      do: 'commit',
      producer: 'P',
      at: 3,
      once: true,
      harm: { error: 'NOT_COORDINATOR' },
      prevented: { error: 'CONCURRENT_TRANSACTIONS' },
    },
    {
      say: 'A consumer reads what is committed.',
      do: 'read',
      isolation: 'read_committed',
      expect: { values: [], lastStableOffset: 'n', highWatermark: 'n+1' },
    },
    { say: 'The network is well again.', do: 'heal' },
    { say: 'Broker {1} is back.', do: 'restart', broker: 1 },
    {
      say: 'P commits, until it hears something final.',
      do: 'commit',
      producer: 'P',
      harm: { error: 'INVALID_PRODUCER_ID_MAPPING' },
      prevented: { error: 'NONE' },
    },
    { say: 'Somebody else sends x.', do: 'produce', value: 'x', expect: { error: 'NONE' } },
    {
      say: 'A consumer reads what is committed.',
      do: 'read',
      isolation: 'read_committed',
      harm: { values: [], lastStableOffset: 'n' },
      prevented: { values: ['m', 'x'] },
    },
  ],
  harm: {
    with: 'transaction.state.log.replication.factor=1',
    transactionsReplicas: [[1]],
    outcome: { stalled: ['x'], lostCommitted: true },
    because:
      'There was one copy of what had been decided, and it was not on the disk yet. Broker {1} ' +
      'came back without ever having heard of T. Its transaction stays open in the partition, ' +
      'and nobody who reads committed records gets anything that comes after it.',
  },
  prevented: {
    with: 'transaction.state.log.replication.factor=3, the default',
    transactionsReplicas: [[1, 3, 4]],
    outcome: {},
    because:
      'Broker {3} was elected, read that the commit was decided, and wrote the marker as soon as ' +
      'it could; until then P had to ask again. Here reading takes no time. In Kafka it does, ' +
      'and meanwhile the answer is COORDINATOR_LOAD_IN_PROGRESS.',
  },
};
