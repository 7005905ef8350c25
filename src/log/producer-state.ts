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
import { type AbortedTransaction, AbortedTransactions } from './aborted-transactions.ts';
import { ProducerEntry, type RecentBatch } from './producer-entry.ts';
import {
  type VerificationRequest,
  type VerificationStart,
  Verifications,
} from './verifications.ts';

/** A transaction that has ended but may still hold the last stable offset back. */
interface EndedTransaction {
  readonly firstOffset: number;
  readonly markerOffset: number;
}

/** Who writes a batch, and what is known of its transaction. */
interface BatchOrigin {
  readonly fromClient: boolean;
  /** Nothing begins a transaction here unless its coordinator was asked. */
  readonly verifies: boolean;
  /** From `startVerification`, once the coordinator has agreed. */
  readonly guard: number | undefined;
  /** Of a marker: from 2 on it has an epoch of its own (KIP-890). */
  readonly transactionVersion: number;
}

interface Batches {
  forEachBatch(visit: (batch: Uint8Array) => void): void;
}

const epochMax = 2 ** 15 - 1;
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
  /** First offsets by producer id, in the order in which the transactions began. */
  readonly #open = new Map<number, number>();
  /** Ended, but with the marker not yet below the high watermark. Ordered by marker. */
  #ended: EndedTransaction[] = [];
  readonly #aborted = new AbortedTransactions();
  readonly #verifications = new Verifications();

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
  check(bytes: Uint8Array, at: number, origin: BatchOrigin): ErrorCode {
    const producerId = producerIdOf(bytes, at);
    const entry = this.#producers.get(producerId);
    if (isControl(bytes, at)) {
      return entry === undefined ? ErrorCode.NONE : checkMarker(entry, bytes, at, origin);
    }
    const epoch = producerEpochOf(bytes, at);
    if (entry !== undefined && epoch < entry.epoch) return ErrorCode.INVALID_PRODUCER_EPOCH;
    const transactional = isTransactional(bytes, at);
    if (transactional && origin.verifies && !this.#isOpen(producerId, epoch)) {
      const isVerified = this.#verifications.holds(producerId, origin.guard);
      if (!isVerified) return ErrorCode.INVALID_TXN_STATE;
    }
    if (origin.fromClient && !this.#isInSequence(producerId, epoch, baseSequenceOf(bytes, at))) {
      return ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
    }
    if (entry?.transactionFirstOffset !== undefined && !transactional) {
      return ErrorCode.INVALID_TXN_STATE;
    }
    return ErrorCode.NONE;
  }

  /** No guard is needed for what is open here already. */
  startVerification(request: VerificationRequest, nowMs: number): VerificationStart {
    const { producerId, producerEpoch } = request;
    const entry = this.#producers.get(producerId);
    if (entry !== undefined && producerEpoch < entry.epoch) {
      return { errorCode: ErrorCode.INVALID_PRODUCER_EPOCH };
    }
    if (this.#isOpen(producerId, producerEpoch)) return { errorCode: ErrorCode.NONE };
    return { errorCode: ErrorCode.NONE, guard: this.#verifications.start(request, nowMs) };
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
    if (this.#open.size === 0) return first;
    const [oldest = first] = this.#open.values();
    return Math.min(first, oldest);
  }

  /** Those that have something in [fromOffset, untilOffset). */
  abortedWithin(fromOffset: number, untilOffset: number): AbortedTransaction[] {
    return this.#aborted.within(fromOffset, untilOffset);
  }

  entries(): Iterable<ProducerEntry> {
    return this.#producers.values();
  }

  /** What was asked is not known to the next process. */
  processStarted(): void {
    this.#verifications.clear();
  }

  logStartMoved(logStartOffset: number): void {
    this.#aborted.forgetBefore(logStartOffset);
  }

  /**
   * Whether it says what its producer is to write next: by its sequence numbers or, when a marker
   * with a new epoch came last, by that.
   */
  followsFrom(batch: Uint8Array): boolean {
    const entry = this.#producers.get(producerIdOf(batch, 0));
    if (entry === undefined) return false;
    const newest = entry.recentBatches.at(-1);
    return newest === undefined
      ? isControl(batch, 0) && producerEpochOf(batch, 0) === entry.epoch
      : lastOffsetOf(batch, 0) === newest.lastOffset;
  }

  /** No consumer may be told of an abort that it would look for in vain: it would skip too much. */
  markersGone(offsets: ReadonlySet<number>): void {
    this.#aborted.forget(offsets);
  }

  highWatermarkMoved(highWatermark: number): void {
    while (this.#ended.length > 0 && this.#ended[0]!.markerOffset < highWatermark) {
      this.#ended.shift();
    }
  }

  /** Forgets who has not written for so long and has no transaction open. */
  expire(nowMs: number, expirationMs: number): void {
    this.#verifications.expire(nowMs, expirationMs);
    for (const entry of this.#producers.values()) {
      const open = entry.transactionFirstOffset !== undefined;
      if (!open && nowMs - entry.lastTimestampMs >= expirationMs) {
        this.#producers.delete(entry.producerId);
      }
    }
  }

  /** Begins anew, with what stands in the log. */
  rebuild(log: Batches, logStartOffset: number): void {
    this.#producers = nobody;
    this.#open.clear();
    this.#ended = [];
    this.#aborted.clear();
    log.forEachBatch((batch) => {
      if (producerIdOf(batch, 0) >= 0) this.note(batch, 0);
    });
    this.logStartMoved(logStartOffset);
  }

  #add(producerId: number): ProducerEntry {
    if (this.#producers === nobody) this.#producers = new Map();
    const entry = new ProducerEntry(producerId);
    this.#producers.set(producerId, entry);
    return entry;
  }

  #isOpen(producerId: number, epoch: number): boolean {
    return this.#open.has(producerId) && this.#producers.get(producerId)?.epoch === epoch;
  }

  #isInSequence(producerId: number, epoch: number, firstSequence: number): boolean {
    const entry = this.#producers.get(producerId);
    const isFirst = entry === undefined || entry.recentBatches.length === 0;
    return (
      this.#verifications.allowsSequence(producerId, firstSequence, isFirst) &&
      (entry === undefined || isInSequence(entry, epoch, firstSequence))
    );
  }

  #noteMarker(entry: ProducerEntry, bytes: Uint8Array, at: number): void {
    entry.lastTimestampMs = maxTimestampOf(bytes, at);
    const marker = readEndTransactionMarker(bytes, at);
    if (marker === undefined) return;
    const { producerId } = entry;
    this.#verifications.ended(producerId, producerEpochOf(bytes, at));
    entry.coordinatorEpoch = marker.coordinatorEpoch;
    const firstOffset = entry.transactionFirstOffset;
    if (firstOffset === undefined) return;
    const lastOffset = baseOffsetOf(bytes, at);
    this.#ended.push({ firstOffset, markerOffset: lastOffset });
    if (!marker.committed) this.#aborted.add({ producerId, firstOffset, lastOffset });
    entry.transactionFirstOffset = undefined;
    this.#open.delete(producerId);
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
    if (!isTransactional(bytes, at)) return;
    this.#verifications.begun(entry.producerId);
    if (entry.transactionFirstOffset !== undefined) return;
    entry.transactionFirstOffset = firstOffset;
    this.#open.set(entry.producerId, firstOffset);
  }
}

