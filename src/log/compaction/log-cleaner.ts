import type { LogConfig } from '../log-config.ts';
import type { LogEvent } from '../log-event.ts';
import type { ProducerState } from '../producer-state.ts';
import type { SegmentList } from '../segment-list.ts';
import { cleanableSegments, isDue } from './cleanable.ts';
import { compact } from './compact.ts';
import { decidedTransactions } from './decided-transactions.ts';

interface CleanedLog {
  readonly lastStableOffset: number;
  readonly producers: ProducerState;
}

/** Knows how far its log is compacted, and goes on from there when enough has come. */
export class LogCleaner {
  #firstDirtyOffset = 0;

  /** What has happened; undefined: it is not time, or there is nothing to do. */
  clean(
    list: SegmentList,
    { lastStableOffset, producers }: CleanedLog,
    config: LogConfig,
    nowMs: number,
  ): LogEvent | undefined {
    const { all } = list;
    if (!config.cleanupPolicy.compact || all.length === 1) return undefined;
    const state = { firstDirtyOffset: this.#firstDirtyOffset, lastStableOffset };
    const cleanable = cleanableSegments(all, state, config, nowMs);
    if (!isDue(all, cleanable, config, nowMs)) return undefined;
    const before = list.sizeBytes;
    const { segments, markersGone } = compact({
      segments: all.slice(0, cleanable.count),
      firstDirty: cleanable.cleanCount,
      transactions: decidedTransactions(all),
      isLastOfProducer: (batch) => producers.followsFrom(batch),
      segmentBytes: config.segmentBytes,
      deleteRetentionMs: config.deleteRetentionMs,
      nowMs,
    });
    this.#firstDirtyOffset = all[cleanable.count]!.baseOffset;
    list.replaceFirst(cleanable.count, segments);
    producers.markersGone(markersGone);
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
