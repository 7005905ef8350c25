import { ErrorCode } from '../protocol/error-code.ts';
import type { CallHandler } from './controller-call.ts';

/** Producer ids are unique in the cluster: brokers take them in blocks of this size (KIP-730). */
const blockSize = 1000;

export const allocateProducerIds: CallHandler<'allocateProducerIds'> = ({ metadata }, request) => {
  const { brokerId, brokerEpoch } = request;
  if (metadata.brokers.get(brokerId)?.brokerEpoch !== brokerEpoch) {
    const errorCode = ErrorCode.STALE_BROKER_EPOCH;
    return { records: [], response: { errorCode, firstProducerId: -1, count: 0 } };
  }
  const firstProducerId = metadata.nextProducerId;
  const nextProducerId = firstProducerId + blockSize;
  return {
    records: [{ type: 'producer-ids', brokerId, nextProducerId }],
    response: { errorCode: ErrorCode.NONE, firstProducerId, count: blockSize },
  };
};
