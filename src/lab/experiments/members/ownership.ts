import type { Facts } from '../facts.ts';

interface Held {
  readonly owners: Set<string>;
  /** Since when it has had no owner. */
  unownedSinceMs: number | undefined;
  pausedMs: number;
  longestMs: number;
}

/** Which partitions are somebody's, as the members believe, and for how long they are nobody's. */
export class Ownership {
  readonly #now: () => number;
  readonly #partitions = new Map<number, Held>();

  constructor(now: () => number) {
    this.#now = now;
  }

  take(member: string, partition: number): void {
    let held = this.#partitions.get(partition);
    if (held === undefined) {
      held = { owners: new Set(), unownedSinceMs: undefined, pausedMs: 0, longestMs: 0 };
      this.#partitions.set(partition, held);
    }
    this.#settle(held);
    held.unownedSinceMs = undefined;
    held.owners.add(member);
  }

  giveUp(member: string, partition: number): void {
    const held = this.#partitions.get(partition);
    if (held === undefined || !held.owners.delete(member)) return;
    if (held.owners.size === 0) held.unownedSinceMs = this.#now();
  }

  /** Of the partitions that were somebody's already, since this was asked last. */
  pauses(): Facts {
    const held = [...this.#partitions.values()];
    for (const each of held) this.#settle(each);
    const paused = held.filter(({ pausedMs }) => pausedMs > 0);
    const seconds = (ms: number) => Math.round(ms / 1000);
    const facts = {
      partitionsPaused: paused.length,
      longestSeconds: seconds(Math.max(0, ...paused.map(({ longestMs }) => longestMs))),
      partitionSeconds: seconds(paused.reduce((sum, { pausedMs }) => sum + pausedMs, 0)),
    };
    for (const each of held) Object.assign(each, { pausedMs: 0, longestMs: 0 });
    return facts;
  }

  #settle(held: Held): void {
    if (held.unownedSinceMs === undefined) return;
    const pauseMs = this.#now() - held.unownedSinceMs;
    held.pausedMs += pauseMs;
    held.longestMs = Math.max(held.longestMs, pauseMs);
    held.unownedSinceMs = this.#now();
  }
}
