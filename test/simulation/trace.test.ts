import { expect, test } from 'vitest';
import { Trace } from '../../src/simulation/trace.ts';

test('it keeps the last events in order, and readers see every one', () => {
  let nowMs = 5;
  const trace = new Trace<string>({ now: () => nowMs, capacity: 3 });
  const read: string[] = [];
  const stop = trace.subscribe(({ event }) => read.push(event));
  for (const event of ['a', 'b', 'c', 'd']) {
    trace.record('node', event);
    nowMs++;
  }
  stop();
  trace.record('node', 'e');
  expect(read).toEqual(['a', 'b', 'c', 'd']);
  expect(trace.recent().map(({ event, atMs }) => `${atMs} ${event}`)).toEqual([
    '7 c',
    '8 d',
    '9 e',
  ]);
  expect(trace.length).toBe(5);
});
