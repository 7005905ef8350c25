import { apis } from '../../../src/protocol/messages/index.ts';
import type { Cluster } from './cluster.ts';
import { errorName } from './error-name.ts';
import type { Topic } from './topic.ts';

/** The timestamps that stand for a place. */
export const place = {
  latest: -1,
  earliest: -2,
  maxTimestamp: -3,
  earliestLocal: -4,
  latestTiered: -5,
  earliestPendingUpload: -6,
} as const;

export interface ListOffsetsOptions {
  readonly version?: number;
  readonly partition?: number;
  readonly currentLeaderEpoch?: number;
  readonly isolationLevel?: number;
  readonly replicaId?: number;
  readonly brokerId?: number;
}

/** ListOffsets of one partition, at its leader unless said. */
export async function listOffsets(
  cluster: Cluster,
  topic: Topic,
  timestamp: number,
  options: ListOffsetsOptions = {},
) {
  const { version = 11, partition = 0, currentLeaderEpoch = -1 } = options;
  const partitions = [{ partitionIndex: partition, timestamp, currentLeaderEpoch }];
  const reply = await cluster.request(
    apis.ListOffsets,
    version,
    {
      replicaId: options.replicaId ?? -1,
      isolationLevel: options.isolationLevel ?? 0,
      topics: [{ name: topic.name, partitions }],
      timeoutMs: 30_000,
    },
    options.brokerId ?? (await topic.leader()),
  );
  const { errorCode, ...rest } = reply.topics[0]!.partitions[0]!;
  return { error: errorName(errorCode), ...rest };
}
