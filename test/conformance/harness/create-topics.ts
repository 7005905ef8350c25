import type { CreateTopicsRequest } from '../../../src/protocol/messages/create-topics.ts';
import { apis } from '../../../src/protocol/messages/index.ts';
import type { Cluster } from './cluster.ts';
import { errorName } from './error-name.ts';
import type { Loose } from './loose.ts';

type NewTopic = Loose<CreateTopicsRequest['topics'][number]>;

let names = 0;

/** A topic name that nobody else has. */
export const newName = (): string =>
  `conformance-named-${process.pid}-${Date.now().toString(36)}-${++names}`;

/** Partition lists of a manual assignment: broker ids of partition 0, 1, … */
export const assigned = (...replicas: readonly (readonly number[])[]) =>
  replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }));

/** CreateTopics; a topic has one partition, one replica and a name of its own unless said. */
export async function createTopics(
  cluster: Cluster,
  topics: readonly NewTopic[],
  options: { version?: number; validateOnly?: boolean; brokerId?: number } = {},
) {
  const { version = 7, validateOnly = false, brokerId } = options;
  const reply = await cluster.request(
    apis.CreateTopics,
    version,
    {
      topics: topics.map((topic) => ({
        name: topic.name ?? newName(),
        numPartitions: topic.assignments === undefined ? 1 : -1,
        replicationFactor: topic.assignments === undefined ? 1 : -1,
        ...topic,
      })),
      timeoutMs: 30_000,
      validateOnly,
    },
    brokerId,
  );
  return reply.topics.map(({ errorCode, ...rest }) => ({ error: errorName(errorCode), ...rest }));
}
