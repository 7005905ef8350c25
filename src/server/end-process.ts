import { AssertionFailure } from '../assert.ts';
import type { Stamped } from '../simulation/trace.ts';

const eventsShown = 20;

/**
 * A bug of ours has surfaced. It must not pass unseen and no caller waits for it: it ends the
 * process (or fails the test run) with all that is needed to find it again.
 */
export function endProcess(
  cause: unknown,
  run: { readonly seed: number; readonly trace: { recent(): Stamped<object>[] } },
): void {
  const what = cause instanceof Error ? cause.message : String(cause);
  const events = run.trace.recent().slice(-eventsShown);
  const lines = events.map((stamped) => `  ${JSON.stringify(stamped)}\n`).join('');
  const message = `${what}\nseed ${run.seed}; the last events:\n${lines}`;
  queueMicrotask(() => {
    throw new AssertionFailure(message, { cause });
  });
}
