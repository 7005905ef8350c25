import { api, type Request, type Response } from '../api.ts';
import { since } from '../struct.ts';
import { array, int16, int32, int64, nullableString, string } from '../types.ts';

/**
 * Lists the transactional ids that a broker coordinates (KIP-664).
 *
 * 1 by duration (KIP-994) · 2 by a regular expression (KIP-1152)
 */
export const ListTransactions = api({
  key: 66,
  name: 'ListTransactions',
  versions: [0, 2],
  flexible: 0,
  request: {
    stateFilters: array(string),
    producerIdFilters: array(int64),
    durationFilter: since(1, int64, -1),
    transactionalIdPattern: since(2, nullableString, null),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    unknownStateFilters: array(string),
    transactionStates: array({
      transactionalId: string,
      producerId: int64,
      transactionState: string,
    }),
  },
});

export type ListTransactionsRequest = Request<typeof ListTransactions>;
export type ListTransactionsResponse = Response<typeof ListTransactions>;
