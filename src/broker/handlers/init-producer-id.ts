import { ErrorCode } from '../../protocol/error-code.ts';
import type { Handler } from '../request-context.ts';

/**
 * A producer that is idempotent only gets a fresh id from any broker; that of a transactional id
 * belongs to it, and its coordinator gives it out.
 */
export const initProducerId: Handler<'InitProducerId'> = (
  broker,
  request,
  { apiVersion },
  reply,
) => {
  const answer = (errorCode: ErrorCode, producerId = -1, producerEpoch = -1) => {
    const isOld = apiVersion < 4 && errorCode === ErrorCode.PRODUCER_FENCED;
    const shown = isOld ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode;
    reply({ throttleTimeMs: 0, errorCode: shown, producerId, producerEpoch });
  };
  const { transactionalId, transactionTimeoutMs: timeoutMs, producerId, producerEpoch } = request;
  if ((producerId === -1) !== (producerEpoch === -1)) {
    answer(ErrorCode.INVALID_REQUEST);
    return;
  }
  if (transactionalId === null) {
    broker.producerIds.next((id) => {
      if (id === undefined) answer(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
      else answer(ErrorCode.NONE, id, 0);
    });
    return;
  }
  if (transactionalId === '') {
    answer(ErrorCode.INVALID_REQUEST);
    return;
  }
  if (timeoutMs <= 0 || timeoutMs > broker.settings.transactionMaxTimeoutMs) {
    answer(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
    return;
  }
  const shard = broker.transactions.shardOf(transactionalId);
  if (typeof shard === 'number') {
    answer(shard);
    return;
  }
  const expected = producerId === -1 ? undefined : { producerId, producerEpoch };
  shard.initProducer({ transactionalId, timeoutMs, expected }, (errorCode, producer) => {
    answer(errorCode, producer.producerId, producer.producerEpoch);
  });
};
