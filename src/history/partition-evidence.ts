import type { LogView } from './log-view.ts';
import type { Isolation, Place, Reader, SeenRecord } from './operation.ts';

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
  /** Who has read furthest. */
  furthest: { readonly client: string; readonly offset: number } | undefined;
  #firstRead = Number.POSITIVE_INFINITY;
  #fromBeginning = false;

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

  addRead({ client, fromBeginning }: Reader, { offset }: SeenRecord): void {
    if (offset > (this.furthest?.offset ?? -1)) this.furthest = { client, offset };
    this.#firstRead = Math.min(this.#firstRead, offset);
    if (fromBeginning) this.#fromBeginning = true;
  }

  /** Where those who read it have begun. */
  get readFrom(): number {
    return this.#fromBeginning ? 0 : this.#firstRead;
  }

  /** A record of this offset may be gone by now, deleted or superseded. */
  mayBeGone(offset: number): boolean {
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
