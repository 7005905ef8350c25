import { readEndTransactionMarker } from '../protocol/records/end-transaction-marker.ts';
import {
  isControl,
  isTransactional,
  lastOffsetOf,
  producerIdOf,
  sizeOf,
} from '../protocol/records/record-batch.ts';

/** Where a batch stands. */
interface BatchPlace {
  readonly chunk: Uint8Array;
  readonly at: number;
}

/** As a response to Fetch lists it. */
interface Aborted {
  readonly producerId: number;
  readonly firstOffset: number;
}

export function* batchesIn(chunks: readonly Uint8Array[]): Iterable<BatchPlace> {
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += sizeOf(chunk, at)) yield { chunk, at };
  }
}

/**
 * The batches that a consumer hands over, as Java's does: no markers, and nothing of a producer
 * from where it aborts to its marker.
 */
export function* visibleBatches(
  batches: Iterable<BatchPlace>,
  aborted: readonly Aborted[],
): Iterable<BatchPlace> {
  const ahead = [...aborted].sort((one, other) => one.firstOffset - other.firstOffset);
  const aborting = new Set<number>();
  for (const { chunk, at } of batches) {
    while (ahead[0] !== undefined && ahead[0].firstOffset <= lastOffsetOf(chunk, at)) {
      aborting.add(ahead.shift()!.producerId);
    }
    const producerId = producerIdOf(chunk, at);
    if (isControl(chunk, at)) {
      if (readEndTransactionMarker(chunk, at)?.committed === false) aborting.delete(producerId);
    } else if (!isTransactional(chunk, at) || !aborting.has(producerId)) {
      yield { chunk, at };
    }
  }
}
