import { expect, test } from 'vitest';
import { coordinatorPartition } from '../../src/coordinator/java-string-hash.ts';

// "polygenelubricants" and its like hash to the least int, whose absolute value is not positive.
test.each([
  ['', 0],
  ['a', 97 % 50],
  ['my-group', 12],
  ['polygenelubricants', 0],
  ['grüße', 23],
])('%j belongs to partition %i of 50', (key, partition) => {
  expect(coordinatorPartition(key, 50)).toBe(partition);
});
