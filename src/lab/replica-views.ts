import type { Cluster } from '../cluster/cluster.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import type { Leadership } from '../replication/leadership.ts';
import type { Partition } from '../replication/partition.ts';

/** One replica of a partition as an onlooker sees it: its disk, and the process on it, if any. */
export interface ReplicaView {
  readonly brokerId: number;
  readonly log: PartitionLog;
  readonly partition: Partition | undefined;
  /** Of a process that believes to lead; it may be the last to know that it does not. */
  readonly leadership: Leadership | undefined;
}

/**
 * All logs of a partition there are, on brokers that run and on those that do not, and on those
 * that have not heard yet that they are no replica any more.
 */
export function replicaViews(cluster: Cluster, topicId: string, index: number): ReplicaView[] {
  const views: ReplicaView[] = [];
  for (const brokerId of cluster.brokerIds) {
    const log = cluster.log(brokerId, topicId, index);
    if (log === undefined) continue;
    const partition = cluster.broker(brokerId)?.replicas.partition(topicId, index);
    views.push({ brokerId, log, partition, leadership: partition?.leadership });
  }
  return views;
}
