import { api } from '../api.ts';
import { since, withDefault } from '../struct.ts';
import { int16, int32, int64, nullableString } from '../types.ts';

/**
 * Gives a producer its id and epoch, for idempotence and transactions (KIP-98).
 * Kafka 4.3 knows a version 6 (KIP-939) and keeps it back as unstable.
 *
 * 3 a producer may come back with its id (KIP-360) · 4 PRODUCER_FENCED (KIP-588) ·
 * 5 TRANSACTION_ABORTABLE (KIP-890)
 */
export const InitProducerId = api({
  key: 22,
  name: 'InitProducerId',
  versions: [0, 5],
  flexible: 2,
  request: {
    transactionalId: nullableString,
    transactionTimeoutMs: int32,
    producerId: since(3, int64, -1),
    producerEpoch: since(3, int16, -1),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    producerId: withDefault(int64, -1),
    producerEpoch: int16,
  },
});
