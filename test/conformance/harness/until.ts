import { setTimeout as pause } from 'node:timers/promises';

const pollIntervalMs = 25;

/**
 * Asks the cluster again until `probe` returns something other than undefined, at most `attempts`
 * times. A probe that throws (a broker that is down) counts as not yet. This is the only wait in
 * the suite: a condition and a bound, never a fixed time.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  attempts = 1200,
): Promise<T> {
  let last: unknown = 'the condition stayed false';
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      const found = await probe();
      if (found !== undefined) return found;
    } catch (problem) {
      last = problem;
    }
    await pause(pollIntervalMs);
  }
  throw new Error(`gave up waiting until ${what}: ${String(last)}`);
}
