import { ErrorCode } from '../../protocol/error-code.ts';
import type { WriteTxnMarkersResponse } from '../../protocol/messages/write-txn-markers.ts';
import type { Transaction } from './transaction.ts';
import type { TransactionHost } from './transaction-host.ts';
import { byTopic, type TransactionPartitions } from './transaction-metadata.ts';

const retryBackoffMs = 20;

/** The partition knows a newer producer or coordinator: its transaction is over already. */
const isFenced = (errorCode: ErrorCode): boolean =>
  errorCode === ErrorCode.INVALID_PRODUCER_EPOCH ||
  errorCode === ErrorCode.TRANSACTION_COORDINATOR_FENCED;

interface MarkersOptions {
  readonly host: TransactionHost;
  /** The leader epoch of the coordinator's own partition. */
  readonly coordinatorEpoch: number;
  /** Whether this broker still coordinates. */
  readonly isActive: () => boolean;
}

/**
 * Tells every partition of a decided transaction how it ended, and asks again until all have
 * written it down. The metadata loses the partitions that have.
 */
export class TransactionMarkers {
  readonly #options: MarkersOptions;

  constructor(options: MarkersOptions) {
    this.#options = options;
  }

  /** `written`: every partition has its marker, or is gone. */
  send(transaction: Transaction, written: () => void): void {
    const { host } = this.#options;
    this.#drop(transaction, (topic, partition) => host.leaderOf(topic, partition) === undefined);
    if (transaction.metadata.partitions.size === 0) {
      written();
      return;
    }
    const byLeader = this.#byLeader(transaction);
    let waitsFor = byLeader.size;
    for (const [leader, partitions] of byLeader) {
      const answered = (isOver: boolean) => {
        waitsFor = isOver ? Number.NaN : waitsFor - 1;
        if (waitsFor === 0) this.#again(transaction, written);
      };
      if (leader < 0) answered(false);
      else this.#sendTo(leader, transaction, partitions, answered);
    }
  }

  /** At once when nothing is left; else in a while, for leaders may have to be elected. */
  #again(transaction: Transaction, written: () => void): void {
    if (transaction.metadata.partitions.size === 0) {
      written();
      return;
    }
    this.#options.host.clock.after(retryBackoffMs, () => {
      if (this.#options.isActive()) this.send(transaction, written);
    });
  }

  #sendTo(
    leader: number,
    transaction: Transaction,
    partitions: TransactionPartitions,
    answered: (isOver: boolean) => void,
  ): void {
    const { host, coordinatorEpoch, isActive } = this.#options;
    const { producerId, producerEpoch, status, clientTransactionVersion } = transaction.metadata;
    const topics = byTopic(partitions).map(({ topic, partitionIds }) => ({
      name: topic,
      partitionIndexes: partitionIds,
    }));
    const marker = {
      ...{ producerId, producerEpoch, topics, coordinatorEpoch },
      transactionResult: status === 'PrepareCommit',
      transactionVersion: clientTransactionVersion,
    };
    host.writeMarkers(leader, { markers: [marker] }, (response) => {
      if (!isActive()) return;
      const errors = response === undefined ? undefined : errorsOf(response);
      this.#drop(
        transaction,
        (topic, partition) => errors?.get(`${topic}-${partition}`) === ErrorCode.NONE,
      );
      answered(errors !== undefined && [...errors.values()].some(isFenced));
    });
  }

  #byLeader({ metadata }: Transaction): Map<number, TransactionPartitions> {
    const byLeader = new Map<number, TransactionPartitions>();
    for (const [name, place] of metadata.partitions) {
      const leader = this.#options.host.leaderOf(place.topic, place.partition) ?? -1;
      byLeader.set(leader, new Map([...(byLeader.get(leader) ?? []), [name, place]]));
    }
    return byLeader;
  }

  #drop(transaction: Transaction, isDone: (topic: string, partition: number) => boolean): void {
    const { partitions } = transaction.metadata;
    const left = [...partitions].filter(([, { topic, partition }]) => !isDone(topic, partition));
    if (left.length === partitions.size) return;
    transaction.metadata = { ...transaction.metadata, partitions: new Map(left) };
  }
}

const errorsOf = ({ markers }: WriteTxnMarkersResponse): Map<string, ErrorCode> =>
  new Map(
    markers.flatMap(({ topics }) =>
      topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex, errorCode }) => [
          `${name}-${partitionIndex}`,
          errorCode as ErrorCode,
        ]),
      ),
    ),
  );
