import { api } from '../api.ts';
import { since } from '../struct.ts';
import { boolean, int16, int32, int64, string } from '../types.ts';

/**
 * Commits or aborts a transaction (KIP-98).
 *
 * 2 PRODUCER_FENCED (KIP-588) · 4 TRANSACTION_ABORTABLE, 5 a new epoch for each transaction
 * (KIP-890)
 */
export const EndTxn = api({
  key: 26,
  name: 'EndTxn',
  versions: [0, 5],
  flexible: 3,
  request: {
    transactionalId: string,
    producerId: int64,
    producerEpoch: int16,
    committed: boolean,
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    producerId: since(5, int64, -1),
    producerEpoch: since(5, int16, -1),
  },
});
