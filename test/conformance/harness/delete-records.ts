import { apis } from '../../../src/protocol/messages/index.ts';
import type { Cluster } from './cluster.ts';
import { errorName } from './error-name.ts';
import type { Topic } from './topic.ts';

/** DeleteRecords of one partition, at its leader unless said: −1 is everything committed. */
export async function deleteRecords(
  cluster: Cluster,
  topic: Topic,
  offset: number,
  options: { partition?: number; brokerId?: number; version?: number; timeoutMs?: number } = {},
) {
  const { partition = 0, version = 2, timeoutMs = 30_000 } = options;
  const reply = await cluster.request(
    apis.DeleteRecords,
    version,
    {
      topics: [{ name: topic.name, partitions: [{ partitionIndex: partition, offset }] }],
      timeoutMs,
    },
    options.brokerId ?? (await topic.leader(partition)),
  );
  const { errorCode, ...rest } = reply.topics[0]!.partitions[0]!;
  return { error: errorName(errorCode), ...rest };
}
