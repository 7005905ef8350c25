import { expect, test } from 'vitest';

const { median, quantile, ratios, summary } = await import(
  new URL('../../bench/stats.mjs', import.meta.url).href
);

test('the median of an even number of figures lies between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 4])).toBe(4.5);
});

test('a quantile is one of the figures', () => {
  const figures = Array.from({ length: 101 }, (_, index) => 100 - index);
  expect(quantile(figures, 0.5)).toBe(50);
  expect(quantile(figures, 0.99)).toBe(99);
  expect(quantile([7], 0.99)).toBe(7);
});

test('a summary leaves out the rounds that brought nothing', () => {
  expect(summary([3, null, 1])).toEqual({ median: 2, min: 1, max: 3 });
  expect(summary([null, undefined])).toBeNull();
  expect(summary([])).toBeNull();
});

test('a ratio has both of its figures from the same round', () => {
  expect(ratios([10, 20, 30], [5, 40, null])).toEqual([2, 0.5, null]);
  expect(ratios([10, 20], [5])).toEqual([2, null]);
});

test('the median of ratios is not the ratio of medians', () => {
  const ours = [10, 40, 90];
  const theirs = [10, 20, 100];
  expect(median(ratios(ours, theirs))).toBe(1);
  expect(median(ours) / median(theirs)).toBe(2);
});
