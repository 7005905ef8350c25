import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shrink } from '../../src/lab/shrink.ts';

const sum = (events: readonly (readonly number[])[]): number =>
  events.flat().reduce((total, taken) => total + taken, 0);

test('events that do not matter are left out, and choices made boring', () => {
  const events = [[0], [1, 2], [7, 5], [0, 4], [3]];
  const fails = (candidate: readonly (readonly number[])[]) =>
    candidate.some((event) => event.includes(5));
  expect(shrink(events, fails, 100)).toEqual([[0], [0, 5]]);
});

test('what is left still fails, within the tries that were allowed', () => {
  const events = fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(events, fc.nat(50), (list, budget) => {
      fc.pre(sum(list) >= 10);
      let tries = 0;
      const fails = (candidate: readonly (readonly number[])[]) => {
        tries++;
        return sum(candidate) >= 10;
      };
      const shrunk = shrink(list, fails, budget);
      expect(sum(shrunk)).toBeGreaterThanOrEqual(10);
      expect(tries).toBeLessThanOrEqual(budget);
    }),
  );
});
