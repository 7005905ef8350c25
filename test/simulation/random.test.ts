import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../src/simulation/random.ts';

const draw = (random: Random, count: number) =>
  Array.from({ length: count }, () => random.uint32());

test('the same seed draws the same numbers, another seed others', () => {
  expect(draw(new Random(7), 20)).toEqual(draw(new Random(7), 20));
  expect(draw(new Random(7), 20)).not.toEqual(draw(new Random(8), 20));
});

test('a fork does not depend on how much its sibling has drawn', () => {
  const quiet = new Random(1).fork('network');
  const parent = new Random(1);
  draw(parent.fork('controller'), 1000);
  expect(draw(parent.fork('network'), 5)).toEqual(draw(quiet, 5));
  expect(draw(new Random(1).fork('a'), 5)).not.toEqual(draw(new Random(1).fork('b'), 5));
});

test('below stays below, and reaches every number', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 50 }), (seed, limit) => {
      const random = new Random(seed);
      const seen = new Set(Array.from({ length: limit * 40 }, () => random.below(limit)));
      for (const value of seen) expect(value >= 0 && value < limit).toBe(true);
      expect(seen.size).toBe(limit);
    }),
  );
});
