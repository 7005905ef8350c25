/** One batch that a producer wrote lately. */
export interface RecentBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly timestampMs: number;
}

const recentBatchesMax = 5;

/** What a log knows of one producer id (KIP-98). */
export class ProducerEntry {
  readonly producerId: number;
  /** -1 until the first batch. */
  epoch = -1;
  coordinatorEpoch = -1;
  lastTimestampMs = -1;
  /** Where its open transaction starts in this log; undefined when none is open. */
  transactionFirstOffset: number | undefined;
  /** Oldest first. A new epoch empties it. */
  readonly #recent: RecentBatch[] = [];

  constructor(producerId: number) {
    this.producerId = producerId;
  }

  get recentBatches(): readonly RecentBatch[] {
    return this.#recent;
  }

  /** -1 when no batch of this epoch is known. */
  get lastSequence(): number {
    return this.#recent.at(-1)?.lastSequence ?? -1;
  }

  findDuplicate(epoch: number, first: number, last: number): RecentBatch | undefined {
    if (epoch !== this.epoch) return undefined;
    for (const batch of this.#recent) {
      if (batch.firstSequence === first && batch.lastSequence === last) return batch;
    }
    return undefined;
  }

  enterEpoch(epoch: number): void {
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.#recent.length = 0;
  }

  addBatch(batch: RecentBatch): void {
    if (this.#recent.length === recentBatchesMax) this.#recent.shift();
    this.#recent.push(batch);
    this.lastTimestampMs = batch.timestampMs;
  }
}
