import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const zombieCtp: Experiment = {
  id: 'E28',
  name: 'zombie-ctp',
  title: 'A consumer that is out of its group commits its offsets in a transaction',
  teaches:
    'To consume, transform and produce exactly once, an application writes its results and the ' +
    'offsets of what it has read in one transaction. Each instance has a transactional id of its ' +
    'own, so none fences another; what keeps two of them from doing the same work is the group. ' +
    'But the coordinator of the group can refuse a commit only if it is told whose it is: member ' +
    'and generation, which TxnOffsetCommit carries since version 3. Who leaves them out is ' +
    'believed.',
  source: 'KIP-447; kafkajs has no more than TxnOffsetCommit version 1',
  prevention: 'sendOffsetsToTransaction(offsets, consumer.groupMetadata())',
  ...oneBroker,
  replicas: [[1]],
  transactionsReplicas: [[1]],
  outputReplicas: [[1]],
  producer: { transactionalId: 'its own' },
  steps: [
    { say: 'A joins.', do: 'join', member: 'A', expect: { partitions: [0] } },
    { say: 'Its producer starts.', do: 'initProducer', producer: 'A', expect: { error: 'NONE' } },
    { say: 'Somebody sends m.', do: 'produce', value: 'm', expect: { error: 'NONE' } },
    { say: 'A fetches it.', do: 'take', member: 'A', expect: { taken: ['m'] } },
    {
      say: 'Then it stands still, and no heartbeat leaves it.',
      do: 'cutMember',
      member: 'A',
      fate: 'request-lost',
    },
    { say: 'B comes.', do: 'start', member: 'B' },
    { say: 'Its producer starts.', do: 'initProducer', producer: 'B', expect: { error: 'NONE' } },
    {
      say: 'When A has not been heard for 45 seconds, B gets its partition.',
      do: 'untilMember',
      member: 'B',
      expect: { state: 'stable', partitions: [0] },
    },
    { say: 'B fetches m.', do: 'take', member: 'B', expect: { taken: ['m'] } },
    {
      say: 'It writes M, the result, and commits it together with its offset.',
      do: 'transform',
      producer: 'B',
      member: 'B',
      expect: { offsets: 'NONE', commit: 'NONE' },
    },
    {
      say: 'A goes on.',
      do: 'cutMember',
      member: 'A',
      fate: 'delivered',
    },
    {
      say: 'It does with m what B has done.',
      do: 'transform',
      producer: 'A',
      member: 'A',
      atOnce: true,
      harm: { offsets: 'NONE', commit: 'NONE' },
      prevented: { offsets: 'UNKNOWN_MEMBER_ID', abort: 'NONE' },
    },
    {
      say: 'Which results are committed?',
      do: 'results',
      harm: { results: ['M', 'M'] },
      prevented: { results: ['M'] },
    },
  ],
  harm: {
    with: 'sendOffsetsToTransaction(offsets, new ConsumerGroupMetadata("g")), as older clients do',
    producer: { commitsAs: 'the group' },
    outcome: { duplicated: ['M'], processedTwice: ['m'] },
    because:
      'A was no member any more, and did not say that it had been one. Both transactions were ' +
      'committed, each of them all or nothing, and M is there twice.',
  },
  prevented: {
    with: 'sendOffsetsToTransaction(offsets, consumer.groupMetadata())',
    producer: { commitsAs: 'the member' },
    outcome: {},
    because:
      'The coordinator of the group did not know the member that wanted to commit. A had to ' +
      'abort, and with its offsets went its result.',
  },
};
