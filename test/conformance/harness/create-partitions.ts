import { apis } from '../../../src/protocol/messages/index.ts';
import type { Cluster } from './cluster.ts';

/** Adds partitions to a topic until it has `count`. */
export async function createPartitions(
  cluster: Cluster,
  name: string,
  count: number,
): Promise<void> {
  const topics = [{ name, count, assignments: null }];
  await cluster.request(apis.CreatePartitions, 3, { topics, timeoutMs: 30_000 });
}
