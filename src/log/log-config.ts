import type { CompressionType } from '../protocol/records/compression.ts';

/**
 * What a log reads from its topic's configs. Units as in the names; -1 means no limit for
 * retention.
 */
export interface LogConfig {
  /** `segment.bytes` */
  readonly segmentBytes: number;
  /** `segment.ms` */
  readonly segmentMs: number;
  /** `retention.ms`; -1: time deletes nothing */
  readonly retentionMs: number;
  /** `retention.bytes`; -1: size deletes nothing */
  readonly retentionBytes: number;
  /** `flush.messages`: with so many unflushed they are flushed */
  readonly flushMessages: number;
  /** `flush.ms`: what has waited so long is flushed, when the flush scheduler looks */
  readonly flushMs: number;
  /** `max.message.bytes`: the largest batch a client may send, compressed size */
  readonly maxMessageBytes: number;
  /** `message.timestamp.type` */
  readonly messageTimestampType: 'CreateTime' | 'LogAppendTime';
  /** `message.timestamp.before.max.ms` */
  readonly messageTimestampBeforeMaxMs: number;
  /** `message.timestamp.after.max.ms` */
  readonly messageTimestampAfterMaxMs: number;
  /** `compression.type`; `producer` keeps the codec of the batch */
  readonly compressionType: 'producer' | CompressionType;
  /** `cleanup.policy` */
  readonly cleanupPolicy: { readonly compact: boolean; readonly delete: boolean };
  /** `min.cleanable.dirty.ratio` */
  readonly minCleanableDirtyRatio: number;
  /** `min.compaction.lag.ms`: so long a record stays, superseded or not */
  readonly minCompactionLagMs: number;
  /** `max.compaction.lag.ms`: older ones are compacted whatever the ratio */
  readonly maxCompactionLagMs: number;
  /** `delete.retention.ms`: so long a tombstone stays once the log around it is clean */
  readonly deleteRetentionMs: number;
  /** `producer.id.expiration.ms` of the broker */
  readonly producerIdExpirationMs: number;
  /** `transaction.partition.verification.enable` of the broker (KIP-890) */
  readonly verifyTransactions: boolean;
}

/** Kafka 4.3's defaults of a topic. */
export const defaultLogConfig: LogConfig = {
  segmentBytes: 1_073_741_824,
  segmentMs: 604_800_000,
  retentionMs: 604_800_000,
  retentionBytes: -1,
  flushMessages: Number.MAX_SAFE_INTEGER,
  flushMs: Number.MAX_SAFE_INTEGER,
  maxMessageBytes: 1_048_588,
  messageTimestampType: 'CreateTime',
  messageTimestampBeforeMaxMs: Number.MAX_SAFE_INTEGER,
  messageTimestampAfterMaxMs: 3_600_000,
  compressionType: 'producer',
  cleanupPolicy: { compact: false, delete: true },
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Number.MAX_SAFE_INTEGER,
  deleteRetentionMs: 86_400_000,
  producerIdExpirationMs: 86_400_000,
  verifyTransactions: true,
};
