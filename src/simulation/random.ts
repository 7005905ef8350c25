/** FNV-1a over UTF-16 units: turns a stream's name into a number, the same on every machine. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    value = Math.imul(value ^ name.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/**
 * The only source of chance. Splitmix32: small, seeded, equal on every platform.
 * Take a stream of your own with `fork`, so that one more draw here does not move a draw there.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  uint32(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let value = this.#state;
    value = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
    value = Math.imul(value ^ (value >>> 15), 0x735a2d97);
    return (value ^ (value >>> 15)) >>> 0;
  }

  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number {
    return Math.floor((this.uint32() / 2 ** 32) * limit);
  }

  bytes(sizeBytes: number): Uint8Array {
    return Uint8Array.from({ length: sizeBytes }, () => this.uint32() >>> 24);
  }

  /** A stream of its own, decided by this one's seed and `name` alone. */
  fork(name: string): Random {
    return new Random(this.#state ^ hash(name));
  }
}
