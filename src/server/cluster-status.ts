import type { NodeState } from '../cluster/broker-seat.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { PartitionImage } from '../controller/cluster-metadata.ts';
import type { Link, NodeId, Plane } from '../simulation/network.ts';
import type { GroupStatus } from './group-status.ts';
import type { KafkaBroker } from './kafka-broker.ts';

/** One broker, as plain data. */
export interface BrokerStatus {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly state: NodeState;
  /** Whether the controllers keep it out: clients do not hear of it, and it leads nothing. */
  readonly fenced: boolean;
  /** How many partitions it leads, and of how many it has a replica. */
  readonly leaders: number;
  readonly replicas: number;
}

/** One controller; what it says of the quorum is its own belief. */
export interface ControllerStatus {
  readonly id: number;
  readonly state: NodeState;
  readonly active: boolean;
  readonly role: string;
  readonly epoch: number;
  readonly leader: number | null;
  readonly logEndOffset: number;
  readonly highWatermark: number;
}

/** One replica; its offsets are null while its broker is down. */
interface ReplicaStatus {
  readonly broker: number;
  readonly inSync: boolean;
  readonly logStartOffset: number | null;
  readonly logEndOffset: number | null;
  readonly highWatermark: number | null;
}

export interface PartitionStatus {
  readonly topic: string;
  readonly partition: number;
  readonly leader: number | null;
  readonly leaderEpoch: number;
  readonly isr: readonly number[];
  readonly elr: readonly number[];
  /** Where a reassignment goes on: what it adds and what it removes. */
  readonly adding: readonly number[];
  readonly removing: readonly number[];
  /** That of the leader. */
  readonly highWatermark: number | null;
  /** The preferred leader first. */
  readonly replicas: readonly ReplicaStatus[];
}

/** One direction of the network that is not healthy. */
export interface LinkStatus extends Link {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly plane: Plane;
}

/** All that there is to see of a cluster from the outside, as plain data. */
export interface ClusterStatus {
  readonly clusterId: string;
  readonly seed: number;
  readonly bootstrapServers: string;
  readonly activeController: number | null;
  readonly brokers: readonly BrokerStatus[];
  readonly controllers: readonly ControllerStatus[];
  readonly partitions: readonly PartitionStatus[];
  readonly groups: readonly GroupStatus[];
  readonly links: readonly LinkStatus[];
}

export function brokerStatuses(
  cluster: Cluster,
  brokers: readonly KafkaBroker[],
): readonly BrokerStatus[] {
  const images = [...cluster.metadata.topicsByName.values()].flatMap((topic) => topic.partitions);
  return brokers.map(({ id, host, port, rack, state }) => ({
    id,
    host,
    port,
    rack,
    state,
    fenced: cluster.metadata.brokers.get(id)?.fenced !== false,
    leaders: images.filter(({ leader }) => leader === id).length,
    replicas: images.filter(({ replicas }) => replicas.includes(id)).length,
  }));
}

export const controllerStatuses = (cluster: Cluster): readonly ControllerStatus[] =>
  cluster.controllerIds.map((id) => {
    const node = cluster.controller(id)?.node;
    const { log, election } = cluster.quorumStore(id);
    return {
      id,
      state: cluster.state(id),
      active: cluster.activeController === id,
      role: node?.role.name ?? 'stopped',
      epoch: election.epoch,
      leader: node?.leaderId ?? election.leaderId ?? null,
      logEndOffset: log.endOffset,
      highWatermark: node?.replica.committed.highWatermark ?? log.snapshot.offset,
    };
  });

export const partitionStatuses = (cluster: Cluster): readonly PartitionStatus[] =>
  [...cluster.metadata.topicsByName.values()].flatMap(({ name, partitions }) =>
    partitions.map((image, partition) => partitionStatus(cluster, name, partition, image)),
  );

export function partitionStatus(
  cluster: Cluster,
  topic: string,
  partition: number,
  image: PartitionImage,
): PartitionStatus {
  const replicas = image.replicas.map((broker): ReplicaStatus => {
    const isThere = cluster.brokerIds.includes(broker);
    const log = isThere ? cluster.replica(broker, topic, partition)?.log : undefined;
    return {
      broker,
      inSync: image.isr.includes(broker),
      logStartOffset: log?.logStartOffset ?? null,
      logEndOffset: log?.logEndOffset ?? null,
      highWatermark: log?.highWatermark ?? null,
    };
  });
  return {
    topic,
    partition,
    leader: image.leader < 0 ? null : image.leader,
    leaderEpoch: image.leaderEpoch,
    isr: image.isr,
    elr: image.elr,
    adding: image.addingReplicas,
    removing: image.removingReplicas,
    highWatermark: replicas.find(({ broker }) => broker === image.leader)?.highWatermark ?? null,
    replicas,
  };
}
