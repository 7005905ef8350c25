interface Sample {
  readonly startMs: number;
  lastMs: number;
  bytes: number;
}

interface Windows {
  /** How many whole samples are looked back on, besides the one that is being filled. */
  readonly count: number;
  readonly lengthMs: number;
}

/**
 * Bytes a second over the last samples (Kafka's SimpleRate): all that they hold, by the time since
 * the oldest began, which counts as one window at least.
 */
export class ByteRate {
  /** Oldest first. */
  #samples: Sample[] = [];

  record(bytes: number, { count, lengthMs }: Windows, nowMs: number): void {
    let sample = this.#samples.at(-1);
    if (sample === undefined || nowMs - sample.startMs >= lengthMs) {
      sample = { startMs: nowMs, lastMs: nowMs, bytes: 0 };
      this.#samples.push(sample);
      if (this.#samples.length > count + 1) this.#samples.shift();
    }
    sample.bytes += bytes;
    sample.lastMs = nowMs;
  }

  perSecond({ count, lengthMs }: Windows, nowMs: number): number {
    this.#samples = this.#samples.filter(({ lastMs }) => nowMs - lastMs < count * lengthMs);
    const [oldest] = this.#samples;
    if (oldest === undefined) {
      this.#samples.push({ startMs: nowMs, lastMs: nowMs, bytes: 0 });
      return 0;
    }
    const bytes = this.#samples.reduce((sum, sample) => sum + sample.bytes, 0);
    return (bytes * 1000) / Math.max(nowMs - oldest.startMs, lengthMs);
  }
}
