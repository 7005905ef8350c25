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
  /**
   * In no order; each knows its place. Not a Set: V8 makes a new table every few changes of a small
   * one, and each old table holds on to the next, which costs the garbage collector dear.
   */
  readonly #parked: Parked[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many operations wait. */
  get size(): number {
    return this.#parked.length;
  }

  /** The process is gone: nobody gets a reply any more. */
  close(): void {
    for (const parked of [...this.#parked]) this.#finish(parked);
  }

  park(operation: ParkedOperation, timeoutMs: number): Ticket {
    const parked = new Parked(operation, this.#parked.length, this.#onWake, this.#onWithdraw);
    this.#parked.push(parked);
    parked.timer = this.#clock.after(timeoutMs, () => {
      this.#finish(parked);
      operation.expire();
    });
    return parked;
  }

  // Once for all tickets: a busy broker parks for every request.
  readonly #onWake = (parked: Parked): void => this.#wake(parked);
  readonly #onWithdraw = (parked: Parked): void => this.#finish(parked);

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
    const last = this.#parked.pop()!;
    if (last === parked) return;
    this.#parked[parked.place] = last;
    last.place = parked.place;
  }
}

class Parked implements Ticket {
  readonly operation: ParkedOperation;
  place: number;
  timer: Timer | undefined;
  woken = false;
  done = false;
  readonly #onWake: (parked: Parked) => void;
  readonly #onWithdraw: (parked: Parked) => void;

  constructor(
    operation: ParkedOperation,
    place: number,
    onWake: (parked: Parked) => void,
    onWithdraw: (parked: Parked) => void,
  ) {
    this.operation = operation;
    this.place = place;
    this.#onWake = onWake;
    this.#onWithdraw = onWithdraw;
  }

  wake(): void {
    this.#onWake(this);
  }

  withdraw(): void {
    this.#onWithdraw(this);
  }
}
