import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkHistory } from '../../src/history/check-history.ts';
import { type Fault, faults, Model } from './model.ts';

const steps = fc.array(fc.tuple(fc.nat(9), fc.nat(5), fc.nat(9)), {
  minLength: 40,
  maxLength: 120,
});

function play(acts: readonly (readonly [number, number, number])[], fault?: Fault): Model {
  const model = new Model(fault);
  for (const [what, who, how] of acts) model.act(what, who, how);
  model.drain();
  return model;
}

const rulesIn = ({ history }: Model) =>
  checkHistory(history, { drained: true }).map(({ rule, message }) => `${rule}: ${message}`);

test('whatever clients of a Kafka as it should be have seen is consistent', () => {
  fc.assert(
    fc.property(steps, (acts) => {
      expect(rulesIn(play(acts))).toEqual([]);
    }),
    { numRuns: 200, seed: 7 },
  );
});

test.each(Object.entries(faults))('%s: %s', (fault, rules) => {
  let seen = 0;
  fc.assert(
    fc.property(steps, (acts) => {
      const model = play(acts, fault as Fault);
      if (!model.hasErred) return;
      seen++;
      expect(rulesIn(model)).toContainEqual(expect.stringMatching(new RegExp(`^(${rules}): `)));
    }),
    { numRuns: 150, seed: 7 },
  );
  expect(seen).toBeGreaterThan(10);
});
