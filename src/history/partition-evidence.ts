import { Coverage } from './coverage.ts';
import type { LogView } from './log-view.ts';
import type { Isolation, Move, Place, Reader } from './operation.ts';

/**
 * The offsets of a partition that hold something, in order. Others are markers, or were aborted:
 * distances count in places of this list.
 */
interface Order {
  readonly offsets: readonly number[];
  /** How many offsets are below this one. */
  indexOf(offset: number): number;
}

function orderOf(offsets: Iterable<number>): Order {
  const sorted = [...new Set(offsets)].sort((one, other) => one - other);
  const indices = new Map(sorted.map((offset, index) => [offset, index]));
  return { offsets: sorted, indexOf: (offset) => indices.get(offset)! };
}

/** What the history and the log say of one partition. */
export class PartitionEvidence implements Place {
  readonly topic: string;
  readonly partition: number;
  log: LogView | undefined;
  /** By offset: each value that was said to be there, and by whom. */
  readonly valuesAt = new Map<number, Map<string, string>>();
  readonly #committed = new Set<number>();
  #orders: Partial<Record<Isolation, Order>> = {};
  readonly #coverages = new Map<string, Coverage>();

  constructor({ topic, partition }: Place) {
    this.topic = topic;
    this.partition = partition;
  }

  addValue(
    { offset, value }: { readonly offset: number; readonly value: string },
    who: string,
    isCommitted: boolean,
  ): void {
    let values = this.valuesAt.get(offset);
    if (values === undefined) {
      values = new Map();
      this.valuesAt.set(offset, values);
    }
    if (!values.has(value)) values.set(value, who);
    if (isCommitted) this.#committed.add(offset);
  }

  addRead(reader: Reader, offset: number): void {
    this.#coverage(reader).read(reader.client, offset);
  }

  /** A group that begins with the first record goes on where it was, whoever of it does. */
  addMove({ reader, isSeek, forgets }: Move): void {
    if (!forgets(this) || (reader.fromBeginning && !isSeek)) return;
    this.#coverage(reader).breakOff();
  }

  #coverage({ group, client, fromBeginning }: Reader): Coverage {
    const key = group === undefined ? `client ${client}` : `group ${group}`;
    let coverage = this.#coverages.get(key);
    if (coverage === undefined) {
      coverage = new Coverage(fromBeginning);
      this.#coverages.set(key, coverage);
    }
    return coverage;
  }

  /** Who has gone over an offset, be it that he has read it or not. */
  passedBy(offset: number): { readonly client: string; readonly to: number } | undefined {
    for (const coverage of this.#coverages.values()) {
      const stretch = coverage.over(offset);
      if (stretch !== undefined) return stretch;
    }
    return undefined;
  }

  /** A record of this offset, or of any, may be gone by now, deleted or superseded. */
  mayBeGone(offset = 0): boolean {
    if (this.log === undefined) return false;
    return this.log.compacted || offset < this.log.startOffset;
  }

  /** What a reader of this isolation has to see, once all is said. */
  order(isolation: Isolation): Order {
    let order = this.#orders[isolation];
    if (order === undefined) {
      order = orderOf(isolation === 'read_committed' ? this.#committed : this.valuesAt.keys());
      this.#orders[isolation] = order;
    }
    return order;
  }
}
