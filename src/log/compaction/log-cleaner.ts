import type { LogConfig } from '../log-config.ts';
import type { LogEvent } from '../log-event.ts';
import type { SegmentList } from '../segment-list.ts';
import { abortedBatches } from './aborted-transactions.ts';
import { cleanableSegments, isDue } from './cleanable.ts';
import { compact } from './compact.ts';

interface CleanedLog {
  readonly lastStableOffset: number;
  /** Last offsets of the batches from which the next sequence number of a producer follows. */
  lastOfProducers(): ReadonlySet<number>;
}

/** Knows how far its log is compacted, and goes on from there when enough has come. */
export class LogCleaner {
  #firstDirtyOffset = 0;

  /** What has happened; undefined: it is not time, or there is nothing to do. */
  clean(
    list: SegmentList,
    log: CleanedLog,
    config: LogConfig,
    nowMs: number,
  ): LogEvent | undefined {
    const { all } = list;
    if (!config.cleanupPolicy.compact || all.length === 1) return undefined;
    const { lastStableOffset } = log;
    const state = { firstDirtyOffset: this.#firstDirtyOffset, lastStableOffset };
    const cleanable = cleanableSegments(all, state, config, nowMs);
    if (!isDue(all, cleanable, config, nowMs)) return undefined;
    const before = list.sizeBytes;
    const compacted = compact({
      segments: all.slice(0, cleanable.count),
      firstDirty: cleanable.cleanCount,
      aborted: abortedBatches(all),
      lastOfProducers: log.lastOfProducers(),
      segmentBytes: config.segmentBytes,
      deleteRetentionMs: config.deleteRetentionMs,
      nowMs,
    });
    this.#firstDirtyOffset = all[cleanable.count]!.baseOffset;
    list.replaceFirst(cleanable.count, compacted);
    const sizeBytes = list.sizeBytes;
    return {
      type: 'log-compacted',
      untilOffset: this.#firstDirtyOffset,
      sizeBytes,
      freedBytes: before - sizeBytes,
    };
  }

  truncated(logEndOffset: number): void {
    this.#firstDirtyOffset = Math.min(this.#firstDirtyOffset, logEndOffset);
  }
}
