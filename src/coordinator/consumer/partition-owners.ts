import type { ConsumerMember } from './consumer-member.ts';

/** Whose each partition is, be it only until he has given it up. */
export class PartitionOwners {
  readonly #owners = new Map<string, Map<number, string>>();

  isHeld(topicId: string, partition: number): boolean {
    return this.#owners.get(topicId)?.has(partition) === true;
  }

  change(before: ConsumerMember | undefined, after: ConsumerMember | undefined): void {
    for (const [topicId, partition] of before === undefined ? [] : heldBy(before)) {
      const topic = this.#owners.get(topicId);
      // Somebody else may have had it since: a member that was replaced leaves after its successor.
      if (topic?.get(partition) === before!.memberId) topic.delete(partition);
    }
    for (const [topicId, partition] of after === undefined ? [] : heldBy(after)) {
      const topic = this.#owners.get(topicId) ?? new Map<number, string>();
      this.#owners.set(topicId, topic.set(partition, after!.memberId));
    }
  }
}

function* heldBy({ assigned, pendingRevocation }: ConsumerMember) {
  for (const held of [assigned, pendingRevocation]) {
    for (const [topicId, partitions] of held) {
      for (const partition of partitions.keys()) yield [topicId, partition] as const;
    }
  }
}
