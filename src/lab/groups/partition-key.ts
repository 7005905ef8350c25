import type { TopicPartitions } from '../../coordinator/consumer/assignment.ts';
import type { NamedPartitions } from '../../coordinator/consumer-protocol.ts';
import type { Target } from '../producer.ts';

/** A partition as one word, `orders-3`, so that sets can hold it. */
export const keyOf = ({ topic, partition }: Target): string => `${topic}-${partition}`;

export function partitionOf(key: string): Target {
  const dash = key.lastIndexOf('-');
  return { topic: key.slice(0, dash), partition: Number(key.slice(dash + 1)) };
}

export const keysOf = (topics: NamedPartitions): string[] =>
  topics.flatMap(({ topic, partitions }) =>
    partitions.map((partition) => keyOf({ topic, partition })),
  );

/** By topic, as requests have it. */
export function byTopic(keys: Iterable<string>): Map<string, number[]> {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of [...keys].map(partitionOf)) {
    topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  }
  return topics;
}

export const namedPartitions = (keys: Iterable<string>): NamedPartitions =>
  [...byTopic(keys)].map(([topic, partitions]) => ({ topic, partitions }));

/** By topic id. Topics without one are left out. */
export const identifiedPartitions = (
  keys: Iterable<string>,
  idOf: (topic: string) => string | undefined,
): TopicPartitions[] =>
  [...byTopic(keys)].flatMap(([topic, partitions]) => {
    const topicId = idOf(topic);
    return topicId === undefined ? [] : [{ topicId, partitions }];
  });
