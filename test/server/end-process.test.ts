import { expect, test, vi } from 'vitest';
import { AssertionFailure } from '../../src/assert.ts';
import { endProcess } from '../../src/server/end-process.ts';
import { Trace } from '../../src/simulation/trace.ts';

test('a bug of ours is thrown where nobody can catch it, with the seed and the last events', () => {
  const trace = new Trace<object>({ now: () => 5, capacity: 100 });
  for (let offset = 0; offset < 30; offset++)
    trace.record('broker 1', { type: 'appended', offset });
  const thrown = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => undefined);
  const cause = new TypeError('the high watermark is beyond the log');
  endProcess(cause, { seed: 42, trace });
  const [[throwIt] = []] = thrown.mock.calls;
  thrown.mockRestore();
  let failure: unknown;
  try {
    throwIt!();
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(AssertionFailure);
  const { stack, cause: origin } = failure as AssertionFailure;
  expect(origin).toBe(cause);
  expect(stack).toContain('the high watermark is beyond the log\nseed 42; the last events:\n');
  expect(stack?.match(/"type":"appended"/g)).toHaveLength(20);
  expect(stack).toContain('"offset":29');
});
