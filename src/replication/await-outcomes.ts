import type { Partition, PartitionChange, PartitionListener } from './partition.ts';
import type { ParkedOperation, Purgatory, Ticket } from './purgatory.ts';

interface Awaited<Item, Outcome> {
  readonly items: readonly Item[];
  readonly timeoutMs: number;
  /** undefined: not known yet. An outcome that is known is asked for no more. */
  readonly outcomeOf: (item: Item) => Outcome | undefined;
  readonly timedOut: (item: Item) => Outcome;
  /** One outcome per item, in their order. */
  readonly reply: (outcomes: readonly Outcome[]) => void;
}

/** Replies once every item has an outcome, looking again when its partition changes. */
export function awaitOutcomes<Item extends { readonly partition: Partition }, Outcome>(
  purgatory: Purgatory,
  awaited: Awaited<Item, Outcome>,
): void {
  const operation = new DelayedOutcomes(awaited);
  if (operation.tryComplete()) return;
  operation.ticket = purgatory.park(operation, awaited.timeoutMs);
  for (const { partition } of awaited.items) partition.subscribe(operation);
}

class DelayedOutcomes<Item extends { readonly partition: Partition }, Outcome>
  implements ParkedOperation, PartitionListener
{
  ticket: Ticket | undefined;
  readonly #awaited: Awaited<Item, Outcome>;
  readonly #outcomes: (Outcome | undefined)[];

  constructor(awaited: Awaited<Item, Outcome>) {
    this.#awaited = awaited;
    this.#outcomes = awaited.items.map(() => undefined);
  }

  partitionChanged(_partition: Partition, change: PartitionChange): void {
    // Whatever is awaited is decided by what the replicas have, not by what comes after it.
    if (change !== 'log-end') this.ticket?.wake();
  }

  tryComplete(): boolean {
    const { items, outcomeOf } = this.#awaited;
    for (const [index, item] of items.entries()) this.#outcomes[index] ??= outcomeOf(item);
    if (this.#outcomes.includes(undefined)) return false;
    this.expire();
    return true;
  }

  expire(): void {
    const { items, timedOut, reply } = this.#awaited;
    for (const { partition } of items) partition.unsubscribe(this);
    reply(items.map((item, index) => this.#outcomes[index] ?? timedOut(item)));
  }
}
