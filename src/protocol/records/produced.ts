import { ErrorCode } from '../error-code.ts';
import { compressionTypes } from './compression.ts';
import { compressionIdOf, magicOf, prefixSizeBytes, sizeOf } from './record-batch.ts';

/** Base offset, length, leader epoch and magic: with fewer bytes there is no batch to speak of. */
const sizeUpToMagic = 17;
/** The smallest record of any format; a length below it is no length. */
const smallestSizeBytes = 14 + prefixSizeBytes;

/** The size of the batch at `at`; 0 when no whole batch is left, -1 when what is there is none. */
function wholeBatchSize(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < sizeUpToMagic) return 0;
  const sizeBytes = sizeOf(bytes, at);
  const magic = magicOf(bytes, at);
  if (sizeBytes < smallestSizeBytes || magic < 0 || magic > 2) return -1;
  return sizeBytes > bytes.length - at ? 0 : sizeBytes;
}

/** Why a partition's records are refused. */
interface Problem {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
}

const problem = (errorCode: ErrorCode): Problem => ({ errorCode, errorMessage: null });

/**
 * What Kafka asks of a Produce partition before it asks who leads it: exactly one batch of magic 2,
 * and zstd only from version 7 on (KIP-110). Undefined if that holds.
 */
export function checkProduced(records: Uint8Array, apiVersion: number): Problem | undefined {
  const sizeBytes = wholeBatchSize(records, 0);
  if (sizeBytes < 0) return problem(ErrorCode.CORRUPT_MESSAGE);
  if (sizeBytes === 0 || magicOf(records, 0) !== 2) return problem(ErrorCode.INVALID_RECORD);
  if (apiVersion < 7 && compressionTypes[compressionIdOf(records, 0)] === 'zstd') {
    return problem(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
  }
  const next = wholeBatchSize(records, sizeBytes);
  if (next < 0) return problem(ErrorCode.CORRUPT_MESSAGE);
  return next > 0 ? problem(ErrorCode.INVALID_RECORD) : undefined;
}
