import { unreachable } from '../assert.ts';
import type { AbortedTransaction } from '../log/aborted-transactions.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { Partition } from './partition.ts';

/** How far a reader may see: a follower everything, a consumer what is committed or decided. */
export type FetchIsolation = 'log-end' | 'high-watermark' | 'last-stable-offset';

/** As requests say it: 0 read uncommitted, 1 read committed. */
export const isIsolationLevel = (level: number): boolean => level === 0 || level === 1;

interface FetchPosition {
  readonly fetchOffset: number;
  /** The leader epoch that the reader believes in, -1 for no check (KIP-320). */
  readonly currentLeaderEpoch: number;
  /** The epoch of the reader's last record, -1 for no check of divergence (KIP-595). */
  readonly lastFetchedEpoch: number;
}

interface ReadLimits {
  readonly maxSizeBytes: number;
  /** The first batch comes whole, however large: a reader must never be stuck (KIP-74). */
  readonly atLeastOneBatch: boolean;
}

export interface PartitionRead {
  readonly errorCode: ErrorCode;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly chunks: readonly Uint8Array[];
  readonly sizeBytes: number;
  /** Where the reader's log and ours part; the reader must cut its own back to it. */
  readonly divergingEpoch: { readonly epoch: number; readonly endOffset: number } | undefined;
  /** Whose records a reader of what is committed must skip; none for others. */
  readonly abortedTransactions: readonly AbortedTransaction[];
}

const none: readonly Uint8Array[] = [];
const noneAborted: readonly AbortedTransaction[] = [];

export const failedRead = (errorCode: ErrorCode): PartitionRead => ({
  errorCode,
  highWatermark: -1,
  lastStableOffset: -1,
  logStartOffset: -1,
  chunks: none,
  sizeBytes: 0,
  divergingEpoch: undefined,
  abortedTransactions: noneAborted,
});

/** Nothing is read here, for the reader is to read elsewhere (KIP-392). */
export function referredRead(partition: Partition, currentLeaderEpoch: number): PartitionRead {
  const epochError = partition.checkLeaderEpoch(currentLeaderEpoch);
  if (epochError !== ErrorCode.NONE) return failedRead(epochError);
  return readOf(partition, none, 0, undefined);
}

/** The offset below which a reader of this isolation may read. */
export function visibleEnd(partition: Partition, isolation: FetchIsolation): number {
  switch (isolation) {
    case 'log-end':
      return partition.log.logEndOffset;
    case 'high-watermark':
      return partition.log.highWatermark;
    case 'last-stable-offset':
      return partition.log.lastStableOffset;
    default:
      return unreachable(isolation);
  }
}

/** Reads from a replica for a client or a follower (Kafka's Partition.fetchRecords). */
export function readPartition(
  partition: Partition,
  position: FetchPosition,
  isolation: FetchIsolation,
  limits: ReadLimits,
): PartitionRead {
  const epochError = partition.checkLeaderEpoch(position.currentLeaderEpoch);
  if (epochError !== ErrorCode.NONE) return failedRead(epochError);
  const { log } = partition;
  const divergence = divergenceOf(partition, position);
  if (divergence === 'unknown') return failedRead(ErrorCode.OFFSET_OUT_OF_RANGE);
  if (divergence !== undefined) return readOf(partition, none, 0, divergence);
  const { maxSizeBytes, atLeastOneBatch } = limits;
  const untilOffset = visibleEnd(partition, isolation);
  const read = log.read(position.fetchOffset, { maxSizeBytes, atLeastOneBatch, untilOffset });
  if (read.outOfRange) return failedRead(ErrorCode.OFFSET_OUT_OF_RANGE);
  const found = readOf(partition, read.chunks, read.sizeBytes, undefined);
  if (isolation !== 'last-stable-offset' || read.sizeBytes === 0) return found;
  const { fetchOffset } = position;
  const abortedTransactions = log.producers.abortedWithin(fetchOffset, read.nextOffset);
  return { ...found, abortedTransactions };
}

function readOf(
  { log }: Partition,
  chunks: readonly Uint8Array[],
  sizeBytes: number,
  divergingEpoch: PartitionRead['divergingEpoch'],
): PartitionRead {
  return {
    errorCode: ErrorCode.NONE,
    highWatermark: log.highWatermark,
    lastStableOffset: log.lastStableOffset,
    logStartOffset: log.logStartOffset,
    chunks,
    sizeBytes,
    divergingEpoch,
    abortedTransactions: noneAborted,
  };
}

/** Does the reader's last epoch end in our log where the reader thinks (kafka-semantics 4.9)? */
function divergenceOf(
  { log }: Partition,
  { lastFetchedEpoch, fetchOffset }: FetchPosition,
): PartitionRead['divergingEpoch'] | 'unknown' {
  if (lastFetchedEpoch < 0) return undefined;
  const { leaderEpoch, endOffset } = log.endOffsetForEpoch(lastFetchedEpoch);
  if (leaderEpoch < 0 || endOffset < 0) return 'unknown';
  if (leaderEpoch === lastFetchedEpoch && endOffset >= fetchOffset) return undefined;
  return { epoch: leaderEpoch, endOffset };
}
