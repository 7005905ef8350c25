import { describe, expect, test } from 'vitest';
import { report, simplify, simulate } from '../../src/lab/simulate.ts';
import { freshSeed } from '../seed.ts';
import { withMutation } from './mutate.ts';
import { transactionMutations } from './transaction-mutations.ts';

const clients = 'transactions';
const events = 2000;
const seedsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, at) => first + at);

function expectAllHeld(seeds: readonly number[]): void {
  for (const seed of seeds) {
    const failure = simulate({ seed, events, clients });
    expect(failure === undefined ? 'all held' : report(simplify(failure))).toBe('all held');
  }
}

test('each input is transformed exactly once under a swarm of faults', () => {
  expectAllHeld(seedsFrom(1, 10));
}, 300_000);

/** What one of them breaks is printed with the command that does it again. */
test(`so it is for fresh seeds, ${freshSeed} and those that follow`, () => {
  expectAllHeld(seedsFrom(freshSeed, 10));
}, 300_000);

test('the same seed does the same, event by event', () => {
  const once = simulate({ seed: 7, events: 300, clients });
  expect(simulate({ seed: 7, events: 300, clients })).toEqual(once);
});

/** The most that any of them needed when this was written, from its first on, is 3. */
const seedsMax = 40;

describe('a protection that is knocked out is missed:', () => {
  test('verification (KIP-890): a transaction hangs', () => {
    const knobs = { transactionVerification: false };
    const failures = seedsFrom(262, 3).map((seed) => simulate({ seed, events, clients, knobs }));
    const found = failures.find((failure) => failure !== undefined);
    expect(found?.id).toBe('I-34');
    expect(report(found!)).toContain('npm run simulate -- --transactions --seed');
  }, 300_000);

  test.each(transactionMutations)(
    '$name',
    async (mutation) => {
      const found = await withMutation(mutation, (mutated) => {
        const seeds = seedsFrom(mutation.firstSeed ?? 1, seedsMax);
        return seeds.find((seed) => mutated.simulate({ seed, events, clients }) !== undefined);
      });
      expect(found).toBeDefined();
    },
    300_000,
  );
});

describe('and what clients have seen is enough to tell:', () => {
  const onlyHistory = true;

  test('verification (KIP-890)', () => {
    const knobs = { transactionVerification: false };
    const failure = simulate({ seed: 262, events, clients, onlyHistory, knobs });
    expect(failure?.detail).toMatch(/^H-08: unseen: /);
  }, 300_000);

  test.each(transactionMutations)(
    '$name',
    async (mutation) => {
      const { seed, rule } = mutation.seenAs;
      const failure = await withMutation(mutation, (mutated) =>
        mutated.simulate({ seed, events, clients, onlyHistory }),
      );
      expect(failure?.detail).toContain(`H-08: ${rule}: `);
    },
    300_000,
  );

  test('of a cluster in which nothing is broken nothing is said', () => {
    for (const seed of new Set(transactionMutations.map(({ seenAs }) => seenAs.seed))) {
      expect(simulate({ seed, events, clients, onlyHistory })).toBeUndefined();
    }
  }, 300_000);
});
