import { describe, expect, test } from 'vitest';
import { runExperiment } from '../../src/cli/experiment/run-experiment.ts';
import { parseCommandLine } from '../../src/cli/options.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { experiments } from '../../src/lab/experiments/experiments.ts';

function run(...args: string[]) {
  const commandLine = parseCommandLine(['experiment', ...args], '1.2.3');
  if (commandLine.kind !== 'experiment') throw new Error(`it is a ${commandLine.kind}`);
  return runExperiment(commandLine);
}

describe('odradek experiment', () => {
  test('lists all of them', () => {
    const lines = run().text.trimEnd().split('\n');
    expect(lines.slice(1).map((line) => line.split(/ +/)[1])).toEqual(
      experiments.map(({ name }) => name),
    );
    expect(JSON.parse(run('--json').text)).toHaveLength(experiments.length);
  });

  test('tells the harm in full and the cure in brief, in lines that fit', () => {
    const { text, isAsExpected } = run('hw-truncation-loss');
    expect(isAsExpected).toBe(true);
    const harm = text.slice(text.indexOf('The harm:'), text.indexOf('Prevented:'));
    const prevented = text.slice(text.indexOf('Prevented:'));
    expect(harm).toMatch(/^ +\d+ {2}broker \d +t-0 +cut its log back to \d+$/m);
    expect(harm).toContain('✗ lost: m');
    expect(prevented).not.toMatch(/broker \d +t-0/);
    expect(prevented).toContain('✓ nothing lost');
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('--prevented tells the cure in full, --seed another run, a number is a name', () => {
    const prevented = run('E07', '--prevented').text;
    expect(prevented).not.toContain('The harm:');
    expect(prevented).toMatch(/^ +\d+ {2}broker \d +t-0 +follows \d in epoch 1$/m);
    expect(run('e07', '--seed', '5').text).not.toBe(run('e07').text);
    expect(run('e07', '--seed', '5').text).toBe(run('e07', '--seed', '5').text);
  });

  test('--seeds counts runs', () => {
    const { text } = run('acks1-leader-crash', '--seed', '3', '--seeds', '4');
    expect(text).toBe(
      'harm: 4 seeds, 4 of them as expected\nprevented: 4 seeds, 4 of them as expected\n',
    );
  });

  test('--json has every figure', () => {
    const story = JSON.parse(run('acks1-leader-crash', '--json').text);
    expect(story).toMatchObject({ id: 'E01', seed: 0, ways: { prevented: { surprises: [] } } });
    const { baseOffset } = story.ways.harm.steps[1].facts;
    expect(story.ways.harm.steps[1]).toMatchObject({
      said: expect.stringContaining('sends m'),
      facts: { error: 'NONE', baseOffset },
    });
    const appended = { type: 'appended', baseOffset };
    expect(story.ways.harm.steps[1].events).toContainEqual(
      expect.objectContaining({ event: expect.objectContaining(appended) }),
    );
    expect(story.ways.harm.outcome).toMatchObject({ lost: ['m'], conflicting: [baseOffset] });
  });

  test('says which one was probably meant', () => {
    const wrong = () => run('hw-trunkation-loss');
    expect(wrong).toThrow(UsageError);
    expect(wrong).toThrow("unknown experiment 'hw-trunkation-loss'; did you mean");
    expect(() => run('x')).toThrow('there are acks1-leader-crash, ');
    expect(() => run('e01', '--seed', 'x')).toThrow(UsageError);
  });
});
