import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EpochHistory } from '../../src/log/epoch-history.ts';

function history(...entries: [number, number][]): EpochHistory {
  const epochs = new EpochHistory();
  for (const [leaderEpoch, startOffset] of entries) epochs.assign(leaderEpoch, startOffset);
  return epochs;
}

const end = (epochs: EpochHistory, leaderEpoch: number) => {
  const found = epochs.endOffsetFor(leaderEpoch, 100);
  return [found.leaderEpoch, found.endOffset];
};

describe('the end offset of an epoch', () => {
  const epochs = history([2, 0], [5, 10], [7, 30]);

  it.each([
    [7, [7, 100], 'the latest ends at the log end'],
    [5, [5, 30], 'a known one where the next starts'],
    [6, [5, 30], 'one between by the one before it'],
    [1, [1, 0], 'one below all where the first starts'],
    [8, [-1, -1], 'one above all is unknown'],
    [-1, [-1, -1], 'none is unknown'],
  ])('%d: %j, %s', (leaderEpoch, expected) => {
    expect(end(epochs, leaderEpoch)).toEqual(expected);
  });

  it('is unknown in a log that knows no epoch', () => {
    expect(end(new EpochHistory(), 0)).toEqual([-1, -1]);
  });
});

it('believes the newer word where two conflict', () => {
  const epochs = history([2, 0], [5, 10], [7, 30], [6, 20]);
  expect(end(epochs, 6)).toEqual([6, 100]);
  expect(end(epochs, 5)).toEqual([5, 20]);
  epochs.assign(8, 20);
  expect(end(epochs, 6)).toEqual([5, 20]);
});

it('forgets from the end and from the start', () => {
  const epochs = history([2, 0], [5, 10], [7, 30]);
  epochs.truncateFromEnd(30);
  expect(epochs.latest).toEqual({ leaderEpoch: 5, startOffset: 10 });
  epochs.truncateFromStart(4);
  expect(epochs.earliest).toEqual({ leaderEpoch: 2, startOffset: 4 });
  epochs.truncateFromStart(12);
  expect(epochs.earliest).toEqual({ leaderEpoch: 5, startOffset: 12 });
});

it('answers like a list of the epoch of every offset', () => {
  const growth = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(5)), { maxLength: 12 });
  fc.assert(
    fc.property(growth, fc.nat(40), fc.nat(40), fc.nat(40), (steps, from, until, asked) => {
      const epochs = new EpochHistory();
      let epochOf: number[] = [];
      let epoch = 0;
      for (const [by, records] of steps) {
        epoch += by;
        for (let count = 0; count < records; count++) {
          epochs.assign(epoch, epochOf.length);
          epochOf.push(epoch);
        }
      }
      epochOf = epochOf.slice(0, until);
      epochs.truncateFromEnd(until);
      const start = Math.min(from, epochOf.length);
      epochs.truncateFromStart(start);
      if (start === epochOf.length) return;
      const known = epochOf.slice(start);
      const { leaderEpoch, endOffset } = epochs.endOffsetFor(asked, epochOf.length);
      if (asked > known.at(-1)!) {
        expect([leaderEpoch, endOffset]).toEqual([-1, -1]);
        return;
      }
      expect(endOffset).toBe(start + known.filter((one) => one <= asked).length);
      const floor = known.findLast((one) => one <= asked);
      expect(leaderEpoch).toBe(floor ?? asked);
    }),
    { numRuns: 1000 },
  );
});
