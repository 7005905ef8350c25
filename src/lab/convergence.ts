import type { Cluster } from '../cluster/cluster.ts';

const sorted = (ids: readonly number[]): string => [...ids].sort((a, b) => a - b).join();

/** What is still missing until a cluster without faults is whole; undefined when nothing is. */
export function checkConverged(cluster: Cluster): string | undefined {
  const { metadata } = cluster;
  if (cluster.activeController === undefined) return 'no controller is active';
  for (const brokerId of cluster.brokerIds) {
    if (cluster.state(brokerId) !== 'running') return `broker ${brokerId} does not run`;
    if (metadata.brokers.get(brokerId)?.fenced !== false) return `broker ${brokerId} is fenced`;
    const { offset } = cluster.broker(brokerId)!.metadata;
    if (offset !== metadata.offset) {
      return `broker ${brokerId} is at metadata offset ${offset} of ${metadata.offset}`;
    }
  }
  for (const { name, topicId, partitions } of metadata.topicsById.values()) {
    for (const [index, image] of partitions.entries()) {
      const where = `${name}-${index}`;
      if (image.leader < 0) return `${where} has no leader`;
      if (sorted(image.isr) !== sorted(image.replicas)) {
        return `${where} has in sync ${image.isr} of ${image.replicas}`;
      }
      const missing = checkReplicas(
        cluster,
        { topicId, index, where },
        image.leader,
        image.replicas,
      );
      if (missing !== undefined) return missing;
    }
  }
  return undefined;
}

function checkReplicas(
  cluster: Cluster,
  { topicId, index, where }: { topicId: string; index: number; where: string },
  leaderId: number,
  replicas: readonly number[],
): string | undefined {
  const leader = cluster.log(leaderId, topicId, index);
  if (leader === undefined) return `${where}: leader ${leaderId} has no log`;
  for (const brokerId of replicas) {
    const log = cluster.log(brokerId, topicId, index);
    if (log?.logEndOffset !== leader.logEndOffset) {
      const ends = `ends at ${log?.logEndOffset}, its leader at ${leader.logEndOffset}`;
      return `${where}: ${brokerId} ${ends}`;
    }
    if (log.highWatermark !== leader.logEndOffset) {
      return `${where}: the high watermark of ${brokerId} is ${log.highWatermark}`;
    }
  }
  return undefined;
}
