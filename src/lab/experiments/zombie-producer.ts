import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const zombieProducer: Experiment = {
  id: 'E23',
  name: 'zombie-producer',
  title: 'A producer that was taken for dead wakes up in the middle of a transaction',
  teaches:
    'A process stands still, somebody starts another one for the same work, and then the first ' +
    'goes on. A transactional id says that both are the same producer: when the second one asks ' +
    'for it, the open transaction of the first is aborted, and the epoch grows. From then on ' +
    'partitions refuse the first with INVALID_PRODUCER_EPOCH, and the coordinator with ' +
    'PRODUCER_FENCED; old clients know only the former. A transactional id that is made up anew ' +
    'with each start says nothing, and fences nobody.',
  source: 'KIP-98, KIP-588 (PRODUCER_FENCED)',
  prevention: 'a transactional.id that stays the same for the same work',
  ...oneBroker,
  replicas: [[1]],
  transactionsReplicas: [[1]],
  steps: [
    { say: 'P1 starts.', do: 'initProducer', producer: 'P1', expect: { error: 'NONE' } },
    {
      say: 'It writes a, in a transaction, and stands still.',
      do: 'write',
      producer: 'P1',
      value: 'a',
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    {
      say: 'P2 is started for the same work.',
      do: 'initProducer',
      producer: 'P2',
      harm: { error: 'NONE', producerEpoch: 0 },
      prevented: { before: ['CONCURRENT_TRANSACTIONS'], error: 'NONE', producerEpoch: 2 },
    },
    {
      say: 'It begins where nothing is committed: with a.',
      do: 'write',
      producer: 'P2',
      value: 'a',
      expect: { error: 'NONE' },
    },
    { say: 'Then b.', do: 'write', producer: 'P2', value: 'b', expect: { error: 'NONE' } },
    { say: 'It commits.', do: 'commit', producer: 'P2', expect: { error: 'NONE' } },
    {
      say: 'P1 wakes up, and writes b.',
      do: 'write',
      producer: 'P1',
      value: 'b',
      harm: { error: 'NONE' },
      prevented: { error: 'INVALID_PRODUCER_EPOCH' },
    },
    {
      say: 'Or it names a partition to the coordinator first, as clients did before KIP-890.',
      do: 'addPartition',
      producer: 'P1',
      only: 'prevented',
      prevented: { error: 'PRODUCER_FENCED' },
    },
    {
      say: 'An even older client, such as kafkajs, gets an error that it knows.',
      do: 'addPartition',
      producer: 'P1',
      apiVersion: 1,
      only: 'prevented',
      prevented: { error: 'INVALID_PRODUCER_EPOCH' },
    },
    {
      say: 'P1 commits.',
      do: 'commit',
      producer: 'P1',
      harm: { error: 'NONE' },
      prevented: { error: 'PRODUCER_FENCED' },
    },
    {
      say: 'A consumer reads what is committed.',
      do: 'untilRead',
      isolation: 'read_committed',
      harm: { values: ['a', 'a', 'b', 'b'] },
      prevented: { values: ['a', 'b'] },
    },
  ],
  harm: {
    with: 'transactional.id=a name that each process makes up for itself',
    producer: { transactionalId: 'its own' },
    outcome: { duplicated: ['a', 'b'] },
    because:
      'For the coordinator P1 and P2 had nothing to do with each other. Each committed its ' +
      'transaction, and the work was done twice.',
  },
  prevented: {
    with: 'transactional.id=T, for both',
    producer: { transactionalId: 'T' },
    outcome: {},
    because:
      'With P2 the epoch of T became 2, and P1 had 0. Wherever it turned it was refused, and ' +
      'nothing of its transaction can be read.',
  },
};
