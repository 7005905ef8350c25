import { assert } from '../assert.ts';
import type { EncodedRecord } from '../protocol/coordinator-records/record-table.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import { buildBatch } from '../protocol/records/batch-builder.ts';
import { recordsOf } from '../protocol/records/batch-records.ts';
import {
  endTransactionMarker,
  readEndTransactionMarker,
} from '../protocol/records/end-transaction-marker.ts';
import { isControl, producerIdOf, sizeOf } from '../protocol/records/record-batch.ts';
import type { Clock } from '../simulation/clock.ts';
import type { CoordinatorLog } from './coordinator-log.ts';
import { PendingWrites } from './pending-writes.ts';
import { Timeline } from './timeline-map.ts';

/** Whose transaction records are part of. */
export interface ProducerOfRecords {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** The transaction's coordinator has agreed (KIP-890). */
  readonly guard: number | undefined;
}

/** The end of a transaction in this partition. */
export interface TransactionMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly committed: boolean;
  readonly transactionVersion: number;
}

/** What the records of a partition mean. */
interface JournalContent<Record> {
  encode(record: Record): EncodedRecord;
  /** Undefined for a kind that is not known here. */
  decode(key: Uint8Array, value: Uint8Array | null): Record | undefined;
  /** `producerId`: whose transaction it is part of, or -1. */
  replay(record: Record, offset: number, producerId: number): void;
  replayMarker(producerId: number, committed: boolean, offset: number): void;
  /** All has been read. */
  loaded(): void;
}

interface WriteOptions {
  /** So long the commit is waited for. */
  readonly timeoutMs: number;
  readonly producer?: ProducerOfRecords | undefined;
}

type Done = (errorCode: ErrorCode) => void;

/**
 * One partition of an internal topic as its leader keeps it: records that are replayed, the same
 * when they are read at the start as when they are written.
 *
 * Loading  takes no writes; ends when the log has been read.
 * Active   ends when the broker leads the partition no more.
 * Unloaded never ends: the next leader has the records.
 */
export class CoordinatorJournal<Record> {
  /** How far the records are committed. */
  readonly timeline = new Timeline();
  readonly #log: CoordinatorLog;
  readonly #clock: Clock;
  readonly #content: JournalContent<Record>;
  readonly #pending: PendingWrites;
  #state: 'Loading' | 'Active' | 'Unloaded' = 'Loading';
  #looksSoon = false;

  constructor(log: CoordinatorLog, clock: Clock, content: JournalContent<Record>) {
    this.#log = log;
    this.#clock = clock;
    this.#content = content;
    this.#pending = new PendingWrites(clock);
    // In an event of its own, so that whatever the broker is in the middle of is over.
    clock.after(0, () => this.#load());
  }

  get isActive(): boolean {
    return this.#state === 'Active';
  }

  get isLoading(): boolean {
    return this.#state === 'Loading';
  }

  /**
   * Writes the records in one batch and makes them so at once, or does neither. `done` hears, in a
   * later event, that they are committed, or why they may not be; without records, that everything
   * written so far is.
   */
  write(records: readonly Record[], { timeoutMs, producer }: WriteOptions, done: Done): void {
    assert(this.isActive, 'a journal is written while it is active');
    if (records.length === 0) {
      this.#pending.add(this.#log.logEndOffset, timeoutMs, done);
      this.highWatermarkAdvanced();
      return;
    }
    const timestampMs = this.#clock.now();
    const encoded = records.map((record) => ({ ...this.#content.encode(record), timestampMs }));
    const { producerId = -1, producerEpoch = -1, guard } = producer ?? {};
    const transactional = producer !== undefined;
    const batch = buildBatch(encoded, { producerId, producerEpoch, transactional });
    this.#append(batch, { guard }, timeoutMs, done, (lastOffset) => {
      const baseOffset = lastOffset - (records.length - 1);
      records.forEach((record, index) => {
        this.#content.replay(record, baseOffset + index, producerId);
      });
    });
  }

  writeMarker(marker: TransactionMarker, timeoutMs: number, done: Done): void {
    assert(this.isActive, 'a journal is written while it is active');
    const { producerId, committed, transactionVersion } = marker;
    const batch = endTransactionMarker({ ...marker, timestampMs: this.#clock.now() });
    this.#append(batch, { transactionVersion }, timeoutMs, done, (offset) => {
      this.#content.replayMarker(producerId, committed, offset);
    });
  }

  /** Looks in an event of its own, for it may be told in the middle of an append. */
  highWatermarkAdvanced(): void {
    if (this.#looksSoon) return;
    this.#looksSoon = true;
    this.#clock.after(0, () => {
      this.#looksSoon = false;
      if (!this.isActive) return;
      const { highWatermark } = this.#log;
      this.timeline.commit(highWatermark);
      this.#pending.commit(highWatermark);
    });
  }

  /** The broker leads the partition no more: `content` ends what it has, then the writers hear. */
  unload(endContent: () => void): void {
    this.#state = 'Unloaded';
    endContent();
    this.#pending.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  }

  #append(
    batch: Uint8Array,
    options: Parameters<CoordinatorLog['append']>[1],
    timeoutMs: number,
    done: Done,
    replay: (lastOffset: number) => void,
  ): void {
    const { errorCode, lastOffset } = this.#log.append(batch, options);
    if (errorCode !== ErrorCode.NONE) {
      this.#clock.after(0, () => done(errorCode));
      return;
    }
    replay(lastOffset);
    this.#pending.add(lastOffset + 1, timeoutMs, done);
    this.highWatermarkAdvanced();
  }

  #load(): void {
    if (!this.isLoading) return;
    this.timeline.commit(this.#log.highWatermark);
    let offset = this.#log.logStartOffset;
    while (offset < this.#log.logEndOffset) {
      const { chunks, nextOffset } = this.#log.read(offset);
      if (nextOffset <= offset) break;
      for (const chunk of chunks) this.#replayBatches(chunk);
      offset = nextOffset;
    }
    this.#state = 'Active';
    this.#content.loaded();
  }

  #replayBatches(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += sizeOf(bytes, at)) {
      const producerId = producerIdOf(bytes, at);
      const records = recordsOf(bytes, at) ?? [];
      if (isControl(bytes, at)) {
        const marker = readEndTransactionMarker(bytes, at);
        if (marker === undefined) continue;
        this.#content.replayMarker(producerId, marker.committed, records[0]!.offset);
        continue;
      }
      for (const { key, value, offset } of records) {
        if (key === null) continue;
        // A view of the log is never written to, but it would keep its whole block alive.
        const record = this.#content.decode(key, value && new Uint8Array(value));
        if (record !== undefined) this.#content.replay(record, offset, producerId);
      }
    }
  }
}
