import type { WallClock } from '../../src/server/wall-clock.ts';

interface Wake {
  readonly atMs: number;
  readonly run: () => void;
}

/** Wall time in a test's hands. `wakes` counts how often anybody asked to be woken. */
export class FakeWallClock implements WallClock {
  wakes = 0;
  #nowMs = 0;
  #waiting: Wake[] = [];

  now(): number {
    return this.#nowMs;
  }

  wakeAfter(delayMs: number, run: () => void): { cancel(): void } {
    // Node takes a longer one for 1 ms.
    if (delayMs >= 2 ** 31) throw new Error(`no timer waits ${delayMs} ms`);
    const wake = { atMs: this.#nowMs + delayMs, run };
    this.wakes++;
    this.#waiting.push(wake);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== wake);
      },
    };
  }

  get armed(): number {
    return this.#waiting.length;
  }

  /** Time passes, and whoever asked is woken in time. */
  pass(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      const next = this.#waiting.sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#waiting.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = endMs;
  }

  /** Time passes while the whole process sleeps; whoever asked is woken late. */
  sleep(durationMs: number): void {
    this.stall(durationMs);
    this.pass(0);
  }

  /** Time passes and nobody is woken yet. */
  stall(durationMs: number): void {
    this.#nowMs += durationMs;
  }
}
