import type { HistoryRule } from '../../src/history/finding.ts';
import type { Mutation } from './mutations.ts';

interface TransactionMutation extends Mutation {
  /** What the history of the clients alone says of it, and a seed that shows it. */
  readonly seenAs: { readonly seed: number; readonly rule: HistoryRule };
}

/** Rules of transactions, each as it reads when broken. */
export const transactionMutations: readonly TransactionMutation[] = [
  {
    name: 'fencing: a producer that begins anew has the epoch of the one before',
    file: 'src/coordinator/transactions/init-producer.ts',
    find: 'producerEpoch: producerEpoch + 1, lastProducerEpoch: last',
    replace: 'producerEpoch: Math.max(producerEpoch, 0), lastProducerEpoch: last',
    seenAs: { seed: 4, rule: 'inconsistent-offsets' },
  },
  {
    name: 'fencing: a producer that begins anew leaves the open transaction as it is',
    file: 'src/coordinator/transactions/init-producer.ts',
    find: "if (status === 'Ongoing') return 'fence';",
    replace: '',
    seenAs: { seed: 4, rule: 'dirty-read' },
  },
  {
    name: 'fencing: a coordinator adds partitions for an epoch that is over',
    file: 'src/coordinator/transactions/transaction-shard.ts',
    find: 'if (metadata.producerEpoch !== producer.producerEpoch)',
    replace: 'if (metadata.producerEpoch < 0)',
    seenAs: { seed: 29, rule: 'dirty-read' },
  },
  {
    name: 'epochs: the next transaction has the epoch of the last (before KIP-890)',
    file: 'src/coordinator/transactions/transitions.ts',
    find: 'bumpsEpoch(clientTransactionVersion) && producerEpoch < epochMax',
    replace: 'producerEpoch < 0',
    seenAs: { seed: 1, rule: 'lost-write' },
  },
  {
    name: 'log: a transition counts before it is committed',
    file: 'src/coordinator/coordinator-journal.ts',
    find: 'this.#pending.add(lastOffset + 1, timeoutMs, done);',
    replace: 'this.#pending.add(0, timeoutMs, done);',
    firstSeed: 12,
    seenAs: { seed: 31, rule: 'lost-write' },
  },
  {
    name: 'log: a new coordinator does not read it',
    file: 'src/coordinator/transactions/transaction-shard.ts',
    find: 'else this.#transactions.set(',
    replace: 'else new Map().set(',
    seenAs: { seed: 3, rule: 'unseen' },
  },
  {
    name: 'log: a new coordinator does not bring to its end what was decided',
    file: 'src/coordinator/transactions/transaction-shard.ts',
    find: "if (!metadata.status.startsWith('Prepare')) continue;",
    replace: 'if (metadata.producerId >= 0) continue;',
    seenAs: { seed: 3, rule: 'unseen' },
  },
  {
    name: 'groups: offsets of a transaction are taken from any generation (KIP-447)',
    file: 'src/coordinator/group-offsets.ts',
    find: 'return isTransactional ? checkTransactional(check, offsets) : check;',
    replace: 'return isTransactional ? ErrorCode.NONE : check;',
    firstSeed: 44,
    seenAs: { seed: 44, rule: 'consumed-twice' },
  },
  {
    name: 'groups: offsets are told that a transaction may yet change',
    file: 'src/coordinator/group-offsets.ts',
    find: 'return this.#pending.has(groupId, { topic, partition });',
    replace: 'return this.#pending.has(groupId, { topic, partition: -1 });',
    firstSeed: 44,
    seenAs: { seed: 44, rule: 'consumed-twice' },
  },
  {
    name: 'read committed: open transactions are shown',
    file: 'src/log/partition-log.ts',
    find: 'return Math.min(this.#highWatermark, unstable);',
    replace: 'return this.#highWatermark;',
    seenAs: { seed: 3, rule: 'dirty-read' },
  },
  {
    name: 'read committed: nobody is told what was aborted',
    file: 'src/log/producer-state.ts',
    find: 'if (!marker.committed) this.#aborted.add({ producerId, firstOffset, lastOffset });',
    replace: '',
    seenAs: { seed: 1, rule: 'dirty-read' },
  },
];
