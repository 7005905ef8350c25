import { deepStrictEqual } from 'node:assert/strict';
import { createHash } from 'node:crypto';

/** @typedef {import('./records.mjs').Row} Row */

/** All that was written to one topic, and the comparison with what is read. */
export class Journal {
  #read;
  /** @type {Map<number, Row[]>} */
  #partitions = new Map();

  /** @param {(partition: number, offset: number, count: number) => Promise<Row[]>} read */
  constructor(read) {
    this.#read = read;
  }

  /** What was written to a partition, in order. */
  rows(partition) {
    return this.#partitions.get(partition) ?? [];
  }

  /** Keeps what was written, reads it and compares. */
  async readBack(written) {
    for (const row of written) {
      const rows = [...this.rows(row.partition), row].sort((a, b) => a.offset - b.offset);
      this.#partitions.set(row.partition, rows);
    }
    const partitions = [...new Set(written.map(({ partition }) => partition))].sort();
    for (const partition of partitions) {
      const share = written.filter((row) => row.partition === partition);
      same(await this.#read(partition, share[0].offset, share.length), share);
    }
    return `${written.length} records, partitions ${partitions.join(', ')}`;
  }

  /**
   * Reads each partition from its first offset to its end: nothing is missing and nothing extra.
   *
   * @param {{ partition: number, low: number, high: number }[]} bounds
   */
  async compareAll(bounds) {
    for (const { partition, low, high } of bounds) {
      same(await this.#read(partition, low, high - low), this.rows(partition));
    }
    const total = bounds.reduce((sum, { partition }) => sum + this.rows(partition).length, 0);
    return `${total} records`;
  }
}

/** Throws where what was read is not what was written. */
export function same(read, written) {
  deepStrictEqual(read.map(shown), written.map(shown));
}

/** Short enough that a difference can be read. */
function shown({ partition, offset, key, value, headers, timestamp }) {
  const named = headers.map(([name, each]) => [name, text(each)]);
  const at = new Date(timestamp).toISOString();
  return { place: `${partition}@${offset}`, key: text(key), value: text(value), named, at };
}

function text(value) {
  if (!Buffer.isBuffer(value)) return value;
  if (value.length <= 200) return value.toString();
  return `${value.length} bytes, ${createHash('sha1').update(value).digest('hex')}`;
}
