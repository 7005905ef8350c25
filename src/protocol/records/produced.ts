import { ErrorCode } from '../error-code.ts';
import { compressionTypes } from './compression.ts';
import { compressionIdOf, magicOf, prefixSizeBytes, sizeOf } from './record-batch.ts';

/** Up to and with the magic; a batch must be there so far before its format can be told. */
const sizeUpToMagic = 17;
/** The smallest record of any format; a length below it is no length. */
const smallestLength = 14;
/** Up to and with the producer id, which Kafka reads before it looks at the size of the batch. */
const sizeUpToProducerId = 51;

/** Why a partition's records are refused. */
interface Problem {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
}

const problem = (errorCode: ErrorCode, errorMessage: string | null = null): Problem => ({
  errorCode,
  errorMessage,
});

/** What is wrong with the bytes at `at` so that not even the size of a batch can be told. */
function damage(bytes: Uint8Array, at: number): string | undefined {
  if (bytes.length - at < prefixSizeBytes) return undefined;
  const length = sizeOf(bytes, at) - prefixSizeBytes;
  if (length < smallestLength) return `a batch cannot have the length ${length}`;
  if (bytes.length - at < sizeUpToMagic) return undefined;
  const magic = magicOf(bytes, at);
  return magic < 0 || magic > 2 ? `there is no record format ${magic}` : undefined;
}

const hasWholeBatch = (bytes: Uint8Array, at: number): boolean =>
  bytes.length - at >= sizeUpToMagic && sizeOf(bytes, at) <= bytes.length - at;

/**
 * What Kafka asks of a Produce partition before it asks who leads it: exactly one batch of magic 2,
 * and zstd only from version 7 on (KIP-110). Undefined if that holds. A part of a second batch at
 * the end does no harm.
 */
export function checkProduced(records: Uint8Array, apiVersion: number): Problem | undefined {
  const damaged = damage(records, 0);
  if (damaged !== undefined) return problem(ErrorCode.CORRUPT_MESSAGE, damaged);
  if (!hasWholeBatch(records, 0) || magicOf(records, 0) !== 2) {
    return problem(ErrorCode.INVALID_RECORD);
  }
  const sizeBytes = sizeOf(records, 0);
  if (apiVersion < 7 && compressionTypes[compressionIdOf(records, 0)] === 'zstd') {
    return problem(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
  }
  if (damage(records, sizeBytes) !== undefined) return problem(ErrorCode.CORRUPT_MESSAGE);
  if (hasWholeBatch(records, sizeBytes)) return problem(ErrorCode.INVALID_RECORD);
  return sizeBytes < sizeUpToProducerId ? problem(ErrorCode.UNKNOWN_SERVER_ERROR) : undefined;
}
