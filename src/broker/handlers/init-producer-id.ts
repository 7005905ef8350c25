import { ErrorCode } from '../../protocol/error-code.ts';
import type { Handler } from '../request-context.ts';

/** Idempotence without transactions: a fresh producer id, epoch 0, from any broker. */
export const initProducerId: Handler<'InitProducerId'> = (broker, request, _context, reply) => {
  const failed = (errorCode: ErrorCode) =>
    reply({ throttleTimeMs: 0, errorCode, producerId: -1, producerEpoch: -1 });
  const { producerId: given, producerEpoch } = request;
  if ((given === -1) !== (producerEpoch === -1)) {
    failed(ErrorCode.INVALID_REQUEST);
    return;
  }
  if (request.transactionalId !== null) {
    // An empty id is wrong for good; for any other there is no transaction coordinator yet.
    const isEmpty = request.transactionalId === '';
    failed(isEmpty ? ErrorCode.INVALID_REQUEST : ErrorCode.COORDINATOR_NOT_AVAILABLE);
    return;
  }
  broker.producerIds.next((producerId) => {
    if (producerId === undefined) failed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    else reply({ throttleTimeMs: 0, errorCode: ErrorCode.NONE, producerId, producerEpoch: 0 });
  });
};
