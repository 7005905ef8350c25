declare module 'lz4js' {
  export function compress(plain: Uint8Array): Uint8Array;
  export function decompress(packed: Uint8Array): Uint8Array;
}

declare module 'snappyjs' {
  export function compress(plain: Uint8Array): Uint8Array;
  export function uncompress(packed: Uint8Array): Uint8Array;
}

declare module 'lz4js/xxh32.js' {
  export function hash(seed: number, bytes: Uint8Array, start: number, length: number): number;
}
