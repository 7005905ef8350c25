import { between, oneOf } from './define.ts';

/** What `compression.type` may be; `producer` keeps the codec that the producer chose. */
export const compressionType = oneOf(
  ...['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
);

/** KIP-390 */
export const gzipLevel = { validator: { kind: 'gzip-level' } } as const;
export const lz4Level = between(1, 17);
export const zstdLevel = between(-131_072, 22);
