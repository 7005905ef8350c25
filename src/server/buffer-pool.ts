const smallestBytes = 512;
const largestPooledBytes = 4 << 20;

/**
 * Buffers for frames that arrive in pieces, in powers of two. Kept per process, not per connection:
 * ten thousand idle connections hold none.
 */
export class BufferPool {
  readonly #keptMaxBytes: number;
  readonly #free = new Map<number, Buffer[]>();
  #keptBytes = 0;

  constructor(keptMaxBytes = 32 << 20) {
    this.#keptMaxBytes = keptMaxBytes;
  }

  /** What lies unused, in bytes. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /**
   * A buffer of at least `leastBytes`. One for the `hopedBytes` that may still come is given only
   * where it lies here unused: a mere claim allocates nothing.
   */
  take(leastBytes: number, hopedBytes: number): Buffer {
    if (hopedBytes > leastBytes && hopedBytes <= largestPooledBytes) {
      const kept = this.#takeKept(sizeClass(hopedBytes));
      if (kept !== undefined) return kept;
    }
    const sizeBytes = sizeClass(leastBytes);
    return this.#takeKept(sizeBytes) ?? Buffer.allocUnsafeSlow(sizeBytes);
  }

  giveBack(buffer: Buffer): void {
    if (buffer.length > largestPooledBytes) return;
    if (this.#keptBytes + buffer.length > this.#keptMaxBytes) return;
    const free = this.#free.get(buffer.length);
    if (free === undefined) this.#free.set(buffer.length, [buffer]);
    else free.push(buffer);
    this.#keptBytes += buffer.length;
  }

  #takeKept(sizeBytes: number): Buffer | undefined {
    const buffer = this.#free.get(sizeBytes)?.pop();
    if (buffer !== undefined) this.#keptBytes -= sizeBytes;
    return buffer;
  }
}

function sizeClass(bytes: number): number {
  return bytes <= smallestBytes ? smallestBytes : 2 ** Math.ceil(Math.log2(bytes));
}
