import { describe, expect, test } from 'vitest';

const load = (name: string) => import(new URL(`../../bench/${name}`, import.meta.url).href);
const { growthTable, lostList, ratioTable, reached, seriesOf, short } = await load('report.mjs');
const { growth, rows } = await load('rows.mjs');
const { scenarios } = await load('scenarios/index.mjs');
const { smallMultiples } = await load('plot.mjs');

const row = {
  scenario: 'one',
  title: 'produce',
  metric: 'produce rate',
  unit: '/s',
  bound: { null: [0.5, 0.9], kfake: [1, 2], kafka: [3, 5] },
};
const results = (samples: Readonly<Record<string, unknown>>) => ({ one: { samples } });
const lastLine = (table: string) => table.split('\n').at(-1);

test('figures are short', () => {
  expect([0.0284, 12.349, 999, 54_321, 2_736_000].map(short)).toEqual([
    ...['0.0284', '12.3', '999', '54.3 k', '2.74 M'],
  ]);
});

test('a bound is an upper one where less is better', () => {
  expect(reached(0.5, [0.5, 0.9])).toBe('must');
  expect(reached(0.49, [0.5, 0.9])).toBe('missed');
  expect(reached(0.9, [0.5, 0.9])).toBe('aim');
  expect(reached(0.6, [0.6, 0.25], true)).toBe('must');
  expect(reached(0.61, [0.6, 0.25], true)).toBe('missed');
  expect(reached(0.2, [0.6, 0.25], true)).toBe('aim');
});

describe('a row of ratios', () => {
  test('divides round by round and says what is reached', () => {
    const samples = {
      'produce rate': { odradek: [60, 30, 90], null: [100, 100, 100], kfake: [30, 10, 30] },
    };
    expect(lastLine(ratioTable([row], results(samples)))).toBe(
      '| produce, /s | 60 [30..90] | 0.60 [0.30..0.90] ○ | 3.00 [2.00..3.00] ● | – | – ' +
        '| N 0.5 · KF 1 · JK 3 | N 0.9 · KF 2 · JK 5 |',
    );
  });

  test('tells a bound that is missed from one that the null broker misses too', () => {
    const slow = { 'produce rate': { odradek: [60], null: [400], kafka: [100] } };
    expect(lastLine(ratioTable([row], results(slow)))).toContain('0.60 [0.60..0.60] ✗');
    const beyond = { 'produce rate': { odradek: [60], null: [100], kafka: [100] } };
    expect(lastLine(ratioTable([row], results(beyond)))).toContain('0.60 [0.60..0.60] △');
  });

  test('may be the quotient of two figures of Odradek', () => {
    const own = { ...row, over: 'other rate', bound: undefined, own: [1.1, 1.02], less: true };
    const samples = { 'produce rate': { odradek: [21, 42] }, 'other rate': { odradek: [20, 40] } };
    expect(lastLine(ratioTable([own], results(samples)))).toContain('| 1.05 [1.05..1.05] ○ |');
  });

  test('is left out without its scenario, and empty without its targets', () => {
    expect(ratioTable([row], {}).split('\n')).toHaveLength(2);
    expect(lastLine(ratioTable([row], results({})))).toContain('| – | – | – | – | – |');
  });
});

test('what not even the null broker wins is said, with both ratios', () => {
  const samples = { 'produce rate': { odradek: [60], null: [80], kfake: [100], kafka: [85] } };
  expect(lostList([row], results(samples))).toEqual([
    '* produce, /s: the null broker 0.80 × kfake, Odradek 0.60 ×.',
  ]);
  expect(lostList([{ ...row, less: true }], results(samples))).toEqual([]);
  expect(lostList([row], results({}))).toEqual([]);
});

describe('what grows', () => {
  const samples = {
    'memory @10 MB': { odradek: [50, 52, 51], kfake: [9] },
    'memory @1000 MB': { odradek: [80], kfake: [null] },
    'memory peak @10 MB': { odradek: [999] },
  };

  test('is a series of medians by size', () => {
    const series = {
      odradek: [
        [10, 51],
        [1000, 80],
      ],
      kfake: [[10, 9]],
    };
    expect(seriesOf(samples, 'memory MB')).toEqual(series);
  });

  test('is a table with a column per size', () => {
    const [head, , ...lines] = growthTable({ 'memory, MB': 'memory MB' }, samples).split('\n');
    expect(head).toBe('|  | target | 10 | 1,000 |');
    expect(lines).toEqual(['| memory, MB | odradek | 51 | 80 |', '| memory, MB | kfake | 9 | – |']);
  });

  test('is a plot with a point per figure, the larger the higher', () => {
    const svg = smallMultiples('partitions', { 'memory, MB': seriesOf(samples, 'memory MB') });
    const points = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)];
    const [[x1, y1], [x2, y2], [, y3]] = points.map(([, x, y]) => [Number(x), Number(y)]) as [
      ...[[number, number], [number, number], [number, number]],
    ];
    expect(points).toHaveLength(3);
    expect(x2).toBeGreaterThan(x1);
    expect(y2).toBeLessThan(y1);
    expect(y3).toBeGreaterThan(y1);
  });
});

test('every row and every plot belongs to a scenario', () => {
  const named = rows.map(({ scenario }: { scenario: string }) => scenario);
  expect([...new Set([...named, ...Object.keys(growth)])].sort()).toEqual(
    Object.keys(scenarios).sort(),
  );
});