/** A marker of version 2 has the epoch that comes after the transaction's; it may come twice. */
function checkMarker(
  entry: ProducerEntry,
  bytes: Uint8Array,
  at: number,
  { transactionVersion }: BatchOrigin,
): ErrorCode {
  const epoch = producerEpochOf(bytes, at);
  const ofEpoch = transactionVersion >= 2 && epoch === entry.epoch;
  const isRetry = entry.transactionFirstOffset === undefined || epoch === epochMax;
  if (epoch < entry.epoch || (ofEpoch && !isRetry)) return ErrorCode.INVALID_PRODUCER_EPOCH;
  const marker = readEndTransactionMarker(bytes, at);
  return marker !== undefined && marker.coordinatorEpoch < entry.coordinatorEpoch
    ? ErrorCode.TRANSACTION_COORDINATOR_FENCED
    : ErrorCode.NONE;
}

/**
 * A new epoch starts at 0; within one, each batch starts where the last ended. A marker with a new
 * epoch leaves no batch behind, and then 0 is next. (KIP-98, KIP-890)
 */
function isInSequence(entry: ProducerEntry, epoch: number, firstSequence: number): boolean {
  if (epoch !== entry.epoch) return firstSequence === 0 || entry.epoch === -1;
  return firstSequence === advance(entry.lastSequence, 1);
}
