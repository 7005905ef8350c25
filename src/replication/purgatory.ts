import type { Clock, Timer } from '../simulation/clock.ts';

/** A reply that cannot be given yet. */
export interface ParkedOperation {
  /** Gives the reply if it is due, and says whether it did. */
  tryComplete(): boolean;
  /** The deadline has come: gives the reply that says so. */
  expire(): void;
}

export interface Ticket {
  /** Something that the operation waits for may have happened. */
  wake(): void;
  /** The operation needs no reply any more, or has got it elsewhere. */
  withdraw(): void;
}

/**
 * Where replies wait: produce for the high watermark, fetch for bytes, delete-records for its
 * followers. An operation is looked at again at the end of the instant in which it was woken, once
 * for however many wake-ups, so that nothing interleaves with a transition that is half done.
 */
export class Purgatory {
  readonly #clock: Clock;
  #woken: Parked[] = [];
  readonly #parked = new Set<Parked>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many operations wait. */
  get size(): number {
    return this.#parked.size;
  }

  /** The process is gone: nobody gets a reply any more. */
  close(): void {
    for (const parked of [...this.#parked]) this.#finish(parked);
  }

  park(operation: ParkedOperation, timeoutMs: number): Ticket {
    const parked: Parked = { operation, timer: undefined, woken: false, done: false };
    this.#parked.add(parked);
    parked.timer = this.#clock.after(timeoutMs, () => {
      this.#finish(parked);
      operation.expire();
    });
    return {
      wake: () => this.#wake(parked),
      withdraw: () => this.#finish(parked),
    };
  }

  #wake(parked: Parked): void {
    if (parked.woken || parked.done) return;
    parked.woken = true;
    this.#woken.push(parked);
    if (this.#woken.length === 1) this.#clock.after(0, () => this.#lookAgain());
  }

  #lookAgain(): void {
    const woken = this.#woken;
    this.#woken = [];
    for (const parked of woken) {
      parked.woken = false;
      if (!parked.done && parked.operation.tryComplete()) this.#finish(parked);
    }
  }

  #finish(parked: Parked): void {
    if (parked.done) return;
    parked.done = true;
    parked.timer?.cancel();
    this.#parked.delete(parked);
  }
}

interface Parked {
  readonly operation: ParkedOperation;
  timer: Timer | undefined;
  woken: boolean;
  done: boolean;
}
