/**
 * What happened to one replica's log, in the past tense; the cluster's trace stamps time and place.
 */
export type LogEvent =
  | {
      readonly type: 'appended';
      readonly baseOffset: number;
      readonly lastOffset: number;
      readonly sizeBytes: number;
      readonly leaderEpoch: number;
      /** -1 for a batch without a producer id. */
      readonly producerId: number;
    }
  | { readonly type: 'segment-rolled'; readonly baseOffset: number }
  | { readonly type: 'truncated'; readonly logEndOffset: number }
  | {
      readonly type: 'segments-deleted';
      readonly count: number;
      readonly sizeBytes: number;
      readonly reason: 'retention-time' | 'retention-size' | 'log-start';
    }
  | {
      readonly type: 'log-compacted';
      /** Up to here, no key has an older record any more. */
      readonly untilOffset: number;
      readonly sizeBytes: number;
      readonly freedBytes: number;
    }
  | { readonly type: 'log-start-moved'; readonly logStartOffset: number };
