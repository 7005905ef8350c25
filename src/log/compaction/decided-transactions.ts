import { readEndTransactionMarker } from '../../protocol/records/end-transaction-marker.ts';
import {
  baseOffsetOf,
  isControl,
  isTransactional,
  producerIdOf,
} from '../../protocol/records/record-batch.ts';
import type { Segment } from '../segment.ts';

/** What became of the transactions in a log, by the base offsets of batches. */
export interface DecidedTransactions {
  readonly aborted: ReadonlySet<number>;
  /** Markers that are all that is left of their transaction. */
  readonly hollowMarkers: ReadonlySet<number>;
}

export function decidedTransactions(segments: readonly Segment[]): DecidedTransactions {
  const aborted = new Set<number>();
  const hollowMarkers = new Set<number>();
  const open = new Map<number, number[]>();
  for (const segment of segments) {
    for (let index = 0; index < segment.count; index++) {
      const batch = segment.batchAt(index);
      if (!isTransactional(batch, 0)) continue;
      const producerId = producerIdOf(batch, 0);
      const batches = open.get(producerId) ?? [];
      if (!isControl(batch, 0)) {
        open.set(producerId, batches);
        batches.push(baseOffsetOf(batch, 0));
        continue;
      }
      const hasAborted = readEndTransactionMarker(batch, 0)?.committed === false;
      if (hasAborted) for (const offset of batches) aborted.add(offset);
      if (batches.length === 0) hollowMarkers.add(baseOffsetOf(batch, 0));
      open.delete(producerId);
    }
  }
  return { aborted, hollowMarkers };
}
