import { ErrorCode } from '../protocol/error-code.ts';
import type { Clock, Timer } from '../simulation/clock.ts';

type Done = (errorCode: ErrorCode) => void;

interface PendingWrite {
  /** The high watermark that commits it. */
  readonly requiredOffset: number;
  readonly timer: Timer;
  readonly done: Done;
}

/** Who waits for what has been written to be committed, in the order of the log. */
export class PendingWrites {
  readonly #clock: Clock;
  #waiting: PendingWrite[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(requiredOffset: number, timeoutMs: number, done: Done): void {
    const timer = this.#clock.after(timeoutMs, () => {
      this.#waiting = this.#waiting.filter((write) => write !== pending);
      done(ErrorCode.REQUEST_TIMED_OUT);
    });
    const pending = { requiredOffset, timer, done };
    this.#waiting.push(pending);
  }

  commit(highWatermark: number): void {
    const later = this.#waiting.findIndex(({ requiredOffset }) => requiredOffset > highWatermark);
    const count = later < 0 ? this.#waiting.length : later;
    this.#end(this.#waiting.splice(0, count), ErrorCode.NONE);
  }

  fail(errorCode: ErrorCode): void {
    this.#end(this.#waiting.splice(0), errorCode);
  }

  #end(writes: readonly PendingWrite[], errorCode: ErrorCode): void {
    for (const { timer, done } of writes) {
      timer.cancel();
      done(errorCode);
    }
  }
}
