/**
 * Zigzag varints as records use them. JavaScript returns one value, so the position after the
 * last varint read stands in `varintEnd`: a store to a variable, and no object per varint.
 */
export let varintEnd = 0;

/** `varintEnd` after a varint that the bytes end in, or that is longer than its type allows. */
export const malformed = -1;

/** An int32; check `varintEnd` against `malformed` before using it. */
export function readVarint(bytes: Uint8Array, at: number, end: number): number {
  if (at < end && bytes[at]! < 0x80) {
    varintEnd = at + 1;
    return (bytes[at]! >>> 1) ^ -(bytes[at]! & 1);
  }
  return readLongVarint(bytes, at, end);
}

function readLongVarint(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let shift = 0; shift < 35 && at < end; shift += 7) {
    const byte = bytes[at++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      varintEnd = at;
      return (value >>> 1) ^ -(value & 1);
    }
  }
  varintEnd = malformed;
  return 0;
}

/** An int64, exact within ±2^53; beyond, rounded to a double. */
export function readVarlong(bytes: Uint8Array, at: number, end: number): number {
  if (at < end && bytes[at]! < 0x80) {
    varintEnd = at + 1;
    return (bytes[at]! >>> 1) ^ -(bytes[at]! & 1);
  }
  // 28 bits in an int, what lies above as a double: most timestamp deltas never need the double.
  let low = 0;
  let high = 0;
  let scale = 1;
  for (let index = 0; index < 10 && at < end; index++) {
    const byte = bytes[at++]!;
    if (index < 4) low |= (byte & 0x7f) << (7 * index);
    else {
      high += (byte & 0x7f) * scale;
      scale *= 128;
    }
    if (byte < 0x80) {
      varintEnd = at;
      const half = high * 2 ** 27 + (low >>> 1);
      return low & 1 ? -half - 1 : half;
    }
  }
  varintEnd = malformed;
  return 0;
}

export function varintSize(value: number): number {
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  let size = 1;
  while (zigzag >= 0x80) {
    zigzag >>>= 7;
    size++;
  }
  return size;
}

/** What a zigzag number holds above its sign bit; doubling it first would not be exact. */
const magnitude = (value: number): number => (value < 0 ? -value - 1 : value);

export function varlongSize(value: number): number {
  let rest = Math.floor(magnitude(value) / 64);
  let size = 1;
  while (rest > 0) {
    rest = Math.floor(rest / 128);
    size++;
  }
  return size;
}

/** Writes an int32; returns the position after it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  while (zigzag >= 0x80) {
    bytes[at++] = zigzag | 0x80;
    zigzag >>>= 7;
  }
  bytes[at++] = zigzag;
  return at;
}

/** Writes a whole number within ±2^53; returns the position after it. */
export function writeVarlong(bytes: Uint8Array, at: number, value: number): number {
  const whole = magnitude(value);
  let byte = (whole % 64) * 2 + (value < 0 ? 1 : 0);
  for (let rest = Math.floor(whole / 64); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[at++] = byte | 0x80;
    byte = rest % 128;
  }
  bytes[at++] = byte;
  return at;
}
