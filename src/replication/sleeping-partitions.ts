import type { PartitionAssignment, PartitionIdentity } from './partition-assignment.ts';

interface Sleepers {
  readonly topic: string;
  /** By partition. */
  readonly assignments: (PartitionAssignment | undefined)[];
}

/**
 * Partitions that are led here, have no followers and have never had a record: of thousands most
 * stay so, and a role, a log and its parts for each of them are made when somebody asks for it.
 */
export class SleepingPartitions {
  readonly #topics = new Map<string, Sleepers>();

  add({ topicId, topic, partition }: PartitionIdentity, assignment: PartitionAssignment): void {
    let sleepers = this.#topics.get(topicId);
    if (sleepers === undefined) {
      sleepers = { topic, assignments: [] };
      this.#topics.set(topicId, sleepers);
    }
    sleepers.assignments[partition] = assignment;
  }

  /** What the controller says of one that slept until now; undefined if it does not sleep. */
  wake(topicId: string, partition: number): [PartitionIdentity, PartitionAssignment] | undefined {
    const sleepers = this.#topics.get(topicId);
    const assignment = sleepers?.assignments[partition];
    if (sleepers === undefined || assignment === undefined) return undefined;
    sleepers.assignments[partition] = undefined;
    return [identityOf(topicId, sleepers.topic, partition), assignment];
  }

  /** Those that sleep, as they are now. */
  all(): PartitionIdentity[] {
    return [...this.#topics.keys()].flatMap((topicId) => this.#identities(topicId));
  }

  /** Those of a topic, which are forgotten. */
  removeTopic(topicId: string): PartitionIdentity[] {
    const removed = this.#identities(topicId);
    this.#topics.delete(topicId);
    return removed;
  }

  #identities(topicId: string): PartitionIdentity[] {
    const { topic = '', assignments = [] } = this.#topics.get(topicId) ?? {};
    return assignments.flatMap((assignment, partition) =>
      assignment === undefined ? [] : [identityOf(topicId, topic, partition)],
    );
  }
}

const identityOf = (topicId: string, topic: string, partition: number): PartitionIdentity => ({
  topicId,
  topic,
  partition,
  name: `${topic}-${partition}`,
});
