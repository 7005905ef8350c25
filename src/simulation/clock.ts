import { assert } from '../assert.ts';

/** A deadline set on the clock. Cancelling one that has run, or twice, does nothing. */
export interface Timer {
  cancel(): void;
}

/** What whoever lives in time may do with it. */
export interface Clock {
  /** Whole milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `run` once, `delayMs` from now: at 0 still in this instant, after what is due already. */
  after(delayMs: number, run: () => void): Timer;
  /**
   * Runs `run` once when nothing more is due in this instant, before time moves on: the place to
   * send in one piece what many events of an instant have gathered.
   */
  atInstantEnd(run: () => void): void;
}

class Entry implements Timer {
  readonly deadlineMs: number;
  readonly sequence: number;
  /** undefined: it has run or is cancelled. */
  run: (() => void) | undefined;
  readonly #onCancel: () => void;

  constructor(deadlineMs: number, sequence: number, run: () => void, onCancel: () => void) {
    this.deadlineMs = deadlineMs;
    this.sequence = sequence;
    this.run = run;
    this.#onCancel = onCancel;
  }

  cancel(): void {
    if (this.run === undefined) return;
    this.run = undefined;
    this.#onCancel();
  }
}

const nothing = (): void => {};

const isBefore = (a: Entry, b: Entry): boolean =>
  a.deadlineMs < b.deadlineMs || (a.deadlineMs === b.deadlineMs && a.sequence < b.sequence);

/** More events than this in one instant is a loop that never ends, and a bug of ours. */
const eventsPerInstantMax = 10_000_000;

/**
 * The only clock there is: whole milliseconds since the Unix epoch, moved by `advanceTo` alone.
 * Deadlines run in order; equal ones in the order they were set, so a run has one history.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #sequence = 0;
  #cancelled = 0;
  #advancing = false;
  #atInstantEnd: (() => void)[] = [];
  /**
   * What was set for this very instant while it lasts. It comes after all that the heap holds for
   * the instant, for that was set before; so most messages never see the heap.
   */
  #now: Entry[] = [];
  #nextOfNow = 0;
  /** A binary heap. Cancelled entries stay until they surface or outnumber the live ones. */
  #heap: Entry[] = [];

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    assert(!Number.isNaN(delayMs), 'a delay is a number of milliseconds');
    const isNow = delayMs <= 0;
    const deadlineMs = isNow ? this.#nowMs : this.#nowMs + Math.ceil(delayMs);
    const onCancel = isNow ? nothing : this.#onCancel;
    const entry = new Entry(deadlineMs, this.#sequence++, run, onCancel);
    if (isNow) this.#now.push(entry);
    else this.#push(entry);
    return entry;
  }

  atInstantEnd(run: () => void): void {
    this.#atInstantEnd.push(run);
  }

  /** The time of the earliest deadline, or undefined when none is set. */
  nextDeadline(): number | undefined {
    this.#dropCancelled();
    if (this.#nextOfNow < this.#now.length || this.#atInstantEnd.length > 0) return this.#nowMs;
    return this.#heap[0]?.deadlineMs;
  }

  /**
   * Runs everything due up to and including `timeMs`, also what that sets in turn. Not to be called
   * inside an event: an event is one call stack, and nothing else happens in the middle of it.
   */
  advanceTo(timeMs: number): void {
    assert(!this.#advancing, 'an event moves the clock that runs it');
    this.#advancing = true;
    try {
      this.#advance(timeMs);
    } finally {
      this.#advancing = false;
    }
  }

  /** Runs the one event that is due next, if it is due by `timeMs`; says whether there was one. */
  step(timeMs: number): boolean {
    assert(!this.#advancing, 'an event moves the clock that runs it');
    const deadlineMs = this.nextDeadline();
    if (deadlineMs === undefined || deadlineMs > timeMs) return false;
    this.#advancing = true;
    try {
      this.#runNext();
    } finally {
      this.#advancing = false;
    }
    return true;
  }

  /** Runs what is due at this very instant. */
  settle(): void {
    this.advanceTo(this.#nowMs);
  }

  #advance(timeMs: number): void {
    let instantMs = this.#nowMs;
    let eventsThisInstant = 0;
    for (;;) {
      const deadlineMs = this.nextDeadline();
      if (deadlineMs === undefined || deadlineMs > Math.max(timeMs, this.#nowMs)) break;
      if (deadlineMs > instantMs) {
        instantMs = deadlineMs;
        eventsThisInstant = 0;
      }
      assert(++eventsThisInstant <= eventsPerInstantMax, 'time stands still: events without end');
      this.#runNext();
    }
    this.#nowMs = Math.max(this.#nowMs, timeMs);
  }

  /** Runs the earliest deadline, or, when none is due in this instant, what waits for its end. */
  #runNext(): void {
    const head = this.#heap[0];
    const isHeadDue = head !== undefined && head.deadlineMs <= this.#nowMs;
    if (!isHeadDue && this.#nextOfNow < this.#now.length) {
      this.#run(this.#now[this.#nextOfNow++]!);
    } else if (!isHeadDue && this.#atInstantEnd.length > 0) {
      const runs = this.#atInstantEnd;
      this.#atInstantEnd = [];
      for (const run of runs) run();
    } else {
      this.#removeHead();
      this.#nowMs = head!.deadlineMs;
      this.#run(head!);
    }
  }

  #run(entry: Entry): void {
    const { run } = entry;
    entry.run = undefined;
    run?.();
  }

  readonly #onCancel = (): void => {
    this.#cancelled++;
    // Long polls mostly end long before their deadline: keep the heap proportional to what lives.
    if (this.#cancelled > 1024 && this.#cancelled * 2 > this.#heap.length) this.#compact();
  };

  #compact(): void {
    const live = this.#heap.filter((entry) => entry.run !== undefined);
    live.sort((a, b) => (isBefore(a, b) ? -1 : 1)); // a sorted array is a heap
    this.#heap = live;
    this.#cancelled = 0;
  }

  #dropCancelled(): void {
    const now = this.#now;
    while (this.#nextOfNow < now.length && now[this.#nextOfNow]!.run === undefined) {
      this.#nextOfNow++;
    }
    // In steps, for an instant may be long.
    if (this.#nextOfNow === now.length || this.#nextOfNow >= 1024) {
      now.splice(0, this.#nextOfNow);
      this.#nextOfNow = 0;
    }
    while (this.#heap.length > 0 && this.#heap[0]!.run === undefined) {
      this.#removeHead();
      this.#cancelled--;
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  #removeHead(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}
