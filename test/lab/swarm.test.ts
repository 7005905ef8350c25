import { describe, expect, test } from 'vitest';
import { replayEvents } from '../../src/lab/replay-text.ts';
import { report, simplify, simulate } from '../../src/lab/simulate.ts';
import { freshSeed } from '../seed.ts';
import { withMutation } from './mutate.ts';
import { mutations } from './mutations.ts';

const events = 2000;
const seedsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, at) => first + at);

function expectAllHeld(seeds: readonly number[]): void {
  for (const seed of seeds) {
    const failure = simulate({ seed, events });
    expect(failure === undefined ? 'all held' : report(simplify(failure))).toBe('all held');
  }
}

test('every invariant holds under a swarm of faults, and all is well in the end', () => {
  expectAllHeld(seedsFrom(1, 60));
}, 300_000);

/** What one of them breaks is printed with the command that does it again. */
test(`so it does for fresh seeds, ${freshSeed} and those that follow`, () => {
  expectAllHeld(seedsFrom(freshSeed, 200));
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

test('what a failing seed prints does it again, with fewer events', async () => {
  const rule = mutations.find(
    ({ name }) => name === 'a broker that is found dead stays in the ISR',
  )!;
  await withMutation(rule, (mutated) => {
    const failure = mutated.simulate({ seed: 1, events })!;
    const text = mutated.report(mutated.simplify(failure));
    const [, seed, word] = /npm run simulate -- --seed (\d+) --replay (\S+)$/.exec(text)!;
    const replay = replayEvents(word!)!;
    expect(replay.length).toBeLessThan(failure.choices.length / 2);
    const again = mutated.simulate({ seed: Number(seed), events: 0, replay })!;
    expect(again.id).toBe(failure.id);
    expect(text).toContain(again.detail);
    // What was done, and a lane for each node in which it has left its mark.
    expect(text).toMatch(/^ +\d+ {2}crash/m);
    expect(text).toMatch(/^ +\d+ {2}([|: ] )*X .*broker \d +crashed/m);
  });
}, 120_000);
