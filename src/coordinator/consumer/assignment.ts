/** Partitions by topic id. */
export type Assignment = ReadonlyMap<string, ReadonlySet<number>>;

/**
 * Partitions by topic id, each with the member epoch from which on it has been the member's own: a
 * commit of an older epoch comes from whoever had it before (KIP-1251).
 */
export type HeldPartitions = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** As requests and records write partitions. */
export interface TopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

interface TopicPartitionsWithEpochs extends TopicPartitions {
  readonly assignmentEpochs: readonly number[] | null;
}

export const noPartitions: ReadonlyMap<string, never> = new Map<string, never>();

const ascending = (a: number, b: number): number => a - b;

export function assignmentOf(topics: readonly TopicPartitions[]): Assignment {
  return new Map(topics.map(({ topicId, partitions }) => [topicId, new Set(partitions)]));
}

export function topicPartitionsOf(assignment: Assignment | HeldPartitions): TopicPartitions[] {
  return [...assignment].map(([topicId, partitions]) => ({
    topicId,
    partitions: [...partitions.keys()].sort(ascending),
  }));
}

/** Without epochs, from before they were kept, everything counts from `defaultEpoch` on. */
export function heldOf(
  topics: readonly TopicPartitionsWithEpochs[],
  defaultEpoch: number,
): HeldPartitions {
  return new Map(
    topics.map(({ topicId, partitions, assignmentEpochs }) => {
      const known = assignmentEpochs?.length === partitions.length ? assignmentEpochs : [];
      return [
        topicId,
        new Map(partitions.map((partition, at) => [partition, known[at] ?? defaultEpoch])),
      ];
    }),
  );
}

export function topicPartitionsWithEpochsOf(held: HeldPartitions): TopicPartitionsWithEpochs[] {
  return topicPartitionsOf(held).map(({ topicId, partitions }) => ({
    topicId,
    partitions,
    assignmentEpochs: partitions.map((partition) => held.get(topicId)!.get(partition)!),
  }));
}

/** The same, each of it held since `epoch`. */
export function heldSince(assignment: Assignment | HeldPartitions, epoch: number): HeldPartitions {
  return new Map(
    [...assignment].map(([topicId, partitions]) => [
      topicId,
      new Map([...partitions.keys()].map((partition) => [partition, epoch])),
    ]),
  );
}

export const sameAssignment = (one: Assignment, other: Assignment): boolean =>
  one.size === other.size && contains(one, topicPartitionsOf(other), true);

export function sameHeld(one: HeldPartitions, other: HeldPartitions): boolean {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  for (const [topicId, partitions] of one) {
    const others = other.get(topicId);
    if (others?.size !== partitions.size) return false;
    for (const [partition, epoch] of partitions) if (others.get(partition) !== epoch) return false;
  }
  return true;
}

/** Are these partitions all among the assigned ones; if `exactly`, with no more of their topics? */
export function contains(
  assignment: Assignment | HeldPartitions,
  topics: readonly TopicPartitions[],
  exactly = false,
): boolean {
  return topics.every(({ topicId, partitions }) => {
    const assigned = assignment.get(topicId);
    if (assigned === undefined) return false;
    return (
      (!exactly || assigned.size === partitions.length) &&
      partitions.every((partition) => assigned.has(partition))
    );
  });
}

export const overlaps = (
  assignment: Assignment | HeldPartitions,
  topics: readonly TopicPartitions[],
): boolean =>
  topics.some(({ topicId, partitions }) => {
    const assigned = assignment.get(topicId);
    return assigned !== undefined && partitions.some((partition) => assigned.has(partition));
  });
