import type { NamedPartitions } from '../consumer-protocol.ts';
import type { TopicsView } from '../group.ts';
import { type Assignment, type HeldPartitions, topicPartitionsOf } from './assignment.ts';

/** Topics that are gone are left out, both ways. */
export const byName = (
  assignment: Assignment | HeldPartitions,
  { topicsById }: TopicsView,
): NamedPartitions =>
  topicPartitionsOf(assignment).flatMap(({ topicId, partitions }) => {
    const topic = topicsById.get(topicId)?.name;
    return topic === undefined ? [] : [{ topic, partitions }];
  });

export const byId = (named: NamedPartitions, { topicsByName }: TopicsView): Assignment =>
  new Map(
    named.flatMap(({ topic, partitions }) => {
      const topicId = topicsByName.get(topic)?.topicId;
      return topicId === undefined ? [] : [[topicId, new Set(partitions)] as const];
    }),
  );
