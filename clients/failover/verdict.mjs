/**
 * @typedef {{ number: number, offset: number }} Place
 * @typedef {Record<'acknowledged' | 'lost' | 'misplaced' | 'doubled' | 'reordered' | 'misread' |
 *   'unread', number>} Counts
 */

/**
 * Of what there must be none: an acknowledged record that is not there, or not where the client was
 * told; one that is there twice; one behind a later one; something read that does not stand there or
 * not in its turn; something acknowledged that was never read.
 */
export const wrongs = ['lost', 'misplaced', 'doubled', 'reordered', 'misread', 'unread'];

/**
 * Compares what a program was told with what stands in the log. A client that does not know where
 * an acknowledged record went says offset -1.
 *
 * @param {{ log: number[][], acked: Place[][], read: Place[][] }} run by partition; the log has the
 *   numbers by offset
 * @returns {Counts}
 */
export function compare({ log, acked, read }) {
  const parts = log.map((numbers, i) => ofPartition(numbers, acked[i], read[i]));
  const sum = (name) => parts.reduce((total, part) => total + part[name], 0);
  return Object.fromEntries(['acknowledged', ...wrongs].map((name) => [name, sum(name)]));
}

function ofPartition(log, acked, read) {
  const there = new Set(log);
  const ackedEnd = acked.reduce((end, { offset }) => Math.max(end, offset + 1), 0);
  return {
    acknowledged: acked.length,
    lost: acked.filter(({ number }) => !there.has(number)).length,
    misplaced: acked.filter(({ number, offset }) => offset >= 0 && log[offset] !== number).length,
    doubled: log.length - there.size,
    reordered: late([...there]).length, // a set has its values in the order of the log
    misread: read.filter(({ offset, number }, i) => offset !== i || log[i] !== number).length,
    unread: Math.max(0, ackedEnd - read.length),
  };
}

/** Those that come after a greater one. */
function late(numbers) {
  let greatest = -1;
  return numbers.filter((number) => {
    if (number < greatest) return true;
    greatest = number;
    return false;
  });
}
