/**
 * What is written and read, in no client's own type. A record that was written or read has its
 * partition and offset too.
 *
 * @typedef {{ key: Buffer | null, value: Buffer | null, headers: [string, Buffer | null][],
 *   timestamp: number, partition?: number, offset?: number }} Row
 */

/** Each record is a second younger than the one before, so that time grows with the offset. */
let now = Date.UTC(2026, 0, 1);

const bytes = (text) => (text === null ? null : Buffer.from(text));

function row(key, value, headers = []) {
  now += 1000;
  const named = headers.map(([name, text]) => [name, bytes(text)]);
  return { key: bytes(key), value: bytes(value), headers: named, timestamp: now };
}

/** Records without a key, with values that compress well. */
export const unkeyed = (label, count) =>
  Array.from({ length: count }, (_, i) => row(null, `${label} ${i} ${'la '.repeat(30)}`));

/** Each key comes three times. */
export const keyed = (...keys) =>
  [0, 1, 2].flatMap((round) => keys.map((key) => row(key, `${key}, round ${round}`)));

/** A null value after one that is there, and an empty one, which some clients make null. */
export const nullValues = ({ empty = true } = {}) => [
  row('gone', 'here'),
  row('gone', null),
  ...(empty ? [row('gone', '')] : []),
];

/** None, one, many; with names that repeat and values that are empty, and null unless refused. */
export const withHeaders = ({ nulls = true } = {}) => [
  row(null, 'none'),
  row(null, 'one', [['trace', 'abc']]),
  row(null, 'many', [
    ['twice', '1'],
    ['twice', '2'],
    ['empty', ''],
    ['größe', 'groß'],
    ...(nulls ? [['null', null]] : []),
  ]),
];

/** A batch of the largest has just room in the default max.message.bytes, 1 MiB and 12 bytes. */
export const sizes = () =>
  [1, 100, 10_000, 2 ** 20 - 100].map((size) => row(null, Buffer.alloc(size, 'size ')));
