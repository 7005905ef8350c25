import { assert } from '../assert.ts';

const SLAB_BYTES = 64 * 1024;
const TWO_TO_32 = 0x1_0000_0000;
const TWO_TO_63 = 2 ** 63;

/**
 * The rest of the last slab. A writer takes it and gives back what it left, so a byte is written by
 * one writer and never again: a chunk may lie in a socket as long as it likes. A writer opened
 * meanwhile, or after one that threw, gets a slab of its own.
 */
let spareSlab: Buffer | null = null;
let sparePosition = 0;

/** Builds one message as a list of chunks: record batches by reference, the rest as copies. */
export class Writer {
  #slab: Buffer;
  /** Where the open chunk starts in the slab, and where its next byte goes. */
  #start: number;
  #position: number;
  readonly #chunks: Uint8Array[] = [];
  #closedBytes = 0;

  constructor() {
    this.#slab = spareSlab ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
    this.#start = this.#position = spareSlab === null ? 0 : sparePosition;
    spareSlab = null;
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  int8(value: number): void {
    const at = this.#reserve(1);
    this.#slab[at] = value;
  }

  int16(value: number): void {
    const at = this.#reserve(2);
    const slab = this.#slab;
    slab[at] = value >> 8;
    slab[at + 1] = value;
  }

  int32(value: number): void {
    const at = this.#reserve(4);
    this.#int32At(at, value);
  }

  /** A number beyond int64 becomes the nearest int64. */
  int64(value: number): void {
    const at = this.#reserve(8);
    if (value >= TWO_TO_63) {
      this.#int32At(at, 0x7fff_ffff);
      this.#int32At(at + 4, -1);
      return;
    }
    const clamped = Math.max(value, -TWO_TO_63);
    const high = Math.floor(clamped / TWO_TO_32);
    this.#int32At(at, high);
    this.#int32At(at + 4, clamped - high * TWO_TO_32);
  }

  uvarint(value: number): void {
    const length = uvarintLength(value);
    const at = this.#reserve(length);
    this.#uvarintAt(at, length, value);
  }

  /** The text alone; its length in bytes goes before it, as `string` and its versions demand. */
  utf8(value: string, sizeBytes: number): void {
    const at = this.#reserve(sizeBytes);
    if (sizeBytes !== value.length || sizeBytes > 24) {
      this.#slab.write(value, at, sizeBytes, 'utf8');
      return;
    }
    // Short and ASCII, as names are: a loop beats the call out of JavaScript.
    const slab = this.#slab;
    for (let i = 0; i < sizeBytes; i++) slab[at + i] = value.charCodeAt(i);
  }

  uuid(value: string): void {
    const at = this.#reserve(16);
    const written = this.#slab.write(value, at, 16, 'base64url');
    assert(written === 16 && value.length === 22, 'a uuid has 22 characters');
  }

  copy(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#slab.set(bytes, at);
  }

  /** Sends the very bytes, as a chunk of their own; they must not change until they are sent. */
  reference(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#close();
    this.#chunks.push(bytes);
    this.#closedBytes += bytes.length;
  }

  /** What `body` writes, after its size as an unsigned varint. No references inside. */
  sized(body: () => void): void {
    const chunks = this.#chunks.length;
    const offset = this.#reserve(1) - this.#start;
    body();
    assert(chunks === this.#chunks.length, 'bytes by reference inside a tagged field');
    const size = this.#position - this.#start - offset - 1;
    const length = uvarintLength(size);
    if (length > 1) this.#reserve(length - 1);
    const at = this.#start + offset;
    this.#slab.copyWithin(at + length, at + 1, at + 1 + size);
    this.#uvarintAt(at, length, size);
  }

  /** Ends the message and hands it out. */
  finish(): Uint8Array[] {
    this.#close();
    if (this.#slab.length === SLAB_BYTES) {
      spareSlab = this.#slab;
      sparePosition = this.#position;
    }
    return this.#chunks;
  }

  /** Ends a frame: its size goes into the four bytes it starts with, which do not count. */
  finishFrame(): Uint8Array[] {
    const chunks = this.finish();
    const first = chunks[0]!;
    const size = this.#closedBytes - 4;
    for (let i = 0; i < 4; i++) first[i] = size >>> (24 - 8 * i);
    return chunks;
  }

  #close(): void {
    if (this.#position === this.#start) return;
    this.#chunks.push(this.#slab.subarray(this.#start, this.#position));
    this.#closedBytes += this.#position - this.#start;
    this.#start = this.#position;
  }

  #int32At(at: number, value: number): void {
    const slab = this.#slab;
    slab[at] = value >> 24;
    slab[at + 1] = value >> 16;
    slab[at + 2] = value >> 8;
    slab[at + 3] = value;
  }

  #uvarintAt(at: number, length: number, value: number): void {
    const slab = this.#slab;
    let rest = value;
    for (let i = 0; i < length - 1; i++) {
      slab[at + i] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    slab[at + length - 1] = rest;
  }

  /** The open chunk stays in one piece: when the slab is full, it moves on to the next. */
  #reserve(size: number): number {
    if (this.#position + size > this.#slab.length) {
      const open = this.#position - this.#start;
      const slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, 2 * (open + size)));
      this.#slab.copy(slab, 0, this.#start, this.#position);
      this.#slab = slab;
      this.#start = 0;
      this.#position = open;
    }
    const at = this.#position;
    this.#position = at + size;
    return at;
  }
}

function uvarintLength(value: number): number {
  assert(value >= 0 && value < TWO_TO_32, 'an unsigned varint has 32 bits');
  let length = 1;
  for (let rest = value; rest >= 0x80; rest >>>= 7) length++;
  return length;
}
