import { ErrorCode } from '../protocol/error-code.ts';
import { buildBatch } from '../protocol/records/batch-builder.ts';
import {
  type CompressionType,
  compressionTypes,
  type DecompressProblem,
  decompress,
  unpackedSizeMaxBytes,
} from '../protocol/records/compression.ts';
import { type BatchRecord, readRecords } from '../protocol/records/record.ts';
import {
  baseOffsetOf,
  baseSequenceOf,
  baseTimestampOf,
  compressionIdOf,
  headerSizeBytes,
  isControl,
  isCrcValid,
  isLogAppendTime,
  isTransactional,
  lastOffsetDeltaOf,
  maxTimestampOf,
  producerEpochOf,
  producerIdOf,
  recordCountOf,
} from '../protocol/records/record-batch.ts';
import { type RecordWalk, walkRecords } from '../protocol/records/record-walk.ts';
import type { LogConfig } from './log-config.ts';
import type { RecordError, Refusal } from './refusal.ts';

/** What will be stored: the batch as it came, or as the topic's configs want it. */
export interface AcceptedBatch {
  readonly errorCode: typeof ErrorCode.NONE;
  readonly bytes: Uint8Array;
  /** To be stamped: what the header says, unless it lies. */
  readonly maxTimestampMs: number;
}

const refuse = (
  errorCode: ErrorCode,
  errorMessage: string | null = null,
  recordErrors: readonly RecordError[] = [],
): Refusal => ({ errorCode, errorMessage, recordErrors });

/**
 * The checks that need the header and a CRC over all bytes; undefined if there is nothing to say.
 */
function checkHeader(
  batch: Uint8Array,
  config: LogConfig,
  fromClient: boolean,
): Refusal | undefined {
  if (fromClient && baseOffsetOf(batch, 0) !== 0) return refuse(ErrorCode.INVALID_RECORD);
  if (batch.length > config.maxMessageBytes) return refuse(ErrorCode.MESSAGE_TOO_LARGE);
  if (!isCrcValid(batch, 0, batch.length)) {
    return refuse(ErrorCode.CORRUPT_MESSAGE);
  }
  if (compressionIdOf(batch, 0) >= compressionTypes.length) {
    return refuse(ErrorCode.UNKNOWN_SERVER_ERROR);
  }
  if (!fromClient) return undefined;
  const lastOffsetDelta = lastOffsetDeltaOf(batch, 0);
  if (
    lastOffsetDelta < 0 ||
    recordCountOf(batch, 0) !== lastOffsetDelta + 1 ||
    isControl(batch, 0)
  ) {
    return refuse(ErrorCode.INVALID_RECORD);
  }
  if (producerIdOf(batch, 0) >= 0 && baseSequenceOf(batch, 0) < 0) {
    return refuse(ErrorCode.INVALID_RECORD);
  }
  return undefined;
}

/** What does not unpack fails in Kafka like a fault of its own; only the limit is ours. */
function refuseCompressed(problem: DecompressProblem): Refusal {
  return problem === 'too-large'
    ? refuse(ErrorCode.MESSAGE_TOO_LARGE, `unpacks to more than ${unpackedSizeMaxBytes} bytes`)
    : refuse(ErrorCode.UNKNOWN_SERVER_ERROR);
}

/** A batch of which one record breaks a rule is refused whole; this says which records do. */
function recordErrorsOf(
  batch: Uint8Array,
  records: Uint8Array,
  config: LogConfig,
  nowMs: number,
): Refusal {
  const baseTimestampMs = baseTimestampOf(batch, 0);
  const flagged = isLogAppendTime(batch, 0);
  const createTime = config.messageTimestampType === 'CreateTime';
  const errors: RecordError[] = [];
  let badTimestamp = false;
  const count = recordCountOf(batch, 0);
  readRecords(records, 0, records.length, count).forEach((record, batchIndex) => {
    const timestampMs = flagged
      ? maxTimestampOf(batch, 0)
      : baseTimestampMs + record.timestampDeltaMs;
    if (config.cleanupPolicy.compact && record.key === null) {
      const batchIndexErrorMessage = 'a compacted topic takes no record without a key';
      errors.push({ batchIndex, batchIndexErrorMessage });
    } else if (createTime && timestampMs !== -1) {
      const earliestMs = nowMs - config.messageTimestampBeforeMaxMs;
      const latestMs = nowMs + config.messageTimestampAfterMaxMs;
      if (timestampMs >= earliestMs && timestampMs <= latestMs) return;
      const limits = `${earliestMs} and ${latestMs}`;
      const batchIndexErrorMessage = `timestamp ${timestampMs} is not within ${limits}`;
      errors.push({ batchIndex, batchIndexErrorMessage });
      badTimestamp = true;
    } else if (flagged) {
      const batchIndexErrorMessage = 'a producer may not set the timestamp type LogAppendTime';
      errors.push({ batchIndex, batchIndexErrorMessage });
      badTimestamp = true;
    }
  });
  return badTimestamp
    ? refuse(ErrorCode.INVALID_TIMESTAMP, 'timestamps of some records are out of bounds', errors)
    : refuse(
        ErrorCode.INVALID_RECORD,
        `${errors.length} records break a rule of the topic`,
        errors,
      );
}

