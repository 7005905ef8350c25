import { partitionsOf } from '../../coordinator/transactions/transaction-metadata.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type {
  AddPartitionsToTxnRequest,
  AddPartitionsToTxnResponse,
} from '../../protocol/messages/add-partitions-to-txn.ts';
import type { Broker } from '../broker.ts';
import type { Handler } from '../request-context.ts';

type Transaction = AddPartitionsToTxnRequest['transactions'][number];
type Result = AddPartitionsToTxnResponse['resultsByTransaction'][number];

/** From version 4 on brokers ask, for many transactions at once (KIP-890). */
const manySince = 4;

export const addPartitionsToTxn: Handler<'AddPartitionsToTxn'> = (
  broker,
  request,
  { apiVersion },
  reply,
) => {
  const isMany = apiVersion >= manySince;
  const transactions = isMany ? request.transactions : [aloneIn(request)];
  const results: Result[] = [];
  const done = () =>
    reply({
      throttleTimeMs: 0,
      errorCode: ErrorCode.NONE,
      resultsByTransaction: results,
      resultsByTopicV3AndBelow: isMany ? [] : results[0]!.topicResults,
    });
  if (transactions.length === 0) done();
  for (const transaction of transactions) {
    addOne(broker, transaction, apiVersion, (errorOf) => {
      results.push(resultOf(transaction, errorOf));
      if (results.length === transactions.length) done();
    });
  }
};

const aloneIn = (request: AddPartitionsToTxnRequest): Transaction => ({
  transactionalId: request.v3AndBelowTransactionalId,
  producerId: request.v3AndBelowProducerId,
  producerEpoch: request.v3AndBelowProducerEpoch,
  verifyOnly: false,
  topics: request.v3AndBelowTopics,
});

type ErrorOf = (topic: string, partition: number) => ErrorCode;

function addOne(
  broker: Broker,
  transaction: Transaction,
  apiVersion: number,
  answer: (errorOf: ErrorOf) => void,
): void {
  const { transactionalId, topics, verifyOnly } = transaction;
  const places = topics.flatMap(({ name: topic, partitions }) =>
    partitions.map((partition) => ({ topic, partition })),
  );
  const exists: (topic: string, partition: number) => boolean = (topic, partition) =>
    broker.metadata.topicsByName.get(topic)?.partitions[partition] !== undefined;
  if (!places.every(({ topic, partition }) => exists(topic, partition))) {
    answer((topic, partition) =>
      exists(topic, partition)
        ? ErrorCode.OPERATION_NOT_ATTEMPTED
        : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    );
    return;
  }
  const shard =
    transactionalId === ''
      ? ErrorCode.INVALID_REQUEST
      : broker.transactions.shardOf(transactionalId);
  if (typeof shard === 'number') {
    answer(() => shard);
    return;
  }
  const asked = { ...transaction, partitions: partitionsOf(places) };
  if (verifyOnly) {
    const errorOf = shard.verifyPartitions(asked);
    answer((topic, partition) => errorOf(`${topic}-${partition}`));
    return;
  }
  const clientTransactionVersion = apiVersion >= manySince ? 2 : 0;
  shard.addPartitions(asked, clientTransactionVersion, (errorCode) => {
    const isOld = apiVersion < 2 && errorCode === ErrorCode.PRODUCER_FENCED;
    answer(() => (isOld ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode));
  });
}

const resultOf = ({ transactionalId, topics }: Transaction, errorOf: ErrorOf): Result => ({
  transactionalId,
  topicResults: topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: errorOf(name, partitionIndex),
    })),
  })),
});
