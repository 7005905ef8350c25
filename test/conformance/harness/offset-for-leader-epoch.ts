import { apis } from '../../../src/protocol/messages/index.ts';
import type { Cluster } from './cluster.ts';
import { errorName } from './error-name.ts';

interface OffsetForLeaderEpochOptions {
  readonly version?: number;
  readonly partition?: number;
  readonly currentLeaderEpoch?: number;
  readonly brokerId?: number;
}

/** Where a leader epoch of one partition ended, asked of its leader unless said, as a consumer. */
export async function offsetForLeaderEpoch(
  cluster: Cluster,
  topic: { readonly name: string; leader(): Promise<number | undefined> },
  leaderEpoch: number,
  options: OffsetForLeaderEpochOptions = {},
) {
  const { version = 4, partition = 0, currentLeaderEpoch = -1 } = options;
  const partitions = [{ partition, leaderEpoch, currentLeaderEpoch }];
  const reply = await cluster.request(
    apis.OffsetForLeaderEpoch,
    version,
    { replicaId: -1, topics: [{ topic: topic.name, partitions }] },
    options.brokerId ?? (await topic.leader()),
  );
  const { errorCode, ...rest } = reply.topics[0]!.partitions[0]!;
  return { error: errorName(errorCode), ...rest };
}
