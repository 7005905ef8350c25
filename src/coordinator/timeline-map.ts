interface Forgetful {
  /** Forgets what was before changes below `highWatermark`; says whether nothing is left. */
  forget(highWatermark: number): boolean;
}

/** How much of a log counts: also what may still be lost, or not. */
export type Extent = 'newest' | 'committed';

/** How far the log of a shard is committed, for all that is read out of it. */
export class Timeline {
  #highWatermark = 0;
  readonly #uncommitted = new Set<Forgetful>();

  get highWatermark(): number {
    return this.#highWatermark;
  }

  commit(highWatermark: number): void {
    this.#highWatermark = highWatermark;
    for (const map of this.#uncommitted) {
      if (map.forget(highWatermark)) this.#uncommitted.delete(map);
    }
  }

  changed(map: Forgetful): void {
    this.#uncommitted.add(map);
  }
}

/**
 * A map whose changes are records of a log. It holds the newest state, on which the next decision
 * is made, and knows what is committed, which alone may be shown: the rest can still be lost with
 * its leader.
 */
export class TimelineMap<Value> {
  readonly #timeline: Timeline;
  readonly #newest = new Map<string, Value>();
  /** What uncommitted changes have replaced, oldest first. */
  #replaced: { offset: number; key: string; value: Value | undefined }[] = [];

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  get size(): number {
    return this.#newest.size;
  }

  get(key: string): Value | undefined {
    return this.#newest.get(key);
  }

  getCommitted(key: string): Value | undefined {
    const change = this.#replaced.find((replaced) => replaced.key === key);
    return change === undefined ? this.#newest.get(key) : change.value;
  }

  values(): Iterable<Value> {
    return this.#newest.values();
  }

  committedValues(): Value[] {
    const keys = new Set([...this.#newest.keys(), ...this.#replaced.map(({ key }) => key)]);
    return [...keys].flatMap((key) => this.getCommitted(key) ?? []);
  }

  /** The record at `offset` says so; undefined: it is a tombstone. */
  set(key: string, value: Value | undefined, offset: number): void {
    if (offset >= this.#timeline.highWatermark) {
      this.#replaced.push({ offset, key, value: this.#newest.get(key) });
      this.#timeline.changed(this);
    }
    if (value === undefined) this.#newest.delete(key);
    else this.#newest.set(key, value);
  }

  forget(highWatermark: number): boolean {
    this.#replaced = this.#replaced.filter(({ offset }) => offset >= highWatermark);
    return this.#replaced.length === 0;
  }
}
