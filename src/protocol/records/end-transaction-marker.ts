import { buildBatch } from './batch-builder.ts';
import { recordsOf } from './batch-records.ts';
import { readInt16, readInt32, writeInt16, writeInt32 } from './int64.ts';

/** What the one record of a control batch says when it ends a transaction. */
interface EndTransactionMarker {
  readonly committed: boolean;
  readonly coordinatorEpoch: number;
}

/** Undefined for a control batch of another kind. */
export function readEndTransactionMarker(
  bytes: Uint8Array,
  at: number,
): EndTransactionMarker | undefined {
  const record = recordsOf(bytes, at)?.[0];
  if (!record?.key || !record.value || record.key.length < 4 || record.value.length < 6) {
    return undefined;
  }
  const type = readInt16(record.key, 2);
  if (type !== 0 && type !== 1) return undefined;
  return { committed: type === 1, coordinatorEpoch: readInt32(record.value, 2) };
}

/** The control batch that ends a transaction: version, then type; version, then epoch. */
export function endTransactionMarker(
  marker: EndTransactionMarker & {
    readonly producerId: number;
    readonly producerEpoch: number;
    readonly timestampMs: number;
  },
): Uint8Array {
  const { producerId, producerEpoch, timestampMs } = marker;
  const key = new Uint8Array(4);
  writeInt16(key, 2, marker.committed ? 1 : 0);
  const value = new Uint8Array(6);
  writeInt32(value, 2, marker.coordinatorEpoch);
  const of = { producerId, producerEpoch, transactional: true, control: true };
  return buildBatch([{ key, value, timestampMs }], of);
}
