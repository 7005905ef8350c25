import { assert } from '../assert.ts';
import { TimerHeap, type Waiting } from './timer-heap.ts';

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

class Entry implements Timer, Waiting {
  readonly deadlineMs: number;
  readonly sequence: number;
  place = -1;
  /** undefined: it has run or is cancelled. */
  run: (() => void) | undefined;
  readonly #heap: TimerHeap<Entry>;

  constructor(deadlineMs: number, sequence: number, run: () => void, heap: TimerHeap<Entry>) {
    this.deadlineMs = deadlineMs;
    this.sequence = sequence;
    this.run = run;
    this.#heap = heap;
  }

  cancel(): void {
    this.run = undefined;
    if (this.place >= 0) this.#heap.remove(this);
  }
}

/** More events than this in one instant is a loop that never ends, and a bug of ours. */
const eventsPerInstantMax = 10_000_000;

/**
 * The only clock there is: whole milliseconds since the Unix epoch, moved by `advanceTo` alone.
 * Deadlines run in order; equal ones in the order they were set, so a run has one history.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #sequence = 0;
  #advancing = false;
  #atInstantEnd: (() => void)[] = [];
  /**
   * What was set for this very instant while it lasts. It comes after all that the heap holds for
   * the instant, for that was set before; so most messages never see the heap.
   */
  #now: Entry[] = [];
  #nextOfNow = 0;
  readonly #heap = new TimerHeap<Entry>();

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
    const entry = new Entry(deadlineMs, this.#sequence++, run, this.#heap);
    if (isNow) this.#now.push(entry);
    else this.#heap.add(entry);
    return entry;
  }

  atInstantEnd(run: () => void): void {
    this.#atInstantEnd.push(run);
  }

  /** The time of the earliest deadline, or undefined when none is set. */
  nextDeadline(): number | undefined {
    this.#dropCancelled();
    if (this.#nextOfNow < this.#now.length || this.#atInstantEnd.length > 0) return this.#nowMs;
    return this.#heap.first?.deadlineMs;
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
    const head = this.#heap.first;
    const isHeadDue = head !== undefined && head.deadlineMs <= this.#nowMs;
    if (!isHeadDue && this.#nextOfNow < this.#now.length) {
      this.#run(this.#now[this.#nextOfNow++]!);
    } else if (!isHeadDue && this.#atInstantEnd.length > 0) {
      const runs = this.#atInstantEnd;
      this.#atInstantEnd = [];
      for (const run of runs) run();
    } else {
      this.#heap.remove(head!);
      this.#nowMs = head!.deadlineMs;
      this.#run(head!);
    }
  }

  #run(entry: Entry): void {
    const { run } = entry;
    entry.run = undefined;
    run?.();
  }

  #dropCancelled(): void {
    const now = this.#now;
    while (this.#nextOfNow < now.length && now[this.#nextOfNow]!.run === undefined) {
      this.#nextOfNow++;
    }
    if (this.#nextOfNow === now.length) now.length = 0;
    // In steps, for an instant may be long.
    else if (this.#nextOfNow >= 1024) now.splice(0, this.#nextOfNow);
    else return;
    this.#nextOfNow = 0;
  }
}
