import { assert } from '../../assert.ts';
import type { EncodedRecord } from '../../protocol/coordinator-records/record-table.ts';
import { decodeWith, encodeWith } from '../../protocol/coordinator-records/record-table.ts';
import { TransactionLogRecord } from '../../protocol/coordinator-records/transaction-log.ts';

/** As clients print them, in the order of the numbers that records have for them. */
export const transactionStatuses = [
  ...(['Empty', 'Ongoing', 'PrepareCommit', 'PrepareAbort', 'CompleteCommit'] as const),
  ...(['CompleteAbort', 'Dead', 'PrepareEpochFence'] as const),
] as const;

/**
 * Empty                          no transaction since the producer has its epoch
 * Ongoing                        partitions have been added; ends by the client's word, or in time
 * PrepareCommit, PrepareAbort    decided; ends when every partition has its marker
 * CompleteCommit, CompleteAbort  the next one may begin
 * The other two no record ever says.
 */
export type TransactionStatus = (typeof transactionStatuses)[number];

interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** By name, as `topic-0`. */
export type TransactionPartitions = ReadonlyMap<string, TopicPartition>;

/** The state of one transactional id. Never changes; a transition makes the next one. */
export interface TransactionMetadata {
  readonly producerId: number;
  /** What `producerId` was before the last transition; -1: there was none. */
  readonly previousProducerId: number;
  /** While a transaction ends whose epoch is the last of its producer id: the next one. */
  readonly nextProducerId: number;
  /** -1 until the first InitProducerId is through. */
  readonly producerEpoch: number;
  /** Known to whoever repeats a request because its answer was lost (KIP-360). */
  readonly lastProducerEpoch: number;
  readonly timeoutMs: number;
  readonly status: TransactionStatus;
  /** Those of the transaction; once it is decided, those without a marker. */
  readonly partitions: TransactionPartitions;
  /** -1: no transaction. */
  readonly startTimestampMs: number;
  readonly lastUpdateTimestampMs: number;
  /** With 2 each transaction has an epoch of its own (KIP-890). */
  readonly clientTransactionVersion: number;
}

export const noPartitions: TransactionPartitions = new Map();

export const partitionsOf = (partitions: Iterable<TopicPartition>): TransactionPartitions =>
  new Map([...partitions].map((one) => [`${one.topic}-${one.partition}`, one]));

/** What the records of `__transaction_state` say; without metadata that the id is forgotten. */
export interface TransactionRecord {
  readonly transactionalId: string;
  readonly metadata: TransactionMetadata | null;
}

/** `transactionVersion`: that of the cluster, for older ones cannot read what newer ones write. */
export function encodeTransaction(
  { transactionalId, metadata }: TransactionRecord,
  transactionVersion: number,
): EncodedRecord {
  const key = { transactionalId };
  if (metadata === null) return encodeWith(TransactionLogRecord, key, null);
  const { status } = metadata;
  const value = {
    producerId: metadata.producerId,
    previousProducerId: metadata.previousProducerId,
    nextProducerId: metadata.nextProducerId,
    producerEpoch: metadata.producerEpoch,
    nextProducerEpoch: -1,
    transactionTimeoutMs: metadata.timeoutMs,
    transactionStatus: transactionStatuses.indexOf(status),
    transactionPartitions: status === 'Empty' ? null : byTopic(metadata.partitions),
    transactionLastUpdateTimestampMs: metadata.lastUpdateTimestampMs,
    transactionStartTimestampMs: metadata.startTimestampMs,
    clientTransactionVersion: metadata.clientTransactionVersion,
  };
  return encodeWith(TransactionLogRecord, key, value, transactionVersion >= 1 ? 1 : 0);
}

export function decodeTransaction(
  keyBytes: Uint8Array,
  valueBytes: Uint8Array | null,
): TransactionRecord {
  const { key, value } = decodeWith(TransactionLogRecord, keyBytes, valueBytes);
  const { transactionalId } = key;
  if (value === null) return { transactionalId, metadata: null };
  const status = transactionStatuses[value.transactionStatus];
  assert(status !== undefined, 'a status of the log is one of those that are written');
  const partitions = (value.transactionPartitions ?? []).flatMap(({ topic, partitionIds }) =>
    partitionIds.map((partition) => ({ topic, partition })),
  );
  const metadata = {
    producerId: value.producerId,
    previousProducerId: value.previousProducerId,
    nextProducerId: value.nextProducerId,
    producerEpoch: value.producerEpoch,
    lastProducerEpoch: -1,
    timeoutMs: value.transactionTimeoutMs,
    status,
    partitions: partitionsOf(partitions),
    startTimestampMs: value.transactionStartTimestampMs,
    lastUpdateTimestampMs: value.transactionLastUpdateTimestampMs,
    clientTransactionVersion: value.clientTransactionVersion,
  };
  return { transactionalId, metadata };
}

export function byTopic(
  partitions: TransactionPartitions,
): { topic: string; partitionIds: number[] }[] {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions.values()) {
    const partitionIds = topics.get(topic);
    if (partitionIds === undefined) topics.set(topic, [partition]);
    else partitionIds.push(partition);
  }
  return [...topics].map(([topic, partitionIds]) => ({ topic, partitionIds }));
}
