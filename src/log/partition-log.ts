import { assert } from '../assert.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import {
  baseOffsetOf,
  headerSizeBytes,
  lastOffsetDeltaOf,
  lastOffsetOf,
  leaderEpochOf,
  maxTimestampOf,
  prefixSizeBytes,
  producerIdOf,
  sizeOf,
  stampOffsetAndEpoch,
  stampTimestamp,
} from '../protocol/records/record-batch.ts';
import { type AcceptedBatch, validateBatch } from './batch-validation.ts';
import { BlockArena } from './block-arena.ts';
import { LogCleaner } from './compaction/log-cleaner.ts';
import { Durability } from './durability.ts';
import { type EpochEndOffset, EpochHistory } from './epoch-history.ts';
import { checkFetched, type FetchedBatches } from './fetched-batches.ts';
import type { LogConfig } from './log-config.ts';
import type { LogEvent } from './log-event.ts';
import { nothingRead, type ReadOptions, type ReadResult, readSegments } from './log-read.ts';
import type { RecentBatch } from './producer-entry.ts';
import { ProducerState } from './producer-state.ts';
import type { Refusal } from './refusal.ts';
import { type RetentionReason, retentionRules } from './retention.ts';
import { SegmentList } from './segment-list.ts';
import { findMaxTimestamp, findTimestamp, type TimestampAndOffset } from './timestamp-lookup.ts';

/** What a log needs of whoever keeps it. */
export interface LogOwner {
  /**
   * Asked on every append and retention check, so that a changed topic config holds from then on.
   */
  config(): LogConfig;
  emit(event: LogEvent): void;
}

export interface AppendOptions {
  readonly leaderEpoch: number;
  readonly nowMs: number;
  /**
   * A `coordinator` may write control batches, and data without sequence numbers; default `client`.
   */
  readonly origin?: 'client' | 'coordinator';
  /** From `startVerification`. */
  readonly guard?: number | undefined;
  /** Of a marker. Default 0. */
  readonly transactionVersion?: number | undefined;
}

/** What a Produce response says about one partition. On error the offsets are -1. */
export interface AppendResult extends Refusal {
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** -1 unless the topic is LogAppendTime, or the batch a duplicate: then its max timestamp. */
  readonly logAppendTimeMs: number;
  /** -1 with those errors for which Kafka does not tell it. */
  readonly logStartOffset: number;
  /**
   * The batch was there already (idempotent retry): nothing was written, the offsets are the first
   * ones.
   */
  readonly duplicate: boolean;
}

interface FollowerAppendResult {
  /**
   * NONE; CORRUPT_MESSAGE for bytes that are no batches; OFFSET_OUT_OF_RANGE if they do not
   * continue the log.
   */
  readonly errorCode: ErrorCode;
  readonly sizeBytes: number;
}

const noRecordErrors: AppendResult['recordErrors'] = [];

/** Errors with which Kafka does not tell the log start offset. */
const withoutLogStart: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.MESSAGE_TOO_LARGE,
  ErrorCode.RECORD_LIST_TOO_LARGE,
  ErrorCode.CORRUPT_MESSAGE,
]);

/**
 * One replica of one partition: batches in segments, and what follows from them (leader epochs,
 * producers, transactions). It stands on no clock: who calls tells the time.
 */
export class PartitionLog {
  /** To be read; it follows from what is appended. */
  readonly producers = new ProducerState();
  readonly #owner: LogOwner;
  readonly #arena = new BlockArena();
  readonly #epochs = new EpochHistory();
  readonly #durability = new Durability();
  readonly #cleaner = new LogCleaner();
  #segments = new SegmentList(0);
  #logStartOffset = 0;
  #logEndOffset = 0;
  #highWatermark = 0;

  constructor(owner: LogOwner) {
    this.#owner = owner;
  }

  /** The first offset that may be read. */
  get logStartOffset(): number {
    return this.#logStartOffset;
  }

  /** The offset the next record will get. */
  get logEndOffset(): number {
    return this.#logEndOffset;
  }

