import { byTopic } from '../../coordinator/transactions/transaction-metadata.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { Broker } from '../broker.ts';
import type { Handler, ResponseOf } from '../request-context.ts';

type Answer = ResponseOf<'DescribeTransactions'>['transactionStates'][number];

export const describeTransactions: Handler<'DescribeTransactions'> = (
  broker,
  request,
  _,
  reply,
) => {
  const transactionStates = request.transactionalIds.map((id) => describe(broker, id));
  reply({ throttleTimeMs: 0, transactionStates });
};

function describe(broker: Broker, transactionalId: string): Answer {
  if (transactionalId === '') return refuse(transactionalId, ErrorCode.INVALID_REQUEST);
  const shard = broker.transactions.shardOf(transactionalId);
  if (typeof shard === 'number') return refuse(transactionalId, shard);
  const metadata = shard.get(transactionalId);
  if (metadata === undefined) return refuse(transactionalId, ErrorCode.TRANSACTIONAL_ID_NOT_FOUND);
  return {
    errorCode: ErrorCode.NONE,
    transactionalId,
    transactionState: metadata.status,
    transactionTimeoutMs: metadata.timeoutMs,
    transactionStartTimeMs: metadata.startTimestampMs,
    producerId: metadata.producerId,
    producerEpoch: metadata.producerEpoch,
    topics: byTopic(metadata.partitions).map(({ topic, partitionIds }) => ({
      topic,
      partitions: partitionIds,
    })),
  };
}

const refuse = (transactionalId: string, errorCode: ErrorCode): Answer => ({
  ...{ errorCode, transactionalId, transactionState: '', transactionTimeoutMs: 0 },
  ...{ transactionStartTimeMs: 0, producerId: 0, producerEpoch: 0, topics: [] },
});
