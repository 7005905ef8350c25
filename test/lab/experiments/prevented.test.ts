import { describe, expect, test } from 'vitest';
import { type Experiment, waysOf } from '../../../src/lab/experiments/experiment.ts';
import { experiments } from '../../../src/lab/experiments/experiments.ts';
import { perform } from '../../../src/lab/experiments/perform.ts';
import { tellHead, tellWay } from '../../../src/lab/experiments/telling.ts';
import { expectNoSurprise } from './expect-no-surprise.ts';

/** Each way with the settings of the other one, and what the way itself expects. */
function mixedUp(experiment: Experiment): Experiment {
  const { harm, prevented } = experiment;
  const of = ({ outcome, because }: typeof harm) => ({ outcome, because });
  return {
    ...experiment,
    harm: { ...prevented, ...of(harm) },
    prevented: { ...harm, ...of(prevented) },
  };
}

describe.each(experiments)('$id $name', (experiment) => {
  test('is prevented', () => expectNoSurprise(experiment, 'prevented'));

  test('is told as it was', async () => {
    const ways = waysOf(experiment).map((way) => tellWay(perform(experiment, way, 0)));
    const lines = [tellHead(experiment), ...ways].flatMap((each) => [...each, '']);
    await expect(lines.join('\n')).toMatchFileSnapshot(`./golden/${experiment.name}.txt`);
  });

  test.each(['harm', 'prevented'] as const)('%s is not seen when the other is set', (way) => {
    expect(perform(mixedUp(experiment), way, 0).surprises).not.toEqual([]);
  });
});

test('names and numbers are unique, and in order', () => {
  const ids = experiments.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(new Set(experiments.map(({ name }) => name)).size).toBe(ids.length);
});
