import { describe, expect, test } from 'vitest';
import { waysOf } from '../../../src/lab/experiments/experiment.ts';
import { experiments } from '../../../src/lab/experiments/experiments.ts';
import { perform } from '../../../src/lab/experiments/perform.ts';
import { tellWay } from '../../../src/lab/experiments/telling.ts';
import { expectNoSurprise, seeds } from './expect-no-surprise.ts';

describe.each(experiments)('$id $name, and nothing prevents it', (experiment) => {
  const ways = waysOf(experiment).filter((way) => way !== 'prevented');
  test.each(ways)('%s', (way) => expectNoSurprise(experiment, way));
});

test('seeds are different runs', () => {
  const stories = seeds.map((seed) => tellWay(perform(experiments[0]!, 'harm', seed)).join('\n'));
  expect(new Set(stories).size).toBe(seeds.length);
});
