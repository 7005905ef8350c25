const high = 2 ** 32;

/** Exact within ±2^53; beyond, the nearest double, which keeps order. */
export function readInt64(bytes: Uint8Array, at: number): number {
  const upper =
    (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  const lower =
    ((bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!) >>>
    0;
  return upper * high + lower;
}

export function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

export function readInt16(bytes: Uint8Array, at: number): number {
  return (((bytes[at]! << 8) | bytes[at + 1]!) << 16) >> 16;
}

export function writeInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

export function writeInt16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** For whole numbers within ±2^63; what lies beyond is the caller's bug and wraps. */
export function writeInt64(bytes: Uint8Array, at: number, value: number): void {
  const upper = Math.floor(value / high);
  writeInt32(bytes, at, upper);
  writeInt32(bytes, at + 4, value - upper * high);
}
