import { partitionsOf } from '../../coordinator/transactions/transaction-metadata.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import { offsetsTopic } from '../group-coordinators.ts';
import type { Handler } from '../request-context.ts';

/** A group's offsets are in one partition, which becomes part of the transaction. */
export const addOffsetsToTxn: Handler<'AddOffsetsToTxn'> = (
  broker,
  request,
  { apiVersion },
  reply,
) => {
  const { transactionalId, groupId } = request;
  const answer = (errorCode: ErrorCode) => {
    const isOld = apiVersion < 2 && errorCode === ErrorCode.PRODUCER_FENCED;
    reply({ throttleTimeMs: 0, errorCode: isOld ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode });
  };
  const shard =
    transactionalId === ''
      ? ErrorCode.INVALID_REQUEST
      : broker.transactions.shardOf(transactionalId);
  if (typeof shard === 'number') {
    answer(shard);
    return;
  }
  const place = { topic: offsetsTopic, partition: broker.groups.partitionOf(groupId) };
  shard.addPartitions({ ...request, partitions: partitionsOf([place]) }, 0, answer);
};
