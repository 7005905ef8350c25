/** One thing that happened: when (virtual milliseconds), at which node, about what, what. */
export interface Stamped<Event> {
  readonly atMs: number;
  readonly sequence: number;
  readonly node: string;
  /** What at that node it concerns, such as a partition; '' for the node itself. */
  readonly about: string;
  readonly event: Event;
}

type TraceReader<Event> = (stamped: Stamped<Event>) => void;

/**
 * The one history of a run. Every change of state is one event in it; tests compare it, a failing
 * seed prints its end. It keeps the last `capacity` events; readers see every one as it happens.
 */
export class Trace<Event> {
  readonly #now: () => number;
  readonly #capacity: number;
  readonly #ring: Stamped<Event>[] = [];
  readonly #readers = new Set<TraceReader<Event>>();
  #sequence = 0;

  constructor(options: { now: () => number; capacity: number }) {
    this.#now = options.now;
    this.#capacity = options.capacity;
  }

  /** How many events there have been since the start. */
  get length(): number {
    return this.#sequence;
  }

  record(node: string, event: Event, about = ''): void {
    const stamped = { atMs: this.#now(), sequence: this.#sequence, node, about, event };
    this.#ring[this.#sequence % this.#capacity] = stamped;
    this.#sequence++;
    for (const read of this.#readers) read(stamped);
  }

  /** The kept events, oldest first. */
  recent(): Stamped<Event>[] {
    const start = this.#sequence % this.#capacity;
    if (this.#sequence <= this.#capacity) return this.#ring.slice();
    return [...this.#ring.slice(start), ...this.#ring.slice(0, start)];
  }

  /** Calls `reader` at every event from now on; returns how to stop that. */
  subscribe(reader: TraceReader<Event>): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }
}
