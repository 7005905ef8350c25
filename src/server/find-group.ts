import type { Broker } from '../broker/broker.ts';
import { offsetsTopic } from '../broker/group-coordinators.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ConsumerGroup } from '../coordinator/consumer/consumer-group.ts';
import type { CoordinatorShard } from '../coordinator/coordinator-shard.ts';
import type { Group } from '../coordinator/group.ts';
import { coordinatorPartition } from '../coordinator/java-string-hash.ts';
import { nearestName } from '../nearest-name.ts';
import { ClusterError } from './cluster-error.ts';

/** A group as its coordinator has it. */
export interface FoundGroup {
  readonly coordinator: number;
  readonly shard: CoordinatorShard;
  readonly group: Group;
}

/** The partition of `__consumer_offsets` that a group lies in; undefined before there is any. */
export function offsetsPartitionOf({ metadata }: Cluster, groupId: string): number | undefined {
  const count = metadata.topicsByName.get(offsetsTopic)?.partitions.length;
  return count === undefined ? undefined : coordinatorPartition(groupId, count);
}

/** The broker that leads this partition; undefined while there is none. */
export function coordinatorOf(cluster: Cluster, groupId: string): number | undefined {
  const image = cluster.metadata.topicsByName.get(offsetsTopic);
  const leader = image?.partitions[offsetsPartitionOf(cluster, groupId)!]?.leader ?? -1;
  return leader < 0 ? undefined : leader;
}

/** Throws `ClusterError` E_UNKNOWN_GROUP, or E_NOT_RUNNING while nobody coordinates it. */
export function findGroup(cluster: Cluster, groupId: string): FoundGroup {
  if (offsetsPartitionOf(cluster, groupId) === undefined) throw unknownGroup(cluster, groupId);
  const coordinator = coordinatorOf(cluster, groupId);
  if (coordinator === undefined) throw uncoordinated(groupId, 'has no coordinator');
  const shard = brokerOf(cluster, coordinator)?.groups.shardOf(groupId);
  if (shard === undefined) {
    throw uncoordinated(groupId, `is coordinated by broker ${coordinator}, which is not running`);
  }
  if (typeof shard === 'number') {
    throw uncoordinated(groupId, `is being taken over by broker ${coordinator}`);
  }
  const group = shard.groups.get(groupId);
  if (group !== undefined && isKnown(group)) return { coordinator, shard, group };
  throw unknownGroup(cluster, groupId);
}

/** Every group that a coordinator has at present, by name. */
export function groupIdsOf(cluster: Cluster): string[] {
  const groupIds = cluster.brokerIds.flatMap((id) =>
    (brokerOf(cluster, id)?.groups.shards() ?? [])
      .filter(({ isActive }) => isActive)
      .flatMap((shard) => shard.groups.all().filter(isKnown))
      .map(({ groupId }) => groupId)
      // A broker that is cut off may not know yet that another one has its groups.
      .filter((groupId) => coordinatorOf(cluster, groupId) === id),
  );
  return groupIds.sort();
}

/** Clients are shown what is committed. */
const isKnown = (group: Group): boolean => !(group instanceof ConsumerGroup) || group.isCommitted;

function brokerOf(cluster: Cluster, brokerId: number): Broker | undefined {
  return cluster.brokerIds.includes(brokerId) ? cluster.broker(brokerId) : undefined;
}

function uncoordinated(groupId: string, why: string): ClusterError {
  return new ClusterError('E_NOT_RUNNING', `group '${groupId}' ${why}`);
}

function unknownGroup(cluster: Cluster, groupId: string): ClusterError {
  const known = groupIdsOf(cluster);
  const nearest = nearestName(groupId, known);
  const others = known.length === 0 ? 'there are none' : `only ${known.slice(0, 10).join(', ')}`;
  const hint = nearest === null ? others : `did you mean '${nearest}'?`;
  return new ClusterError('E_UNKNOWN_GROUP', `there is no group '${groupId}'; ${hint}`);
}
