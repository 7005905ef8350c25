import { type CheckOptions, checkHistory } from '../history/check-history.ts';
import type { History } from '../history/history.ts';

/** What `expect.extend` of vitest and of jest takes. */
export const historyMatchers = {
  toBeConsistent(history: History, options?: CheckOptions) {
    const findings = checkHistory(history, options);
    const lines = findings.map(({ rule, message }) => `\n  ${rule}: ${message}`);
    const count = findings.length === 1 ? 'one thing' : `${findings.length} things`;
    return {
      pass: findings.length === 0,
      message: () =>
        findings.length === 0
          ? 'the history is consistent, and was not to be'
          : `the history is not consistent, ${count} cannot be:${lines.join('')}`,
      actual: findings,
      expected: [],
    };
  },
};

declare global {
  /** vitest looks here as well. */
  namespace jest {
    interface Matchers<R, T> {
      /** Of a `History`: every promise was kept. docs/HISTORY.md has what can be wrong. */
      toBeConsistent(options?: CheckOptions): R;
    }
  }
}
