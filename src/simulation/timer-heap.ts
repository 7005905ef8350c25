/** What waits in the heap: by deadline, and by the order in which they were set. */
export interface Waiting {
  readonly deadlineMs: number;
  readonly sequence: number;
  /** Where it stands in the heap; -1: nowhere. Kept by the heap. */
  place: number;
}

const isBefore = (a: Waiting, b: Waiting): boolean =>
  a.deadlineMs < b.deadlineMs || (a.deadlineMs === b.deadlineMs && a.sequence < b.sequence);

/**
 * A binary heap, the next deadline first. Whatever is in it knows its place, so that what is
 * cancelled leaves at once: most deadlines are, long before they come.
 */
export class TimerHeap<Item extends Waiting> {
  readonly #items: Item[] = [];

  get first(): Item | undefined {
    return this.#items[0];
  }

  add(item: Item): void {
    this.#rise(item, this.#items.length);
  }

  remove(item: Item): void {
    const { place } = item;
    const last = this.#items.pop()!;
    item.place = -1;
    if (last === item) return;
    if (isBefore(last, item)) this.#rise(last, place);
    else this.#sink(last, place);
  }

  /** Puts `item` where `place` is or above it. */
  #rise(item: Item, place: number): void {
    let at = place;
    while (at > 0) {
      const parent = this.#items[(at - 1) >> 1]!;
      if (!isBefore(item, parent)) break;
      this.#put(parent, at);
      at = (at - 1) >> 1;
    }
    this.#put(item, at);
  }

  /** Puts `item` where `place` is or below it. */
  #sink(item: Item, place: number): void {
    const items = this.#items;
    let at = place;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && isBefore(items[child + 1]!, items[child]!)) child++;
      if (!isBefore(items[child]!, item)) break;
      this.#put(items[child]!, at);
      at = child;
    }
    this.#put(item, at);
  }

  #put(item: Item, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }
}
