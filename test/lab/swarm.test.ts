import { describe, expect, test } from 'vitest';
import { report, simplify, simulate } from '../../src/lab/simulate.ts';
import { withMutation } from './mutate.ts';
import { mutations } from './mutations.ts';

/** A slice that is always the same; fresh seeds: npm run simulate. */
const seeds = Array.from({ length: 60 }, (_, index) => index + 1);
const events = 2000;

test('every invariant holds under a swarm of faults, and all is well in the end', () => {
  for (const seed of seeds) {
    const failure = simulate({ seed, events });
    expect(failure === undefined ? 'all held' : report(simplify(failure))).toBe('all held');
  }
}, 300_000);

test('the same seed does the same, choice by choice', () => {
  const once = simulate({ seed: 7, events: 300 });
  expect(simulate({ seed: 7, events: 300 })).toEqual(once);
});

/** The most seeds that any of them needed when this was written is 47. */
const seedsMax = 150;

describe('a broken rule is found:', () => {
  test.each(mutations)(
    '$name',
    async (mutation) => {
      const found = await withMutation(mutation, (mutated) => {
        for (let seed = 1; seed <= seedsMax; seed++) {
          if (mutated.simulate({ seed, events }) !== undefined) return seed;
        }
        return undefined;
      });
      expect(found).toBeDefined();
    },
    120_000,
  );
});