/** Whether any record may break a rule that is about single records. */
function needsRecordErrors(
  walk: RecordWalk,
  batch: Uint8Array,
  config: LogConfig,
  nowMs: number,
): boolean {
  if (config.cleanupPolicy.compact && walk.hasNullKey) return true;
  if (isLogAppendTime(batch, 0)) return true;
  if (config.messageTimestampType === 'LogAppendTime') return false;
  return (
    nowMs - walk.minTimestampMs > config.messageTimestampBeforeMaxMs ||
    walk.maxTimestampMs - nowMs > config.messageTimestampAfterMaxMs
  );
}

/** The codec that the topic wants the batch in. */
function targetCompression(batch: Uint8Array, config: LogConfig): CompressionType {
  const own = compressionTypes[compressionIdOf(batch, 0)]!;
  const { compressionType } = config;
  if (compressionType === 'producer') return own;
  if (own === 'none' && isControl(batch, 0)) return own;
  return compressionType;
}

function rebuild(
  batch: Uint8Array,
  records: readonly BatchRecord[],
  target: CompressionType,
): Uint8Array {
  const baseTimestampMs = baseTimestampOf(batch, 0);
  return buildBatch(
    records.map(({ timestampDeltaMs, key, value, headers }) => ({
      timestampMs: baseTimestampMs + timestampDeltaMs,
      key,
      value,
      headers,
    })),
    {
      compressionType: target,
      producerId: producerIdOf(batch, 0),
      producerEpoch: producerEpochOf(batch, 0),
      baseSequence: baseSequenceOf(batch, 0),
      transactional: isTransactional(batch, 0),
      control: isControl(batch, 0),
    },
  );
}

/**
 * Checks one whole batch that a leader is asked to append, in Kafka's order: base offset, size,
 * CRC, offsets and count, structure of the records, each record; then brings it into the topic's
 * codec.
 */
export function validateBatch(
  batch: Uint8Array,
  config: LogConfig,
  nowMs: number,
  fromClient: boolean,
): AcceptedBatch | Refusal {
  const refusal = checkHeader(batch, config, fromClient);
  if (refusal !== undefined) return refusal;
  const codec = compressionTypes[compressionIdOf(batch, 0)]!;
  let records = batch;
  let start = headerSizeBytes;
  if (codec !== 'none') {
    const opened = decompress(compressionIdOf(batch, 0), batch.subarray(headerSizeBytes));
    if ('problem' in opened) return refuseCompressed(opened.problem);
    records = opened.bytes;
    start = 0;
  }
  const count = recordCountOf(batch, 0);
  const walk = walkRecords(records, start, records.length, count, baseTimestampOf(batch, 0));
  if (!walk.wellFormed) return refuse(ErrorCode.INVALID_RECORD);
  if (needsRecordErrors(walk, batch, config, nowMs)) {
    const errors = recordErrorsOf(batch, records.subarray(start), config, nowMs);
    if (errors.recordErrors.length > 0) return errors;
  }
  const maxTimestampMs = isLogAppendTime(batch, 0) ? maxTimestampOf(batch, 0) : walk.maxTimestampMs;
  const target = targetCompression(batch, config);
  if (target === codec) {
    // Offset deltas other than 0, 1, 2 …: Kafka does not see them if plain, and trips if packed.
    return codec !== 'none' && !walk.consecutive
      ? refuse(ErrorCode.UNKNOWN_SERVER_ERROR)
      : { errorCode: ErrorCode.NONE, bytes: batch, maxTimestampMs };
  }
  const bytes = rebuild(batch, readRecords(records, start, records.length, count), target);
  return bytes.length > config.maxMessageBytes
    ? refuse(ErrorCode.MESSAGE_TOO_LARGE)
    : { errorCode: ErrorCode.NONE, bytes, maxTimestampMs };
}
