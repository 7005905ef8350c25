import { ErrorCode } from '../../protocol/error-code.ts';
import type { Handler } from '../request-context.ts';

/** From version 5 on the answer has the epoch of the next transaction (KIP-890). */
export const endTxn: Handler<'EndTxn'> = (broker, request, { apiVersion }, reply) => {
  const { transactionalId } = request;
  const answer = (errorCode: ErrorCode, producerId = -1, producerEpoch = -1) => {
    const isOld = apiVersion < 2 && errorCode === ErrorCode.PRODUCER_FENCED;
    const shown = isOld ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode;
    reply({ throttleTimeMs: 0, errorCode: shown, producerId, producerEpoch });
  };
  const shard =
    transactionalId === ''
      ? ErrorCode.INVALID_REQUEST
      : broker.transactions.shardOf(transactionalId);
  if (typeof shard === 'number') {
    answer(shard);
    return;
  }
  const clientTransactionVersion = apiVersion >= 5 ? 2 : 0;
  const asked = { ...request, clientTransactionVersion };
  shard.endTransaction(transactionalId, asked, (errorCode, { producerId, producerEpoch }) => {
    answer(errorCode, producerId, producerEpoch);
  });
};
