import type { VerificationStart } from '../log/verifications.ts';
import { ErrorCode, errorInfo } from '../protocol/error-code.ts';
import type { Broker } from './broker.ts';
import { produceSupport } from './transaction-partitions.ts';

/** A transactional batch that a client wants to have written. */
export interface TransactionalBatch {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

/** By `topic-0`: with what guard a batch may be written, or why not. */
export type VerifiedBatches = ReadonlyMap<string, VerificationStart>;

/** The coordinator cannot tell for now: old clients would not understand why (KIP-890). */
const isUnavailable: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.NETWORK_EXCEPTION,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
]);

/**
 * Finds out whether batches of one producer may begin its transaction in their partitions; `done`
 * is called before this returns when there is nothing to ask.
 */
export function verifyBatches(
  broker: Broker,
  transactionalId: string,
  batches: readonly TransactionalBatch[],
  apiVersion: number,
  done: (verified: VerifiedBatches) => void,
): void {
  const client = produceSupport(apiVersion);
  const addsPartition = client === 'adds-partition';
  const { settings, clock } = broker;
  const sinceMs = clock.now();
  const tryOnce = () => {
    const starts = new Map<string, VerificationStart>();
    if (!addsPartition && !settings.transactionPartitionVerificationEnable) {
      done(starts);
      return;
    }
    for (const batch of batches) {
      starts.set(nameOf(batch), startOne(broker, batch, addsPartition));
    }
    const partitions = batches.filter((batch) => starts.get(nameOf(batch))?.guard !== undefined);
    if (partitions.length === 0) {
      done(starts);
      return;
    }
    const { producerId, producerEpoch } = partitions[0]!;
    const asked = { transactionalId, producerId, producerEpoch, partitions, client };
    broker.transactionPartitions.ask(asked, (errorOf) => {
      for (const batch of partitions) {
        const errorCode = errorOf(batch);
        if (errorCode !== ErrorCode.NONE) starts.set(nameOf(batch), { errorCode });
      }
      // The last transaction is being ended: that takes a moment, which clients need not see.
      const isLate = clock.now() - sinceMs >= settings.addPartitionsToTxnRetryBackoffMaxMs;
      const isBusy = [...starts.values()].some(
        ({ errorCode }) => errorCode === ErrorCode.CONCURRENT_TRANSACTIONS,
      );
      if (!isBusy || !addsPartition || isLate) done(starts);
      else clock.after(settings.addPartitionsToTxnRetryBackoffMs, tryOnce);
    });
  };
  tryOnce();
}

export const nameOf = ({ topic, partition }: Pick<TransactionalBatch, 'topic' | 'partition'>) =>
  `${topic}-${partition}`;

/** What a client is told of a batch that may not be written. */
export function refusalOf(
  errorCode: ErrorCode,
  apiVersion: number,
): { errorCode: ErrorCode; errorMessage: string | null } {
  if (errorCode === ErrorCode.INVALID_TXN_STATE) {
    return { errorCode, errorMessage: 'Partition was not added to the transaction' };
  }
  const isBusy = errorCode === ErrorCode.CONCURRENT_TRANSACTIONS && apiVersion < 12;
  if (!isBusy && !isUnavailable.has(errorCode)) return { errorCode, errorMessage: null };
  const cause = `Underlying error: ${errorInfo(errorCode)?.name}`;
  return {
    errorCode: ErrorCode.NOT_ENOUGH_REPLICAS,
    errorMessage: `Unable to verify the partition has been added to the transaction. ${cause}`,
  };
}

function startOne(
  broker: Broker,
  batch: TransactionalBatch,
  addsPartition: boolean,
): VerificationStart {
  const partition = broker.replicas.partition(batch.topicId, batch.partition);
  if (partition === undefined) return { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER };
  return partition.startVerification({ ...batch, addsPartition });
}
