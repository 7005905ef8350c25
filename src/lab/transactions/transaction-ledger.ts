import type { PartitionLog } from '../../log/partition-log.ts';
import { readEndTransactionMarker } from '../../protocol/records/end-transaction-marker.ts';
import {
  baseOffsetOf,
  isControl,
  isTransactional,
  lastOffsetOf,
  producerEpochOf,
  producerIdOf,
} from '../../protocol/records/record-batch.ts';
import { placesOf } from '../batches.ts';

export interface OpenTransaction {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly firstOffset: number;
}

interface EndedTransaction extends OpenTransaction {
  readonly markerOffset: number;
  readonly markerEpoch: number;
  readonly committed: boolean;
}

/** The transactions of one log as its batches alone tell them, read as they are appended. */
export class TransactionLedger {
  readonly #open = new Map<number, OpenTransaction>();
  readonly ended: EndedTransaction[] = [];
  #nextOffset = 0;

  get nextOffset(): number {
    return this.#nextOffset;
  }

  get open(): Iterable<OpenTransaction> {
    return this.#open.values();
  }

  readOn(log: PartitionLog): void {
    for (const { chunk, at } of placesOf(log, this.#nextOffset, log.logEndOffset)) {
      this.#note(chunk, at);
      this.#nextOffset = lastOffsetOf(chunk, at) + 1;
    }
  }

  /** Where read_committed may read up to. */
  lastStableOffset(highWatermark: number): number {
    const undecided = this.ended.filter(({ markerOffset }) => markerOffset >= highWatermark);
    const firsts = [...this.open, ...undecided].map(({ firstOffset }) => firstOffset);
    return Math.min(highWatermark, ...firsts);
  }

  #note(chunk: Uint8Array, at: number): void {
    if (!isTransactional(chunk, at)) return;
    const producerId = producerIdOf(chunk, at);
    const producerEpoch = producerEpochOf(chunk, at);
    const firstOffset = baseOffsetOf(chunk, at);
    const open = this.#open.get(producerId);
    if (!isControl(chunk, at)) {
      if (open === undefined)
        this.#open.set(producerId, { producerId, producerEpoch, firstOffset });
      return;
    }
    if (open === undefined) return;
    this.#open.delete(producerId);
    const committed = readEndTransactionMarker(chunk, at)?.committed === true;
    this.ended.push({ ...open, markerOffset: firstOffset, markerEpoch: producerEpoch, committed });
  }
}
