import { ErrorCode } from '../../protocol/error-code.ts';
import type { TransactionMetadata } from './transaction-metadata.ts';
import { initProducer, isEpochExhausted } from './transitions.ts';

/** Whom a producer takes itself for, if it has been one (KIP-360). */
export interface ProducerIdAndEpoch {
  readonly producerId: number;
  readonly producerEpoch: number;
}

interface InitProducer {
  readonly expected: ProducerIdAndEpoch | undefined;
  readonly timeoutMs: number;
  readonly nowMs: number;
  /** Given once it has been asked for. */
  readonly newProducerId: number | undefined;
}

/**
 * What becomes of the id: its next state; `needs-producer-id`, when the epochs of the present one
 * are used up; `fence`, when a transaction must be aborted before; or an error.
 */
export function decideInit(
  metadata: TransactionMetadata,
  { expected, timeoutMs, nowMs, newProducerId }: InitProducer,
): TransactionMetadata | 'needs-producer-id' | 'fence' | ErrorCode {
  if (expected !== undefined && !isKnown(metadata, expected)) return ErrorCode.PRODUCER_FENCED;
  const { status, producerId, producerEpoch, lastProducerEpoch } = metadata;
  if (status === 'Ongoing') return 'fence';
  if (status === 'PrepareCommit' || status === 'PrepareAbort') {
    return ErrorCode.CONCURRENT_TRANSACTIONS;
  }
  const isCurrent = expected === undefined || expected.producerEpoch === producerEpoch;
  const init = (producer: Parameters<typeof initProducer>[1]) =>
    initProducer(metadata, producer, timeoutMs, nowMs);
  const last = expected === undefined ? -1 : producerEpoch;
  if (isEpochExhausted(producerEpoch) && isCurrent) {
    if (newProducerId === undefined) return 'needs-producer-id';
    return init({ producerId: newProducerId, producerEpoch: 0, lastProducerEpoch: last });
  }
  if (isCurrent || producerEpoch === -1) {
    return init({ producerId, producerEpoch: producerEpoch + 1, lastProducerEpoch: last });
  }
  // The answer to the same request was lost: it is given again.
  if (expected.producerEpoch === lastProducerEpoch) {
    return init({ producerId, producerEpoch, lastProducerEpoch });
  }
  return ErrorCode.PRODUCER_FENCED;
}

const isKnown = (metadata: TransactionMetadata, expected: ProducerIdAndEpoch): boolean =>
  metadata.producerEpoch === -1 ||
  expected.producerId === metadata.producerId ||
  (expected.producerId === metadata.previousProducerId && isEpochExhausted(expected.producerEpoch));
