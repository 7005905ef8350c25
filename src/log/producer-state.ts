import { ErrorCode } from '../protocol/error-code.ts';
import { readEndTransactionMarker } from '../protocol/records/end-transaction-marker.ts';
import {
  baseOffsetOf,
  baseSequenceOf,
  isControl,
  isTransactional,
  lastOffsetDeltaOf,
  lastOffsetOf,
  maxTimestampOf,
  producerEpochOf,
  producerIdOf,
} from '../protocol/records/record-batch.ts';
import { ProducerEntry, type RecentBatch } from './producer-entry.ts';

/** A transaction that has ended but may still hold the last stable offset back. */
interface EndedTransaction {
  readonly firstOffset: number;
  readonly markerOffset: number;
}

const sequenceMax = 2 ** 31 - 1;

/** Sequence numbers wrap from 2147483647 to 0. */
const advance = (sequence: number, by: number): number =>
  sequence > sequenceMax - by ? by - (sequenceMax - sequence) - 1 : sequence + by;

/** One for all logs that no producer with an id has written to, as most are. Stays empty. */
const nobody = new Map<number, ProducerEntry>();

/**
 * What the producers of a log have written: to recognise what was sent twice, to refuse what is
 * out of order, and to know which transactions are open. It follows from the log and is rebuilt
 * from it.
 */
export class ProducerState {
  #producers = nobody;
  /** Ended, but with the marker not yet below the high watermark. Ordered by marker. */
  #ended: EndedTransaction[] = [];
  #openCount = 0;

  get producerCount(): number {
    return this.#producers.size;
  }

  entry(producerId: number): ProducerEntry | undefined {
    return this.#producers.get(producerId);
  }

  /** The batch of a client that is in the log already, if its producer sent it lately. */
  findDuplicate(bytes: Uint8Array, at: number): RecentBatch | undefined {
    const entry = this.#producers.get(producerIdOf(bytes, at));
    if (entry === undefined) return undefined;
    const first = baseSequenceOf(bytes, at);
    const last = advance(first, lastOffsetDeltaOf(bytes, at));
    return entry.findDuplicate(producerEpochOf(bytes, at), first, last);
  }

  /** NONE if the producer may write this batch now. Coordinators write without sequence numbers. */
  check(bytes: Uint8Array, at: number, fromClient: boolean): ErrorCode {
    const entry = this.#producers.get(producerIdOf(bytes, at));
    if (entry === undefined) return ErrorCode.NONE;
    const epoch = producerEpochOf(bytes, at);
    if (epoch < entry.epoch) return ErrorCode.INVALID_PRODUCER_EPOCH;
    if (isControl(bytes, at)) return this.#checkMarker(entry, bytes, at);
    if (fromClient && !isInSequence(entry, epoch, baseSequenceOf(bytes, at))) {
      return ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
    }
    if (entry.transactionFirstOffset !== undefined && !isTransactional(bytes, at)) {
      return ErrorCode.INVALID_TXN_STATE;
    }
    return ErrorCode.NONE;
  }

  /** Takes note of a batch that stands in the log, with its offsets. */
  note(bytes: Uint8Array, at: number): void {
    const producerId = producerIdOf(bytes, at);
    const entry = this.#producers.get(producerId) ?? this.#add(producerId);
    entry.enterEpoch(producerEpochOf(bytes, at));
    if (isControl(bytes, at)) this.#noteMarker(entry, bytes, at);
    else this.#noteData(entry, bytes, at);
  }

  /** The first offset that is not decided, or decided by a marker above the high watermark. */
  get firstUnstableOffset(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const ended of this.#ended) first = Math.min(first, ended.firstOffset);
    if (this.#openCount > 0) {
      for (const { transactionFirstOffset } of this.#producers.values()) {
        if (transactionFirstOffset !== undefined) first = Math.min(first, transactionFirstOffset);
      }
    }
    return first;
  }

  /** Where the newest batch of each ends: its sequence numbers say what comes next. */
  lastOffsets(): Set<number> {
    const last = [...this.#producers.values()].map(({ recentBatches }) => recentBatches.at(-1));
    return new Set(last.flatMap((batch) => batch?.lastOffset ?? []));
  }

  highWatermarkMoved(highWatermark: number): void {
    while (this.#ended.length > 0 && this.#ended[0]!.markerOffset < highWatermark) {
      this.#ended.shift();
    }
  }

  /** Forgets who has not written for so long and has no transaction open. */
  expire(nowMs: number, expirationMs: number): void {
    for (const entry of this.#producers.values()) {
      const open = entry.transactionFirstOffset !== undefined;
      if (!open && nowMs - entry.lastTimestampMs >= expirationMs) {
        this.#producers.delete(entry.producerId);
      }
    }
  }

  clear(): void {
    this.#producers = nobody;
    this.#ended = [];
    this.#openCount = 0;
  }

  #add(producerId: number): ProducerEntry {
    if (this.#producers === nobody) this.#producers = new Map();
    const entry = new ProducerEntry(producerId);
    this.#producers.set(producerId, entry);
    return entry;
  }

  #checkMarker(entry: ProducerEntry, bytes: Uint8Array, at: number): ErrorCode {
    const marker = readEndTransactionMarker(bytes, at);
    return marker !== undefined && marker.coordinatorEpoch < entry.coordinatorEpoch
      ? ErrorCode.TRANSACTION_COORDINATOR_FENCED
      : ErrorCode.NONE;
  }

  #noteMarker(entry: ProducerEntry, bytes: Uint8Array, at: number): void {
    const marker = readEndTransactionMarker(bytes, at);
    if (marker === undefined) return;
    entry.coordinatorEpoch = marker.coordinatorEpoch;
    entry.lastTimestampMs = maxTimestampOf(bytes, at);
    const firstOffset = entry.transactionFirstOffset;
    if (firstOffset === undefined) return;
    this.#ended.push({ firstOffset, markerOffset: baseOffsetOf(bytes, at) });
    entry.transactionFirstOffset = undefined;
    this.#openCount--;
  }

  #noteData(entry: ProducerEntry, bytes: Uint8Array, at: number): void {
    const firstOffset = baseOffsetOf(bytes, at);
    const firstSequence = baseSequenceOf(bytes, at);
    const delta = lastOffsetDeltaOf(bytes, at);
    entry.addBatch({
      firstSequence,
      lastSequence: firstSequence < 0 ? -1 : advance(firstSequence, delta),
      firstOffset,
      lastOffset: lastOffsetOf(bytes, at),
      timestampMs: maxTimestampOf(bytes, at),
    });
    if (isTransactional(bytes, at) && entry.transactionFirstOffset === undefined) {
      entry.transactionFirstOffset = firstOffset;
      this.#openCount++;
    }
  }
}

/**
 * A new epoch starts at 0; within one, each batch starts where the last ended. After a marker of
 * the same epoch no batch is known any more, and then 0 is next. (KIP-98)
 */
function isInSequence(entry: ProducerEntry, epoch: number, firstSequence: number): boolean {
  if (epoch !== entry.epoch) return firstSequence === 0 || entry.epoch === -1;
  return firstSequence === advance(entry.lastSequence, 1);
}
