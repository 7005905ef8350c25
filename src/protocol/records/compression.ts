import zlib from 'node:zlib';
import { readLz4Frame, writeLz4Frame } from './lz4-frame.ts';
import { readSnappy, writeSnappy } from './snappy.ts';
import { readZstd, writeStoredZstd } from './zstd.ts';

/** Kafka's names of the codecs, in the order of their ids in a batch's attributes. */
export const compressionTypes = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type CompressionType = (typeof compressionTypes)[number];

export type DecompressProblem = 'corrupt' | 'too-large' | 'unknown-codec';
type Decompressed = { readonly bytes: Uint8Array } | { readonly problem: DecompressProblem };

/** Node has zstd from 22.15 on; the types are those of Node 20, our oldest. */
interface ZstdOfNode {
  readonly zstdCompressSync?: (bytes: Uint8Array) => Uint8Array;
  readonly zstdDecompressSync?: (
    bytes: Uint8Array,
    options: { readonly maxOutputLength: number },
  ) => Uint8Array;
}
const zstdOfNode = zlib as ZstdOfNode;

/** What a batch may unpack to. Kafka unpacks as a stream and has no such limit. */
export const unpackedSizeMaxBytes = 256 * 1024 * 1024;

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function open(id: number, bytes: Uint8Array, maxOutputLength: number): Uint8Array | undefined {
  switch (compressionTypes[id]) {
    case 'none':
      return bytes;
    case 'gzip':
      return zlib.gunzipSync(bytes, { maxOutputLength });
    case 'snappy':
      return readSnappy(bytes, maxOutputLength);
    case 'lz4':
      return readLz4Frame(bytes, maxOutputLength);
    case 'zstd':
      return zstdOfNode.zstdDecompressSync
        ? zstdOfNode.zstdDecompressSync(bytes, { maxOutputLength })
        : readZstd(bytes, maxOutputLength);
    default:
      return undefined;
  }
}

/** Opens the records part of a batch. Whatever the bytes are, the answer is a value. */
export function decompress(
  id: number,
  bytes: Uint8Array,
  maxOutputLength = unpackedSizeMaxBytes,
): Decompressed {
  try {
    const opened = open(id, bytes, maxOutputLength);
    return opened === undefined ? { problem: 'unknown-codec' } : { bytes: opened };
  } catch (error) {
    return { problem: isTooLarge(error) ? 'too-large' : 'corrupt' };
  }
}

/**
 * Packs the records part of a batch, in frames as Java's client writes them; zstd before Node 22.15
 * in stored blocks.
 */
export function compress(type: CompressionType, bytes: Uint8Array): Uint8Array {
  switch (type) {
    case 'none':
      return bytes;
    case 'gzip':
      return zlib.gzipSync(bytes);
    case 'snappy':
      return writeSnappy(bytes);
    case 'lz4':
      return writeLz4Frame(bytes);
    case 'zstd':
      return zstdOfNode.zstdCompressSync?.(bytes) ?? writeStoredZstd(bytes);
  }
}
