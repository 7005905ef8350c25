import { api } from '../api.ts';
import { int16, int32, int64, string } from '../types.ts';

/**
 * Makes the offsets of a group part of a transaction (KIP-98).
 *
 * 2 PRODUCER_FENCED (KIP-588) · 4 TRANSACTION_ABORTABLE (KIP-890)
 */
export const AddOffsetsToTxn = api({
  key: 25,
  name: 'AddOffsetsToTxn',
  versions: [0, 4],
  flexible: 3,
  request: {
    transactionalId: string,
    producerId: int64,
    producerEpoch: int16,
    groupId: string,
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
  },
});
