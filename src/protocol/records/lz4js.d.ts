declare module 'lz4js' {
  /** Returns the packed size, 0 when the block does not shrink. `hashTable` must be all zero. */
  export function compressBlock(
    source: Uint8Array,
    target: Uint8Array,
    sourceIndex: number,
    sourceLength: number,
    hashTable: Uint32Array,
  ): number;
}
