const noBlock = Buffer.alloc(0);
const blockSizes = [16, 64, 256, 1024, 4096].map((kibibytes) => kibibytes * 1024);
const largestBytes = blockSizes.at(-1)!;

/**
 * The memory of all arenas there are: what lies in it passed a leader's checks and never changes.
 */
const verifiedBlocks = new WeakSet<ArrayBufferLike>();

export const isVerifiedBlock = (buffer: ArrayBufferLike): boolean => verifiedBlocks.has(buffer);

let hasDropped = false;

/**
 * Each page of new memory costs more than to check and copy what is put there. glibc keeps what is
 * freed for the next who asks, but a large block only once it has seen such a one freed: so one is
 * dropped unused, for the garbage collector to free.
 */
function dropOne(): void {
  if (!hasDropped) Buffer.allocUnsafeSlow(largestBytes);
  hasDropped = true;
}

/**
 * Where a log puts the bytes that it copies in: append-only blocks, made when they are needed and
 * each larger than the last. Bytes handed out are never written to again, so that whoever reads
 * them (a reply under way, a follower's index) may keep them by reference.
 */
export class BlockArena {
  #block = noBlock;
  #used = 0;
  #blockCount = 0;

  /** The block that holds what `reserve` gave last. */
  get block(): Buffer {
    return this.#block;
  }

  /**
   * Makes room for `sizeBytes` in `block` and returns where; what is too large gets its own block.
   */
  reserve(sizeBytes: number): number {
    if (sizeBytes > this.#block.length - this.#used) {
      const next = blockSizes[this.#blockCount++] ?? largestBytes;
      if (next === largestBytes) dropOne();
      this.#block = Buffer.allocUnsafeSlow(Math.max(next, sizeBytes));
      this.#used = 0;
      verifiedBlocks.add(this.#block.buffer);
    }
    const at = this.#used;
    this.#used += sizeBytes;
    return at;
  }
}
