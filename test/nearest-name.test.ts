import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearestName } from '../src/nearest-name.ts';

const known = ['brokers', 'topics', 'config', 'seed', 'kafkaDefaults', 'min.insync.replicas'];

describe('nearestName', () => {
  test.each([
    ['broker', 'brokers'],
    ['borkers', 'brokers'],
    ['Config', 'config'],
    ['kafkadefault', 'kafkaDefaults'],
    ['min.isr.replicas', 'min.insync.replicas'],
    ['sede', 'seed'],
  ])('%s was meant to be %s', (name, meant) => {
    expect(nearestName(name, known)).toBe(meant);
  });

  test.each(['xyz', '', 'partitions', 'a'])('%s is near to none', (name) => {
    expect(nearestName(name, known)).toBeNull();
  });

  test('a name is nearest to itself, and one edit away it is still found among strangers', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.'), minLength: 3 });
    fc.assert(
      fc.property(name, fc.nat(), fc.constantFrom('', 'x', 'yx'), (meant, at, put) => {
        const index = at % meant.length;
        const written = meant.slice(0, index) + put.slice(0, 1) + meant.slice(index + 1);
        expect(nearestName(meant, ['zzzzzzzzz', meant])).toBe(meant);
        expect(nearestName(written, ['zzzzzzzzzzz'.repeat(3), meant])).toBe(meant);
      }),
    );
  });
});
