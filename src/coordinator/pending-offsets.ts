/** What an offset was committed for. */
interface OffsetPlace {
  readonly topic: string;
  readonly partition: number;
}

interface Pending<Offset> {
  readonly groupId: string;
  readonly offset: Offset;
}

const keyOf = (groupId: string, { topic, partition }: OffsetPlace): string =>
  `${topic}-${partition} ${groupId}`;

/** Offsets that are committed when the transactions that they are part of are. */
export class PendingOffsets<Offset extends OffsetPlace> {
  readonly #byProducer = new Map<number, Map<string, Pending<Offset>>>();

  add(producerId: number, groupId: string, offset: Offset): void {
    const offsets = this.#byProducer.get(producerId) ?? new Map<string, Pending<Offset>>();
    this.#byProducer.set(producerId, offsets);
    offsets.set(keyOf(groupId, offset), { groupId, offset });
  }

  of(producerId: number): Pending<Offset>[] {
    return [...(this.#byProducer.get(producerId)?.values() ?? [])];
  }

  /** The producer's transaction has ended. */
  take(producerId: number): Pending<Offset>[] {
    const offsets = this.of(producerId);
    this.#byProducer.delete(producerId);
    return offsets;
  }

  has(groupId: string, place: OffsetPlace): boolean {
    const key = keyOf(groupId, place);
    return [...this.#byProducer.values()].some((offsets) => offsets.has(key));
  }

  all(): Pending<Offset>[] {
    return [...this.#byProducer.values()].flatMap((offsets) => [...offsets.values()]);
  }

  remove(groupId: string, place: OffsetPlace): void {
    for (const offsets of this.#byProducer.values()) offsets.delete(keyOf(groupId, place));
  }
}
