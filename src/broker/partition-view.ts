import type { ClusterMetadata, PartitionImage } from '../controller/cluster-metadata.ts';

const isAlive = (metadata: ClusterMetadata, brokerId: number): boolean =>
  metadata.brokers.get(brokerId)?.fenced === false;

/** The leader as clients may see it: -1 when there is none or it cannot be reached. */
export const visibleLeader = (metadata: ClusterMetadata, { leader }: PartitionImage): number =>
  isAlive(metadata, leader) ? leader : -1;

export const offlineReplicas = (
  metadata: ClusterMetadata,
  { replicas }: PartitionImage,
): number[] => replicas.filter((brokerId) => !isAlive(metadata, brokerId));
