/** Thrown inside the codecs and caught by `decompress`: the bytes unfold to more than allowed. */
export class OutputTooLarge extends RangeError {
  readonly code = 'ERR_BUFFER_TOO_LARGE';
}

/** Room for output of unknown size: doubles as it fills, up to a limit. */
export class GrowingOutput {
  readonly #limitBytes: number;
  bytes: Uint8Array;
  sizeBytes = 0;

  constructor(expectedBytes: number, limitBytes: number) {
    this.#limitBytes = limitBytes;
    this.bytes = Buffer.allocUnsafeSlow(Math.min(expectedBytes, limitBytes));
  }

  /** Makes room for `count` more bytes behind `sizeBytes`. */
  reserve(count: number): Uint8Array {
    const needed = this.sizeBytes + count;
    if (needed > this.bytes.length) {
      if (needed > this.#limitBytes) throw new OutputTooLarge();
      const size = Math.min(Math.max(needed, this.bytes.length * 2), this.#limitBytes);
      const grown = Buffer.allocUnsafeSlow(size);
      grown.set(this.bytes.subarray(0, this.sizeBytes));
      this.bytes = grown;
    }
    return this.bytes;
  }

  write(chunk: Uint8Array): void {
    this.reserve(chunk.length).set(chunk, this.sizeBytes);
    this.sizeBytes += chunk.length;
  }

  finish(): Uint8Array {
    return this.bytes.subarray(0, this.sizeBytes);
  }
}

/** Copies inside `bytes` from `offset` back, byte by byte where source and target overlap. */
export function copyMatch(bytes: Uint8Array, at: number, offset: number, count: number): void {
  if (offset >= count && count > 32) {
    bytes.copyWithin(at, at - offset, at - offset + count);
    return;
  }
  for (let from = at - offset, end = at + count; at < end; ) bytes[at++] = bytes[from++]!;
}

/** Copies literals; a call of `set` pays only for the longer ones. */
export function copyLiterals(
  from: Uint8Array,
  start: number,
  to: Uint8Array,
  at: number,
  count: number,
): void {
  if (count > 64) to.set(from.subarray(start, start + count), at);
  else for (let index = 0; index < count; index++) to[at + index] = from[start + index]!;
}
