import { compileExpression } from '../../coordinator/consumer/topic-expression.ts';
import type { Transaction } from '../../coordinator/transactions/transaction.ts';
import { transactionStatuses } from '../../coordinator/transactions/transaction-metadata.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type {
  ListTransactionsRequest,
  ListTransactionsResponse,
} from '../../protocol/messages/list-transactions.ts';
import type { Handler } from '../request-context.ts';

type Answer = Partial<ListTransactionsResponse>;

/** What this broker coordinates; the client asks every one. */
export const listTransactions: Handler<'ListTransactions'> = (broker, request, _, reply) => {
  const answer = (own: Answer) =>
    reply({
      ...{ throttleTimeMs: 0, errorCode: ErrorCode.NONE },
      ...{ unknownStateFilters: [], transactionStates: [], ...own },
    });
  const shards = broker.transactions.shards();
  if (shards.some((shard) => shard.isLoading)) {
    answer({ errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS });
    return;
  }
  const { transactionalIdPattern: pattern } = request;
  const expression = pattern ? compileExpression(pattern) : undefined;
  if (typeof expression === 'string') {
    answer({ errorCode: ErrorCode.INVALID_REGULAR_EXPRESSION });
    return;
  }
  const found = shards
    .flatMap((shard) => [...shard.all()])
    .filter((transaction) => isMeant(transaction, request, broker.clock.now()))
    .filter(({ transactionalId }) => expression?.matches(transactionalId) ?? true);
  answer({
    unknownStateFilters: request.stateFilters.filter((state) => !isStatus(state)),
    transactionStates: found.map(({ transactionalId, metadata: { producerId, status } }) => ({
      transactionalId,
      producerId,
      transactionState: status,
    })),
  });
};

const isStatus = (state: string): boolean => transactionStatuses.some((status) => status === state);

function isMeant(
  { metadata }: Transaction,
  { stateFilters, producerIdFilters, durationFilter }: ListTransactionsRequest,
  nowMs: number,
): boolean {
  const { status, producerId, startTimestampMs } = metadata;
  if (producerIdFilters.length > 0 && !producerIdFilters.includes(producerId)) return false;
  if (stateFilters.length > 0 && !stateFilters.includes(status)) return false;
  return durationFilter < 0 || nowMs - startTimestampMs > durationFilter;
}
