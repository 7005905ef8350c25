import { MalformedFrame } from './malformed-frame.ts';

/**
 * So many array elements may one frame hold. Kafka sets no limit but the bytes, and two bytes can
 * become an object of a hundred; no client comes near this (docs/DIFFERENCES.md).
 */
const MAXIMUM_ELEMENTS = 1 << 20;

/**
 * A cursor over one frame. Everything is checked against the bytes that are left, nothing is
 * allocated because a length claims it, and `view` hands out the frame's own memory.
 */
export class Reader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #position = 0;
  #elements = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = this.#bytes.length;
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#end - this.#position;
  }

  boolean(): boolean {
    return this.#bytes[this.#advance(1)] !== 0;
  }

  int8(): number {
    return (this.#bytes[this.#advance(1)]! << 24) >> 24;
  }

  int16(): number {
    const at = this.#advance(2);
    const bytes = this.#bytes;
    return ((bytes[at]! << 24) >> 16) | bytes[at + 1]!;
  }

  int32(): number {
    return this.#int32At(this.#advance(4));
  }

  /** Exact within ±2^53; beyond, the nearest double, in order (docs/decisions/0002-int64.md). */
  int64(): number {
    const at = this.#advance(8);
    return this.#int32At(at) * 0x1_0000_0000 + (this.#int32At(at + 4) >>> 0);
  }

  /** As in Kafka 32 bits, of which a fifth byte can set the sign: then it counts as negative. */
  uvarint(): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[this.#advance(1)]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new MalformedFrame(`a varint longer than five bytes before byte ${this.#position}`);
  }

  /** To be called before the elements of an array are read: their number is only a claim. */
  checkElements(count: number, minimumBytes: number): void {
    // An element of no bytes at all would otherwise cost its sender nothing.
    if (count * Math.max(minimumBytes, 1) > this.remaining) {
      throw new MalformedFrame(`${count} elements claimed, ${this.remaining} bytes left`);
    }
    this.#elements += count;
    if (this.#elements > MAXIMUM_ELEMENTS) {
      throw new MalformedFrame(`more than ${MAXIMUM_ELEMENTS} array elements`);
    }
  }

  /** Invalid UTF-8 becomes U+FFFD, as in Kafka. */
  string(length: number): string {
    // Kafka refuses a compact string that the old two-byte length could not carry.
    if (length > 0x7fff) throw new MalformedFrame(`a string of ${length} bytes`);
    const at = this.#advance(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** 16 bytes as Kafka prints them: 22 characters of base64url. */
  uuid(): string {
    const at = this.#advance(16);
    return this.#bytes.toString('base64url', at, at + 16);
  }

  /** A view, not a copy: it lives as long as the frame does. */
  view(length: number): Buffer {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  #int32At(at: number): number {
    const bytes = this.#bytes;
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }

  #advance(length: number): number {
    const at = this.#position;
    // Unsigned, so that a negative length is too long as well.
    if (length >>> 0 > this.#end - at) {
      throw new MalformedFrame(`${length} bytes claimed at byte ${at}, ${this.#end - at} left`);
    }
    this.#position = at + length;
    return at;
  }
}
