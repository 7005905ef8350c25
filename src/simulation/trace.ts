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
  // A ring in columns: an object for each of ten thousand events is work for the garbage collector.
  readonly #times: number[] = [];
  readonly #nodes: string[] = [];
  readonly #abouts: string[] = [];
  readonly #events: Event[] = [];
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
    const sequence = this.#sequence++;
    const slot = sequence % this.#capacity;
    this.#times[slot] = this.#now();
    this.#nodes[slot] = node;
    this.#abouts[slot] = about;
    this.#events[slot] = event;
    if (this.#readers.size === 0) return;
    const stamped = this.#stamped(sequence);
    for (const read of this.#readers) read(stamped);
  }

  /** The kept events, oldest first. */
  recent(): Stamped<Event>[] {
    const count = Math.min(this.#sequence, this.#capacity);
    const first = this.#sequence - count;
    return Array.from({ length: count }, (_, index) => this.#stamped(first + index));
  }

  /** Calls `reader` at every event from now on; returns how to stop that. */
  subscribe(reader: TraceReader<Event>): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  #stamped(sequence: number): Stamped<Event> {
    const slot = sequence % this.#capacity;
    return {
      atMs: this.#times[slot]!,
      sequence,
      node: this.#nodes[slot]!,
      about: this.#abouts[slot]!,
      event: this.#events[slot]!,
    };
  }
}
