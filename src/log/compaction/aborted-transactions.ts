import { readEndTransactionMarker } from '../../protocol/records/end-transaction-marker.ts';
import {
  baseOffsetOf,
  isControl,
  isTransactional,
  producerIdOf,
} from '../../protocol/records/record-batch.ts';
import type { Segment } from '../segment.ts';

/** The base offsets of all batches that belong to an aborted transaction. */
export function abortedBatches(segments: readonly Segment[]): ReadonlySet<number> {
  const aborted = new Set<number>();
  const open = new Map<number, number[]>();
  for (const segment of segments) {
    for (let index = 0; index < segment.count; index++) {
      const batch = segment.batchAt(index);
      if (!isTransactional(batch, 0)) continue;
      const producerId = producerIdOf(batch, 0);
      if (!isControl(batch, 0)) {
        const batches = open.get(producerId) ?? [];
        open.set(producerId, batches);
        batches.push(baseOffsetOf(batch, 0));
        continue;
      }
      const hasAborted = readEndTransactionMarker(batch, 0)?.committed === false;
      if (hasAborted) for (const offset of open.get(producerId) ?? []) aborted.add(offset);
      open.delete(producerId);
    }
  }
  return aborted;
}
