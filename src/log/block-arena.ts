const noBlock = Buffer.alloc(0);
const blockSizes = [16, 64, 256, 1024, 4096].map((kibibytes) => kibibytes * 1024);

/**
 * The memory of all arenas there are: what lies in it passed a leader's checks and never changes.
 */
const verifiedBlocks = new WeakSet<ArrayBufferLike>();

export const isVerifiedBlock = (buffer: ArrayBufferLike): boolean => verifiedBlocks.has(buffer);

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
      const next = blockSizes[Math.min(this.#blockCount++, blockSizes.length - 1)]!;
      this.#block = Buffer.allocUnsafeSlow(Math.max(next, sizeBytes));
      this.#used = 0;
      verifiedBlocks.add(this.#block.buffer);
    }
    const at = this.#used;
    this.#used += sizeBytes;
    return at;
  }
}
