/**
 * What of a log is on the disk for certain. The rest is in the page cache: it outlives the process,
 * but not a power cut.
 */
export class Durability {
  #flushedOffset = 0;
  #flushedAtMs = 0;
  #highWatermark = 0;

  /** Everything below it is on the disk (Kafka's recovery point). */
  get flushedOffset(): number {
    return this.#flushedOffset;
  }

  get flushedAtMs(): number {
    return this.#flushedAtMs;
  }

  /** As it was last written down; a process that starts finds this one. */
  get highWatermark(): number {
    return this.#highWatermark;
  }

  flushed(offset: number, nowMs: number): void {
    if (offset <= this.#flushedOffset) return;
    this.#flushedOffset = offset;
    this.#flushedAtMs = nowMs;
  }

  checkpointed(highWatermark: number): void {
    this.#highWatermark = highWatermark;
  }

  truncated(logEndOffset: number): void {
    this.#flushedOffset = Math.min(this.#flushedOffset, logEndOffset);
  }
}
