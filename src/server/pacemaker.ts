import { assert } from '../assert.ts';
import type { VirtualClock } from '../simulation/clock.ts';
import type { WallClock } from './wall-clock.ts';
import { systemWallClock } from './wall-clock.ts';

interface PacemakerOptions {
  readonly clock: VirtualClock;
  /** Virtual per wall milliseconds: 1 is real time, 10 ten times faster, 0 paused. Default 1. */
  readonly rate?: number;
  /** A wake-up later than this (laptop asleep, process stopped) is not time. Default 5000. */
  readonly leapMaxMs?: number;
  readonly wall?: WallClock;
  /** A bug of ours surfaced in an event. Called once; nothing runs afterwards. */
  readonly onFailure: (error: unknown) => void;
}

/** Upper end of one wait: far deadlines are waited for in pieces, so that a sleep is noticed. */
const waitMaxMs = 60_000;

/**
 * Lets wall time pull the one clock. Whatever reaches the cluster from outside (bytes, a click, a
 * call of the fixture) comes through here, so that the clock is right when it is handled.
 */
export class Pacemaker {
  readonly #clock: VirtualClock;
  readonly #wall: WallClock;
  readonly #leapMaxMs: number;
  readonly #onFailure: (error: unknown) => void;
  readonly #queue: (() => void)[] = [];
  #rate: number;
  /** Virtual time is `#anchorMs` at wall time `#anchorWallMs` and runs on at the rate. */
  #anchorMs: number;
  #anchorWallMs: number;
  #wake: { readonly wallMs: number; cancel(): void } | undefined;
  #running = false;
  #stopped = false;

  constructor(options: PacemakerOptions) {
    this.#clock = options.clock;
    this.#rate = options.rate ?? 1;
    this.#leapMaxMs = options.leapMaxMs ?? 5000;
    this.#wall = options.wall ?? systemWallClock;
    this.#onFailure = options.onFailure;
    this.#anchorMs = this.#clock.now();
    this.#anchorWallMs = this.#wall.now();
    this.#arm();
  }

  get rate(): number {
    return this.#rate;
  }

  /**
   * Brings the clock to wall time, runs `event` and everything due by then. Whatever it throws is
   * our bug. Called inside an event it waits until that one is over.
   */
  deliver(event: () => void): void {
    if (this.#stopped) return;
    if (this.#running) {
      this.#queue.push(event);
      return;
    }
    try {
      this.#run(event);
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#run(next);
    } catch (error) {
      this.stop();
      this.#onFailure(error);
    }
    this.#arm();
  }

  /**
   * As `deliver`, for a caller who wants the result: what `event` returns or throws is theirs.
   * Not to be called inside an event.
   */
  perform<T>(event: () => T): T {
    assert(!this.#running, 'perform inside an event; deliver waits until it is over');
    assert(!this.#stopped, 'the pacemaker has stopped');
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    this.deliver(() => {
      try {
        outcome = { value: event() };
      } catch (error) {
        outcome = { error };
      }
    });
    assert(outcome !== undefined, 'the cluster failed before this could be done');
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  setRate(rate: number): void {
    assert(rate >= 0 && rate < Number.POSITIVE_INFINITY, 'a rate is a number from 0 on');
    this.deliver(() => {
      this.#moveAnchor();
      this.#rate = rate;
      this.#cancelWake();
    });
  }

  /** Moves virtual time by hand, at any rate, and runs what becomes due. */
  advance(durationMs: number): void {
    this.deliver(() => {
      this.#moveAnchor();
      this.#anchorMs += durationMs;
      this.#clock.advanceTo(Math.floor(this.#anchorMs));
    });
  }

  /** Runs the next instant in which anything is due, however far away; false when there is none. */
  step(): boolean {
    const deadlineMs = this.#clock.nextDeadline();
    if (deadlineMs === undefined || deadlineMs === Number.POSITIVE_INFINITY) return false;
    this.advance(Math.max(0, deadlineMs - this.#clock.now()));
    return true;
  }

  /** For good: no deadline fires any more, and what is delivered is dropped. */
  stop(): void {
    this.#stopped = true;
    this.#queue.length = 0;
    this.#wake?.cancel();
    this.#wake = undefined;
  }

  #run(event: () => void): void {
    this.#running = true;
    try {
      if (this.#rate > 0) this.#clock.advanceTo(Math.floor(this.#virtualMs()));
      event();
      this.#clock.settle();
    } finally {
      this.#running = false;
    }
  }

  /** Where the clock should be by now. A wake-up far too late moves the anchor instead. */
  #virtualMs(): number {
    const wallMs = this.#wall.now();
    if (this.#wake !== undefined && wallMs - this.#wake.wallMs > this.#leapMaxMs) {
      this.#anchorWallMs += wallMs - this.#wake.wallMs;
      this.#cancelWake();
    }
    return this.#anchorMs + (wallMs - this.#anchorWallMs) * this.#rate;
  }

  #moveAnchor(): void {
    const wallMs = this.#wall.now();
    const virtualMs = this.#anchorMs + (wallMs - this.#anchorWallMs) * this.#rate;
    this.#anchorMs = Math.max(virtualMs, this.#clock.now());
    this.#anchorWallMs = wallMs;
  }

  /**
   * One timer for the whole cluster. It is left alone when a deadline moves away, as every answered
   * long poll makes it do: waking too early once is cheaper than setting a timer per request.
   */
  #arm(): void {
    const deadlineMs = this.#clock.nextDeadline();
    if (deadlineMs === undefined || this.#rate === 0 || this.#stopped) return;
    const wallMs = this.#anchorWallMs + (deadlineMs - this.#anchorMs) / this.#rate;
    if (this.#wake !== undefined && this.#wake.wallMs <= wallMs) return;
    this.#cancelWake();
    const nowMs = this.#wall.now();
    const wakeMs = Math.min(wallMs, nowMs + waitMaxMs);
    const { cancel } = this.#wall.wakeAfter(Math.max(0, Math.ceil(wakeMs - nowMs)), () => {
      this.deliver(() => this.#cancelWake());
    });
    this.#wake = { wallMs: wakeMs, cancel };
  }

  #cancelWake(): void {
    this.#wake?.cancel();
    this.#wake = undefined;
  }
}
