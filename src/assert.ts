/**
 * A broken invariant of our own: a bug in Odradek, never the caller's doing and never the world's.
 */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/**
 * Stops the run when `condition` does not hold; the cluster adds seed and last events
 * (`docs/ERRORS.md`).
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** The end of an exhaustive `switch`: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unreachable: ${String(value)}`);
}
