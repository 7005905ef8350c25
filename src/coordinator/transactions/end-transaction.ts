import { ErrorCode } from '../../protocol/error-code.ts';
import type { TransactionMetadata } from './transaction-metadata.ts';
import { bumpsEpoch, isEpochExhausted, prepareEnd } from './transitions.ts';

export interface EndRequest {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly committed: boolean;
  readonly clientTransactionVersion: number;
}

/** NONE: it has ended like this already, and the answer was lost. */
type EndDecision = TransactionMetadata | 'needs-producer-id' | ErrorCode;

interface Circumstances {
  /** Another transition is being written. */
  readonly isPending: boolean;
  readonly nowMs: number;
  /** Given once it has been asked for. */
  readonly newProducerId: number | undefined;
}

/** What a client's word to end the transaction makes of it. */
export const decideEnd = (
  metadata: TransactionMetadata,
  request: EndRequest,
  circumstances: Circumstances,
): EndDecision =>
  bumpsEpoch(request.clientTransactionVersion)
    ? decideWithEpochs(metadata, request, circumstances)
    : decideWithin(metadata, request, circumstances);

/** Before KIP-890: all transactions of a producer have the same epoch. */
function decideWithin(
  metadata: TransactionMetadata,
  request: EndRequest,
  { isPending, nowMs }: Circumstances,
): EndDecision {
  if (metadata.producerId !== request.producerId) return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
  if (metadata.producerEpoch !== request.producerEpoch) return ErrorCode.PRODUCER_FENCED;
  if (isPending) return ErrorCode.CONCURRENT_TRANSACTIONS;
  if (metadata.status !== 'Ongoing') return decidedAlready(metadata, request.committed);
  return prepareEnd(metadata, { ...request, nextProducerId: -1 }, nowMs);
}

/**
 * With KIP-890, where each end begins an epoch. Retry: the epoch is that before the present one.
 *
 *                 abort: retry  abort: current  commit: retry  commit: current
 * Empty           fenced        aborts          fenced         INVALID_TXN_STATE
 * CompleteAbort   NONE          aborts          INVALID…       INVALID_TXN_STATE
 * CompleteCommit  INVALID…      aborts          NONE           INVALID_TXN_STATE
 */
function decideWithEpochs(
  metadata: TransactionMetadata,
  request: EndRequest,
  { isPending, nowMs, newProducerId }: Circumstances,
): EndDecision {
  if (isPending) return ErrorCode.CONCURRENT_TRANSACTIONS;
  const { status, producerId, producerEpoch } = metadata;
  const { committed } = request;
  const isRotated =
    metadata.previousProducerId === request.producerId &&
    request.producerEpoch === lastUsableEpoch &&
    producerEpoch === 0;
  const isRetry = isRotated || producerEpoch === request.producerEpoch + 1;
  const isCurrent = producerEpoch === request.producerEpoch;
  if (producerId !== request.producerId && !isRotated) {
    return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
  }
  const isOpen = status === 'Ongoing' || status === 'Empty';
  const isDecided = status === 'PrepareCommit' || status === 'PrepareAbort';
  const isValid = isOpen ? isCurrent : isDecided ? isRetry : isRetry || isCurrent;
  if (!isValid) return ErrorCode.PRODUCER_FENCED;
  if (isDecided || (!isOpen && isRetry)) return decidedAlready(metadata, committed);
  if (status !== 'Ongoing' && committed) return ErrorCode.INVALID_TXN_STATE;
  if (!isEpochExhausted(producerEpoch)) {
    return prepareEnd(metadata, { ...request, nextProducerId: -1 }, nowMs);
  }
  if (newProducerId === undefined) return 'needs-producer-id';
  return prepareEnd(metadata, { ...request, nextProducerId: newProducerId }, nowMs);
}

const lastUsableEpoch = 2 ** 15 - 2;

function decidedAlready({ status }: TransactionMetadata, committed: boolean): ErrorCode {
  if (status === (committed ? 'PrepareCommit' : 'PrepareAbort')) {
    return ErrorCode.CONCURRENT_TRANSACTIONS;
  }
  const isSame = status === (committed ? 'CompleteCommit' : 'CompleteAbort');
  return isSame ? ErrorCode.NONE : ErrorCode.INVALID_TXN_STATE;
}
