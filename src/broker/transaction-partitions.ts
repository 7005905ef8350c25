import { ErrorCode } from '../protocol/error-code.ts';
import type { AddPartitionsToTxnResponse } from '../protocol/messages/add-partitions-to-txn.ts';
import type { Broker, CallBroker } from './broker.ts';

interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

interface AskedTransaction {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly partitions: readonly TopicPartition[];
  /** What the client can make of the answer. */
  readonly client: ClientSupport;
}

/**
 * What a client knows of KIP-890: nothing; TRANSACTION_ABORTABLE; or that its partitions are added
 * by the leaders that it writes to.
 */
type ClientSupport = 'none' | 'abortable' | 'adds-partition';

/** By Produce's version, and by that of TxnOffsetCommit. */
export const produceSupport = (version: number): ClientSupport =>
  version >= 12 ? 'adds-partition' : version === 11 ? 'abortable' : 'none';
export const txnOffsetCommitSupport = (version: number): ClientSupport =>
  version >= 5 ? 'adds-partition' : version === 4 ? 'abortable' : 'none';

/**
 * Asks the coordinator of a transaction, before anything of it is written here, whether a partition
 * is part of it, or to make it so (KIP-890).
 */
export class TransactionPartitions {
  readonly #broker: Broker;
  readonly #callBroker: CallBroker;

  constructor(broker: Broker, callBroker: CallBroker) {
    this.#broker = broker;
    this.#callBroker = callBroker;
  }

  /** `answer` hears, in a later event, what is to be said of each partition. */
  ask(
    asked: AskedTransaction,
    answer: (errorOf: (partition: TopicPartition) => ErrorCode) => void,
  ): void {
    const { transactionalId, producerId, producerEpoch, client } = asked;
    const { brokers } = this.#broker.metadata;
    const coordinator = this.#broker.transactions.coordinatorOf(transactionalId);
    if (brokers.get(coordinator)?.fenced !== false) {
      this.#broker.clock.after(0, () => answer(() => ErrorCode.COORDINATOR_NOT_AVAILABLE));
      return;
    }
    const verifyOnly = client !== 'adds-partition';
    const producer = { transactionalId, producerId, producerEpoch, verifyOnly };
    const transaction = { ...producer, topics: topicsOf(asked.partitions) };
    const request = { transactions: [transaction], ...unused };
    this.#callBroker(coordinator, 'AddPartitionsToTxn', request, (response) => {
      const errors = response && errorsOf(response);
      answer(({ topic, partition }) => {
        const errorCode = errors?.get(`${topic}-${partition}`) ?? ErrorCode.NETWORK_EXCEPTION;
        if (errorCode === ErrorCode.PRODUCER_FENCED) return ErrorCode.INVALID_PRODUCER_EPOCH;
        const isUnheardOf = errorCode === ErrorCode.TRANSACTION_ABORTABLE && client === 'none';
        return isUnheardOf ? ErrorCode.INVALID_TXN_STATE : errorCode;
      });
    });
  }
}

/** What clients alone say. */
const unused = {
  v3AndBelowTransactionalId: '',
  v3AndBelowProducerId: 0,
  v3AndBelowProducerEpoch: 0,
  v3AndBelowTopics: [],
};

function topicsOf(partitions: readonly TopicPartition[]) {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  }
  return [...topics].map(([name, indexes]) => ({ name, partitions: indexes }));
}

const errorsOf = ({ resultsByTransaction }: AddPartitionsToTxnResponse): Map<string, ErrorCode> =>
  new Map(
    resultsByTransaction.flatMap(({ topicResults }) =>
      topicResults.flatMap(({ name, resultsByPartition }) =>
        resultsByPartition.map(({ partitionIndex, partitionErrorCode }) => [
          `${name}-${partitionIndex}`,
          partitionErrorCode as ErrorCode,
        ]),
      ),
    ),
  );
