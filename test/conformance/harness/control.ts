import { apis } from '../../../src/protocol/messages/index.ts';
import type { Cluster } from './cluster.ts';
import { errorName } from './error-name.ts';

export const election = { preferred: 0, unclean: 1 };

type Partitions = readonly (readonly [topic: string, ...partitions: number[]])[];

/** ElectLeaders; null: for all partitions. Results by topic, then in the order of the answer. */
export async function electLeaders(
  cluster: Cluster,
  electionType: number,
  partitions: Partitions | null,
  { version = 2, brokerId }: { version?: number; brokerId?: number } = {},
) {
  const topicPartitions =
    partitions?.map(([topic, ...rest]) => ({ topic, partitions: rest })) ?? null;
  const body = { electionType, topicPartitions, timeoutMs: 30_000 };
  const reply = await cluster.request(apis.ElectLeaders, version, body, brokerId);
  const results = reply.replicaElectionResults.map(({ topic, partitionResult }) => ({
    topic,
    partitions: partitionResult.map(({ errorCode, ...rest }) => ({
      error: errorName(errorCode),
      ...rest,
    })),
  }));
  return { error: errorName(reply.errorCode), results };
}

/** A partition and where it is to go; null: where it came from. */
type Move = readonly [partition: number, replicas: readonly number[] | null];

/** AlterPartitionReassignments of one topic. */
export async function reassign(
  cluster: Cluster,
  topic: string,
  moves: readonly Move[],
  { version = 1, ...fields }: { version?: number; allowReplicationFactorChange?: boolean } = {},
) {
  const body = {
    ...fields,
    timeoutMs: 30_000,
    topics: [
      {
        name: topic,
        partitions: moves.map(([partitionIndex, replicas]) => ({ partitionIndex, replicas })),
      },
    ],
  };
  const reply = await cluster.request(apis.AlterPartitionReassignments, version, body);
  const { partitions } = reply.responses[0]!;
  return {
    error: errorName(reply.errorCode),
    errorMessage: reply.errorMessage,
    partitions: partitions.map(({ errorCode, ...rest }) => ({
      error: errorName(errorCode),
      ...rest,
    })),
  };
}

/** ListPartitionReassignments: what is being moved, of some partitions or of all. */
export async function reassignments(cluster: Cluster, partitions: Partitions | null) {
  const topics =
    partitions?.map(([name, ...partitionIndexes]) => ({ name, partitionIndexes })) ?? null;
  const body = { topics, timeoutMs: 30_000 };
  const reply = await cluster.request(apis.ListPartitionReassignments, 0, body);
  const { errorCode, errorMessage, topics: listed } = reply;
  return { error: errorName(errorCode), errorMessage, topics: listed };
}

/** One partition as DescribeTopicPartitions shows it: with its eligible leader replicas. */
export async function partitionOf(
  cluster: Cluster,
  topic: string,
  partition = 0,
  brokerId?: number,
) {
  const body = { topics: [{ name: topic }] };
  const reply = await cluster.request(apis.DescribeTopicPartitions, 0, body, brokerId);
  const { errorCode, ...rest } = reply.topics[0]!.partitions[partition]!;
  return { error: errorName(errorCode), ...rest };
}
