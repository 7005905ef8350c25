import type { PartitionLog } from '../log/partition-log.ts';
import { recordsOf } from '../protocol/records/batch-records.ts';
import { readEndTransactionMarker } from '../protocol/records/end-transaction-marker.ts';
import {
  isControl,
  isTransactional,
  producerIdOf,
  sizeOf,
} from '../protocol/records/record-batch.ts';
import { type Identify, identityOf } from './identity.ts';
import type { Place } from './operation.ts';

/** How the transaction of a record has ended by the markers; without one it is committed. */
type RecordState = 'committed' | 'aborted' | 'open';

export interface LoggedRecord {
  readonly offset: number;
  readonly value: string;
  readonly state: RecordState;
}

/** What the leader's log holds below its high watermark: the brokers' own side of a partition. */
export interface LogView extends Place {
  readonly startOffset: number;
  readonly highWatermark: number;
  readonly endOffset: number;
  /** What is missing in it may have been superseded. */
  readonly compacted: boolean;
  readonly records: readonly LoggedRecord[];
}

interface ViewOptions extends Place {
  readonly compacted?: boolean;
  readonly identify?: Identify | undefined;
}

const pieceMaxBytes = 1 << 20;

export function logView(
  log: PartitionLog,
  { topic, partition, compacted = false, identify }: ViewOptions,
): LogView {
  const records: { offset: number; value: string; state: RecordState }[] = [];
  const open = new Map<number, typeof records>();
  for (const [chunk, at] of batchesOf(log)) {
    const producerId = producerIdOf(chunk, at);
    if (isControl(chunk, at)) {
      const marker = readEndTransactionMarker(chunk, at);
      if (marker === undefined) continue;
      const state = marker.committed ? 'committed' : 'aborted';
      for (const record of open.get(producerId) ?? []) record.state = state;
      open.delete(producerId);
      continue;
    }
    const state = isTransactional(chunk, at) ? 'open' : 'committed';
    const own = open.get(producerId) ?? [];
    if (state === 'open') open.set(producerId, own);
    for (const { offset, key, value } of recordsOf(chunk, at) ?? []) {
      if (offset < log.logStartOffset) continue;
      records.push({ offset, value: identityOf({ topic, key, value }, identify), state });
      own.push(records.at(-1)!);
    }
  }
  const { logStartOffset: startOffset, highWatermark, logEndOffset: endOffset } = log;
  return { topic, partition, startOffset, highWatermark, endOffset, compacted, records };
}

function* batchesOf(log: PartitionLog): Generator<[Uint8Array, number]> {
  const { highWatermark: untilOffset } = log;
  for (let offset = log.logStartOffset; offset < untilOffset; ) {
    const options = { maxSizeBytes: pieceMaxBytes, untilOffset, atLeastOneBatch: true };
    const { chunks, nextOffset } = log.read(offset, options);
    if (chunks.length === 0) return;
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += sizeOf(chunk, at)) yield [chunk, at];
    }
    offset = nextOffset;
  }
}
