import { assert } from '../../assert.ts';
import {
  noPartitions,
  type TransactionMetadata,
  type TransactionPartitions,
} from './transaction-metadata.ts';

const epochMax = 2 ** 15 - 1;

/** One more can be given out, with which the producer is fenced, and no other (KIP-360). */
export const isEpochExhausted = (epoch: number): boolean => epoch >= epochMax - 1;

/** Versions from which on each transaction has an epoch of its own (KIP-890). */
export const bumpsEpoch = (transactionVersion: number): boolean => transactionVersion >= 2;

type Changes = Partial<TransactionMetadata> & Pick<TransactionMetadata, 'status'>;

const next = (from: TransactionMetadata, changes: Changes): TransactionMetadata => ({
  ...from,
  previousProducerId: from.producerId,
  ...changes,
});

/** An id of which nothing is known: its producer has no epoch yet. */
export const newTransaction = (
  producerId: number,
  timeoutMs: number,
  nowMs: number,
): TransactionMetadata => ({
  producerId,
  previousProducerId: -1,
  nextProducerId: -1,
  producerEpoch: -1,
  lastProducerEpoch: -1,
  timeoutMs,
  status: 'Empty',
  partitions: noPartitions,
  startTimestampMs: -1,
  lastUpdateTimestampMs: nowMs,
  clientTransactionVersion: 0,
});

interface NewProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastProducerEpoch: number;
}

/** A producer has its id and epoch, and every older one of the same transactional id is fenced. */
export const initProducer = (
  from: TransactionMetadata,
  producer: NewProducer,
  timeoutMs: number,
  nowMs: number,
): TransactionMetadata =>
  next(from, {
    ...producer,
    timeoutMs,
    status: 'Empty',
    partitions: noPartitions,
    startTimestampMs: -1,
    lastUpdateTimestampMs: nowMs,
  });

export const addPartitions = (
  from: TransactionMetadata,
  added: TransactionPartitions,
  clientTransactionVersion: number,
  nowMs: number,
): TransactionMetadata =>
  next(from, {
    status: 'Ongoing',
    partitions: new Map([...from.partitions, ...added]),
    startTimestampMs: from.status === 'Ongoing' ? from.startTimestampMs : nowMs,
    lastUpdateTimestampMs: nowMs,
    clientTransactionVersion,
  });

interface Ending {
  readonly committed: boolean;
  readonly clientTransactionVersion: number;
  /** -1 unless the epoch is the last of the producer id. */
  readonly nextProducerId: number;
}

/** Decided; from version 2 on the markers have the epoch that comes after the transaction's. */
export function prepareEnd(
  from: TransactionMetadata,
  { committed, clientTransactionVersion, nextProducerId }: Ending,
  nowMs: number,
): TransactionMetadata {
  const { producerEpoch } = from;
  const epochs =
    bumpsEpoch(clientTransactionVersion) && producerEpoch < epochMax
      ? { producerEpoch: producerEpoch + 1, lastProducerEpoch: producerEpoch }
      : {};
  return next(from, {
    ...epochs,
    status: committed ? 'PrepareCommit' : 'PrepareAbort',
    // Of an abort of nothing it is known only from now on.
    startTimestampMs: from.status === 'Ongoing' ? from.startTimestampMs : nowMs,
    nextProducerId,
    lastUpdateTimestampMs: nowMs,
    clientTransactionVersion,
  });
}

/** The coordinator aborts it, and whoever began it is fenced. */
export function abortAndFence(
  from: TransactionMetadata,
  ending: Omit<Ending, 'committed'>,
  nowMs: number,
): TransactionMetadata {
  const aborted = { ...ending, committed: false };
  if (bumpsEpoch(ending.clientTransactionVersion)) return prepareEnd(from, aborted, nowMs);
  const producerEpoch = Math.min(from.producerEpoch + 1, epochMax);
  return prepareEnd({ ...from, producerEpoch, lastProducerEpoch: -1 }, aborted, nowMs);
}

/** Every partition has its marker. */
export function complete(from: TransactionMetadata, nowMs: number): TransactionMetadata {
  const { status, nextProducerId } = from;
  assert(status === 'PrepareCommit' || status === 'PrepareAbort', 'what is complete was decided');
  const rotates = bumpsEpoch(from.clientTransactionVersion) && nextProducerId >= 0;
  const producer = rotates ? { producerId: nextProducerId, producerEpoch: 0 } : {};
  return next(from, {
    ...producer,
    status: status === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
    nextProducerId: -1,
    partitions: noPartitions,
    lastUpdateTimestampMs: nowMs,
  });
}
