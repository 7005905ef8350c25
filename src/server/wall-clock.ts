/** The time outside, and a way to be woken by it. Tests bring their own. */
export interface WallClock {
  /** Milliseconds from any fixed point, with fractions; never goes back. */
  now(): number;
  wakeAfter(delayMs: number, run: () => void): { cancel(): void };
}

export const systemWallClock: WallClock = {
  now: () => performance.now(),
  wakeAfter(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};
