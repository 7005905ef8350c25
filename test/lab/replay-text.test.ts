import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replayEvents, replayText } from '../../src/lab/replay-text.ts';

const trimmed = (choices: readonly number[]): number[] =>
  choices.slice(0, choices.findLastIndex((taken) => taken !== 0) + 1);

test('the choices of a run go into a word and come back', () => {
  const events = fc.array(fc.array(fc.nat(1000), { maxLength: 4 }), { minLength: 1 });
  fc.assert(
    fc.property(events, (list) => {
      expect(replayEvents(replayText(list))).toEqual(list.map(trimmed));
    }),
  );
});

test('events without any choice are counted', () => {
  expect(replayText([[], [0, 3], [0], [], [2, 0]])).toBe('x1.0,3.x2.2');
});

test.each(['', 'x', 'a', '1..2', '1,,2', 'x99999999', '-1'])('%j is no such word', (text) => {
  expect(replayEvents(text)).toBeUndefined();
});
