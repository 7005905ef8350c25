import { expect } from 'vitest';
import type { Experiment, WayName } from '../../../src/lab/experiments/experiment.ts';
import { perform } from '../../../src/lab/experiments/perform.ts';

const { ODRADEK_TEST_SEEDS: count = '10' } = process.env;

/** Of a run each; 0 is the textbook's. */
export const seeds = Array.from({ length: Number(count) }, (_, index) => index);

/** Whatever the seed, what is expected is seen. */
export function expectNoSurprise(experiment: Experiment, way: WayName): void {
  for (const seed of seeds) {
    const { surprises } = perform(experiment, way, seed);
    expect(surprises, `seed ${seed}`).toEqual([]);
  }
}
