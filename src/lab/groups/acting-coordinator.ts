import type { Cluster } from '../../cluster/cluster.ts';
import type { CoordinatorShard } from '../../coordinator/coordinator-shard.ts';
import { coordinatorPartition } from '../../coordinator/java-string-hash.ts';
import type { PartitionLog } from '../../log/partition-log.ts';

export const offsetsTopic = '__consumer_offsets';

/** The broker that coordinates a group as the controller has it, and what it knows. */
export interface ActingCoordinator {
  readonly brokerId: number;
  readonly leaderEpoch: number;
  readonly shard: CoordinatorShard;
  readonly log: PartitionLog;
}

export function offsetsPartition(cluster: Cluster, groupId: string): number {
  const count = cluster.metadata.topicsByName.get(offsetsTopic)?.partitions.length ?? 0;
  return count === 0 ? -1 : coordinatorPartition(groupId, count);
}

/**
 * undefined: nobody leads the partition, or who does has not heard of it yet or not read it. Others
 * may still take themselves for the coordinator.
 */
export function actingCoordinator(
  cluster: Cluster,
  groupId: string,
): ActingCoordinator | undefined {
  const index = offsetsPartition(cluster, groupId);
  const image = cluster.metadata.topicsByName.get(offsetsTopic)?.partitions[index];
  if (image === undefined || image.leader < 0) return undefined;
  const { leader: brokerId, leaderEpoch } = image;
  const replica = cluster.replica(brokerId, offsetsTopic, index);
  if (replica?.leadership?.leaderEpoch !== leaderEpoch) return undefined;
  const shard = cluster.broker(brokerId)?.groups.shardOf(groupId);
  if (shard === undefined || typeof shard === 'number' || !shard.isActive) return undefined;
  return { brokerId, leaderEpoch, shard, log: replica.log };
}

/** Returns what tells whether a broker has been the acting coordinator ever since. */
export function watchCoordinator(cluster: Cluster, groupId: string): (brokerId: number) => boolean {
  const before = actingCoordinator(cluster, groupId);
  return (brokerId) => {
    const after = actingCoordinator(cluster, groupId);
    return before?.leaderEpoch === after?.leaderEpoch && after?.brokerId === brokerId;
  };
}