  get highWatermark(): number {
    return this.#highWatermark;
  }

  /**
   * min(high watermark, first offset of the oldest transaction that is open or undecided there).
   */
  get lastStableOffset(): number {
    const unstable = Math.max(this.producers.firstUnstableOffset, this.#logStartOffset);
    return Math.min(this.#highWatermark, unstable);
  }

  /** Bytes of all batches held. */
  get sizeBytes(): number {
    return this.#segments.sizeBytes;
  }

  get segmentCount(): number {
    return this.#segments.all.length;
  }

  /** The latest leader epoch this log knows of, -1 if none. */
  get latestEpoch(): number {
    return this.#epochs.latest?.leaderEpoch ?? -1;
  }

  /** Start offset of `latestEpoch`, -1 if none. */
  get latestEpochStartOffset(): number {
    return this.#epochs.latest?.startOffset ?? -1;
  }

  /** The epoch that wrote the offset at log start, -1 if unknown. */
  get earliestEpoch(): number {
    const earliest = this.#epochs.earliest;
    return earliest && earliest.startOffset <= this.#logStartOffset ? earliest.leaderEpoch : -1;
  }

  /**
   * Validates one batch as Kafka does, copies it once, gives it offsets. `batch` is only borrowed.
   */
  appendAsLeader(batch: Uint8Array, options: AppendOptions): AppendResult {
    const config = this.#owner.config();
    const fromClient = options.origin !== 'coordinator';
    const sizeBytes = batch.length < headerSizeBytes ? 0 : sizeOf(batch, 0);
    if (sizeBytes < headerSizeBytes || sizeBytes > batch.length) {
      return this.#failed(ErrorCode.CORRUPT_MESSAGE);
    }
    const whole = sizeBytes < batch.length ? batch.subarray(0, sizeBytes) : batch;
    const accepted = validateBatch(whole, config, options.nowMs, fromClient);
    if (accepted.errorCode !== ErrorCode.NONE) return this.#refused(accepted as Refusal);
    const { bytes, maxTimestampMs } = accepted as AcceptedBatch;
    if (bytes.length > config.segmentBytes) return this.#failed(ErrorCode.RECORD_LIST_TOO_LARGE);

    const logAppendTime = config.messageTimestampType === 'LogAppendTime';
    const timestampMs = logAppendTime ? options.nowMs : maxTimestampMs;
    const lastOffset = this.#logEndOffset + lastOffsetDeltaOf(bytes, 0);
    this.#epochs.assign(options.leaderEpoch, this.#logEndOffset);
    this.#rollIfDue(this.#logEndOffset, lastOffset, bytes.length, timestampMs, options.nowMs);
    if (producerIdOf(bytes, 0) >= 0) {
      const duplicate = fromClient ? this.producers.findDuplicate(bytes, 0) : undefined;
      if (duplicate !== undefined) return this.#alreadyThere(duplicate);
      const { guard, transactionVersion = 0 } = options;
      const verifies = config.verifyTransactions;
      const producer = { fromClient, verifies, guard, transactionVersion };
      const errorCode = this.producers.check(bytes, 0, producer);
      if (errorCode !== ErrorCode.NONE) return this.#failed(errorCode);
    }

    const at = this.#arena.reserve(bytes.length);
    const { block } = this.#arena;
    block.set(bytes, at);
    const baseOffset = this.#logEndOffset;
    stampOffsetAndEpoch(block, at, baseOffset, options.leaderEpoch);
    stampTimestamp(block, at, timestampMs, logAppendTime);
    this.#index(block, at, bytes.length, baseOffset, lastOffset, timestampMs, options.nowMs);
    this.#flushIfDue(config, options.nowMs);
    return {
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      recordErrors: noRecordErrors,
      baseOffset,
      lastOffset,
      logAppendTimeMs: logAppendTime ? options.nowMs : -1,
      logStartOffset: this.#logStartOffset,
      duplicate: false,
    };
  }

  /**
   * Takes fetched batches by reference: all, or none. They must start at the log's end; only an
   * empty log takes a first batch that begins below, and then starts there.
   */
  appendAsFollower(chunks: readonly Uint8Array[], nowMs: number): FollowerAppendResult {
    const fetched = checkFetched(chunks);
    if (fetched.errorCode !== ErrorCode.NONE) return { errorCode: fetched.errorCode, sizeBytes: 0 };
    if (fetched.count === 0) return { errorCode: ErrorCode.NONE, sizeBytes: 0 };
    if (fetched.baseOffset < this.#logEndOffset) {
      const isEmpty = this.#logStartOffset === this.#logEndOffset;
      if (!isEmpty || fetched.firstLastOffset < this.#logEndOffset) {
        return { errorCode: ErrorCode.OFFSET_OUT_OF_RANGE, sizeBytes: 0 };
      }
      this.truncateFullyAndStartAt(fetched.baseOffset);
    }
    return { errorCode: ErrorCode.NONE, sizeBytes: this.#indexFetched(chunks, fetched, nowMs) };
  }

  /** Batches from `fromOffset` on, all from one segment, as Kafka reads. */
  read(fromOffset: number, options: ReadOptions): ReadResult {
    if (fromOffset < this.#logStartOffset || fromOffset > this.#logEndOffset) {
      return nothingRead(fromOffset, true);
    }
    // Who has everything asks most often.
    if (fromOffset >= options.untilOffset) return nothingRead(fromOffset, false);
    return readSegments(this.#segments, fromOffset, options);
  }

  /** Whether `offset` lies in a segment before that of `later`. */
  isInOlderSegment(offset: number, later: number): boolean {
    return this.#segments.indexOf(offset) < this.#segments.indexOf(later);
  }

  /**
   * Leader: raises the high watermark, at most to the log end; true if it rose. Never lowers it.
   */
  advanceHighWatermark(offset: number): boolean {
    assert(offset <= this.#logEndOffset, 'the high watermark is within the log');
    return offset > this.#highWatermark && this.setHighWatermark(offset);
  }

  /**
   * Follower: takes `offset`, kept between log start and log end; may go down. True if it changed.
   */
  setHighWatermark(offset: number): boolean {
    const highWatermark = Math.max(this.#logStartOffset, Math.min(offset, this.#logEndOffset));
    if (highWatermark === this.#highWatermark) return false;
    // What was decided below the former one may be above this one.
    const falls = highWatermark < this.#highWatermark;
    if (falls) this.producers.rebuild(this.#segments, this.#logStartOffset);
    this.#highWatermark = highWatermark;
    this.producers.highWatermarkMoved(highWatermark);
    return true;
  }

  /** A new leader's first act: its epoch starts at the log's end. */
  startEpoch(leaderEpoch: number): void {
    this.#epochs.assign(leaderEpoch, this.#logEndOffset);
  }

  /**
   * The largest known epoch ≤ the one asked for, and where it ends; -1 and -1 if that is unknown.
   */
  endOffsetForEpoch(leaderEpoch: number): EpochEndOffset {
    return this.#epochs.endOffsetFor(leaderEpoch, this.#logEndOffset);
  }

  /**
   * Drops every batch that ends at or above `offset`, which becomes the log end; the high watermark
   * follows. True if the log was longer.
   */
  truncateTo(offset: number): boolean {
    this.#epochs.truncateFromEnd(offset);
    if (offset >= this.#logEndOffset) return false;
    if (offset < this.#segments.all[0]!.baseOffset) {
      this.truncateFullyAndStartAt(offset);
      return true;
    }
    this.#segments.truncate(offset);
    this.#logEndOffset = offset;
    this.#logStartOffset = Math.min(this.#logStartOffset, offset);
    this.#truncated();
    return true;
  }

  /** Drops everything; the log is empty and starts at `offset`. */
  truncateFullyAndStartAt(offset: number): void {
    this.#segments = new SegmentList(offset);
    this.#epochs.clear();
    this.#logStartOffset = offset;
    this.#logEndOffset = offset;
    this.#truncated();
  }

  /**
   * What DeleteRecords does, and a follower that hears of its leader's start; moving back does
   * nothing. OFFSET_OUT_OF_RANGE above the high watermark. Bytes go when retention is applied next.
   */
  moveLogStart(offset: number): ErrorCode {
    if (offset > this.#highWatermark) return ErrorCode.OFFSET_OUT_OF_RANGE;
    if (offset <= this.#logStartOffset) return ErrorCode.NONE;
    this.#logStartOffset = offset;
    this.#epochs.truncateFromStart(offset);
    this.producers.logStartMoved(offset);
    this.#owner.emit({ type: 'log-start-moved', logStartOffset: offset });
    return ErrorCode.NONE;
  }

  /** Retention by log start, size and time; returns how many segments went. */
  applyRetention(nowMs: number): number {
    const config = this.#owner.config();
    let count = 0;
    for (const reason of Object.keys(retentionRules) as RetentionReason[]) {
      const expired = retentionRules[reason](this.#segments.all, this, config, nowMs);
      if (expired > 0) this.#deleteSegments(expired, reason);
      count += expired;
    }
    return count;
  }

  /** Drops what later records of the same key have superseded, when it is time; says whether. */
  compact(nowMs: number): boolean {
    const done = this.#cleaner.clean(this.#segments, this, this.#owner.config(), nowMs);
    if (done !== undefined) this.#owner.emit(done);
    return done !== undefined;
  }

  /** Forgets producers by `producer.id.expiration.ms`. */
  expireProducers(nowMs: number): void {
    this.producers.expire(nowMs, this.#owner.config().producerIdExpirationMs);
  }

  /** Everything is on the disk now. */
  flush(nowMs: number): void {
    this.#durability.flushed(this.#logEndOffset, nowMs);
  }

  /** Flushes what has waited longer than `flush.ms`. */
  flushIfOld(nowMs: number): void {
    if (nowMs - this.#durability.flushedAtMs >= this.#owner.config().flushMs) this.flush(nowMs);
  }

  checkpointHighWatermark(): void {
    this.#durability.checkpointed(this.#highWatermark);
  }

  /** A process starts on this log: it knows the high watermark that was last written down. */
  recoverHighWatermark(): void {
    this.producers.processStarted();
    this.setHighWatermark(this.#durability.highWatermark);
  }

  /** The power has failed: what was not flushed is gone. */
  loseUnflushed(): void {
    this.truncateTo(this.#durability.flushedOffset);
  }

  /** The first record from log start on, below `untilOffset`, with a timestamp ≥ `timestampMs`. */
  offsetForTimestamp(timestampMs: number, untilOffset: number): TimestampAndOffset | undefined {
    const found = findTimestamp(this.#segments.all, timestampMs, this.#logStartOffset);
    return found !== undefined && found.offset < untilOffset ? found : undefined;
  }

  /** The first record that has the greatest timestamp; undefined when the log is empty. */
  offsetOfMaxTimestamp(): TimestampAndOffset | undefined {
    return findMaxTimestamp(this.#segments.all);
  }

  /** Makes a batch that stands at `at` of `block` part of the log. */
  #index(
    block: Buffer,
    at: number,
    sizeBytes: number,
    baseOffset: number,
    lastOffset: number,
    maxTimestampMs: number,
    nowMs: number,
  ): void {
    this.#segments.active.append(block, at, sizeBytes, baseOffset, maxTimestampMs, nowMs);
    this.#logEndOffset = lastOffset + 1;
    const producerId = producerIdOf(block, at);
    if (producerId >= 0) this.producers.note(block, at);
    this.#owner.emit({
      type: 'appended',
      baseOffset,
      lastOffset,
      sizeBytes,
      leaderEpoch: leaderEpochOf(block, at),
      producerId,
    });
  }

  #indexFetched(chunks: readonly Uint8Array[], fetched: FetchedBatches, nowMs: number): number {
    let sizeBytes = 0;
    for (const chunk of chunks) {
      const { lastBlock } = this.#segments.active;
      const block = lastBlock?.buffer === chunk.buffer ? lastBlock : Buffer.from(chunk.buffer);
      const end = chunk.byteOffset + chunk.length;
      for (let at = chunk.byteOffset; end - at >= prefixSizeBytes; ) {
        const size = sizeOf(block, at);
        if (size > end - at) break;
        const baseOffset = baseOffsetOf(block, at);
        const lastOffset = lastOffsetOf(block, at);
        const maxTimestampMs = maxTimestampOf(block, at);
        const leaderEpoch = leaderEpochOf(block, at);
        if (leaderEpoch >= 0) this.#epochs.assign(leaderEpoch, baseOffset);
        this.#rollIfDue(baseOffset, lastOffset, size, maxTimestampMs, nowMs);
        this.#index(block, at, size, baseOffset, lastOffset, maxTimestampMs, nowMs);
        sizeBytes += size;
        at += size;
      }
    }
    assert(sizeBytes === fetched.sizeBytes, 'all that was checked was indexed');
    this.#flushIfDue(this.#owner.config(), nowMs);
    return sizeBytes;
  }

  #rollIfDue(
    baseOffset: number,
    lastOffset: number,
    sizeBytes: number,
    timestampMs: number,
    nowMs: number,
  ): void {
    const { active } = this.#segments;
    const { segmentBytes, segmentMs } = this.#owner.config();
    const isFull = active.sizeBytes > segmentBytes - sizeBytes;
    const isOld = active.ageMs(timestampMs, nowMs) > segmentMs;
    if (!isFull && !isOld && active.hasRoomFor(lastOffset, sizeBytes)) return;
    this.#roll(baseOffset);
    this.#durability.flushed(baseOffset, nowMs); // as Kafka: a segment that is full is flushed
  }

  #flushIfDue({ flushMessages }: LogConfig, nowMs: number): void {
    if (this.#logEndOffset - this.#durability.flushedOffset >= flushMessages) this.flush(nowMs);
  }

  #roll(baseOffset: number): void {
    this.#segments.roll(baseOffset);
    this.#owner.emit({ type: 'segment-rolled', baseOffset });
  }

  #deleteSegments(count: number, reason: RetentionReason): void {
    if (count === this.#segments.all.length) this.#roll(this.#logEndOffset);
    let sizeBytes = 0;
    for (const segment of this.#segments.all.slice(0, count)) sizeBytes += segment.sizeBytes;
    this.#segments.removeFirst(count);
    this.#owner.emit({ type: 'segments-deleted', count, sizeBytes, reason });
    this.moveLogStart(this.#segments.all[0]!.baseOffset);
  }

  #truncated(): void {
    this.producers.rebuild(this.#segments, this.#logStartOffset);
    this.#durability.truncated(this.#logEndOffset);
    this.#cleaner.truncated(this.#logEndOffset);
    this.setHighWatermark(this.#highWatermark);
    this.producers.highWatermarkMoved(this.#highWatermark);
    this.#owner.emit({ type: 'truncated', logEndOffset: this.#logEndOffset });
  }

  #alreadyThere(batch: RecentBatch): AppendResult {
    return {
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      recordErrors: noRecordErrors,
      baseOffset: batch.firstOffset,
      lastOffset: batch.lastOffset,
      logAppendTimeMs: batch.timestampMs,
      logStartOffset: this.#logStartOffset,
      duplicate: true,
    };
  }

  #failed(errorCode: ErrorCode): AppendResult {
    return this.#refused({ errorCode, errorMessage: null, recordErrors: noRecordErrors });
  }

  #refused({ errorCode, errorMessage, recordErrors }: Refusal): AppendResult {
    return {
      errorCode,
      errorMessage,
      recordErrors,
      baseOffset: -1,
      lastOffset: -1,
      logAppendTimeMs: -1,
      logStartOffset: withoutLogStart.has(errorCode) ? -1 : this.#logStartOffset,
      duplicate: false,
    };
  }
}
