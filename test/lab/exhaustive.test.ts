import { describe, expect, test } from 'vitest';
import type { Knobs } from '../../src/config/knobs.ts';
import { explore } from '../../src/lab/exhaustive/explore.ts';
import { type ModelSize, type Move, SmallModel } from '../../src/lab/exhaustive/small-model.ts';
import { tellMoves } from '../../src/lab/exhaustive/tell-moves.ts';
import { InvariantBroken } from '../../src/lab/invariant-broken.ts';

type Truncation = Knobs['truncation'];

const small: ModelSize = {
  ...{ brokers: 2, records: 1, crashes: 1, powerCuts: 0, elections: 0 },
  knobs: {},
};

const nameOf = (move: Move): string => Object.values(move).slice(0, 3).join(' ');

/** Makes the moves that are named; the id of what they break, if they do. */
function breaks(size: ModelSize, names: readonly string[]): string | undefined {
  const model = new SmallModel(size);
  for (const name of names) {
    const move = model.moves().find((possible) => nameOf(possible) === name);
    // Without what the broken rule has led to, there may be nothing to deliver.
    if (move === undefined) continue;
    try {
      model.make(move);
    } catch (error) {
      if (error instanceof InvariantBroken) return error.id;
      throw error;
    }
  }
  return undefined;
}

test('nothing breaks in any state of a small model of Kafka as it is', () => {
  const { broken, states, depth } = explore(small);
  expect(broken).toBeUndefined();
  expect(states).toBeGreaterThan(500);
  expect(depth).toBeGreaterThan(10);
}, 300_000);

test('cutting at the high watermark loses what was shown, in seven moves (KIP-101)', () => {
  const size = { ...small, brokers: 3, knobs: { truncation: 'hw' } } as const;
  const { broken } = explore(size);
  expect(broken?.map(nameOf)).toEqual([
    'produce 1',
    'deliver 1 2',
    'deliver 1 3',
    'deliver 2 1',
    'deliver 3 1',
    'crash 1',
    'wait',
  ]);
  expect(tellMoves(size, broken!).join('\n')).toContain('breaks I-03');
}, 300_000);

const withPower = (truncation: Truncation): ModelSize => ({
  ...{ ...small, records: 2, powerCuts: 1, knobs: { truncation, elr: false } },
});

/** As `--truncation hw --power-cuts 1 --elections 0 --no-elr` finds them; too long for a test. */
const powerFails = [
  ...['produce 1', 'deliver 1 2', 'deliver 2 1', 'wait', 'crash 1', 'power-cut 2', 'wait'],
  ...['restart 1', 'restart 2', 'produce 2', 'deliver 1 2'],
];

const withElection = (truncation: Truncation): ModelSize => ({
  ...{ ...small, records: 2, elections: 1, knobs: { truncation } },
});

/** As `--truncation kip101` finds them. */
const twoLeaders = [
  ...['produce 1', 'elect', 'produce 2', 'crash 2', 'wait', 'restart 2'],
  ...['deliver 2 1', 'deliver 1 2', 'deliver 2 1'],
];

describe('two replicas have two records in one place', () => {
  test.each([
    ['hw', 'I-06'],
    ['kip101', undefined],
    ['kip279', undefined],
    ['kip320', undefined],
  ] as const)('after the power has failed, %s: %s', (truncation, id) => {
    const more = ['deliver 2 1', 'deliver 1 2', 'wait', 'deliver 2 1', 'deliver 1 2'];
    expect(breaks(withPower(truncation), [...powerFails, ...more, ...more])).toBe(id);
  });

  test.each([
    ['kip101', 'I-03'],
    ['kip279', undefined],
    ['kip320', undefined],
  ] as const)('after two elections in a row, %s: %s', (truncation, id) => {
    const more = ['deliver 1 2', 'deliver 2 1', 'wait', 'deliver 1 2', 'deliver 2 1'];
    expect(breaks(withElection(truncation), [...twoLeaders, ...more, ...more])).toBe(id);
  });
});

/** Small, and yet leaders change, and a process asks for an epoch. */
const changing: ModelSize = {
  ...{ ...small, crashes: 0, elections: 1, knobs: { truncation: 'kip279' } },
};

/** What each possible move leads to. */
function future(path: readonly Move[]): string[] {
  return play(path)
    .moves()
    .map((move) => `${nameOf(move)} to ${play([...path, move]).digest()}`);
}

function play(path: readonly Move[]): SmallModel {
  const model = new SmallModel(changing);
  for (const move of path) model.make(move);
  return model;
}

test('states that are taken for one have the same future', () => {
  const futures = new Map([[play([]).digest(), future([])]]);
  let nearest: (readonly Move[])[] = [[]];
  let again = 0;
  for (let depth = 0; depth < 6; depth++) {
    const next: (readonly Move[])[] = [];
    for (const before of nearest) {
      for (const move of play(before).moves()) {
        const path = [...before, move];
        const digest = play(path).digest();
        const known = futures.get(digest);
        if (known === undefined) {
          futures.set(digest, future(path));
          next.push(path);
        } else {
          expect(future(path), path.map(nameOf).join(', ')).toEqual(known);
          again++;
        }
      }
    }
    nearest = next;
  }
  expect(again).toBeGreaterThan(20);
}, 300_000);
