import type { Cluster } from '../../cluster/cluster.ts';
import { batchesOf } from '../batches.ts';

interface Place {
  readonly topicId: string;
  readonly index: number;
}

/** All that one broker knows of a partition, on its disk and in its process, as one text. */
export function replicaDigest(cluster: Cluster, { topicId, index }: Place, id: number): string {
  const log = cluster.log(id, topicId, index);
  const broker = cluster.broker(id);
  const replica = broker?.replicas.partition(topicId, index);
  if (log === undefined) return broker === undefined ? 'down' : 'up';
  const batches = [...batchesOf(log, log.logStartOffset, log.logEndOffset)].map(
    ({ baseOffset, leaderEpoch, crc }) => `${baseOffset}.${leaderEpoch}.${crc}`,
  );
  const epochs = Array.from({ length: log.latestEpoch + 1 }, (_, epoch) => {
    const { leaderEpoch, endOffset } = log.endOffsetForEpoch(epoch);
    return `${leaderEpoch}:${endOffset}`;
  });
  const disk = `${batches} ${log.highWatermark} ${epochs}`;
  if (broker === undefined) return `${disk} down`;
  const image = broker.metadata.topicsById.get(topicId)?.partitions[index];
  const known = JSON.stringify({ ...image, partitionEpoch: 0 });
  const role = replica?.role;
  if (role?.name !== 'Leader') return `${disk} ${known} ${JSON.stringify(role)}`;
  const { isr, maximalIsr, replicas, epochStartOffset, leaderEpoch } = role.leadership;
  const led = `${leaderEpoch} from ${epochStartOffset} [${isr}] [${maximalIsr}] [${replicas}]`;
  return `${disk} ${known} leads ${led}`;
}

/** A short text for a long one: 64 bits, so that no two of some millions are taken for one. */
export function digestOf(text: string): string {
  let one = 0x811c9dc5;
  let other = 0x1000193;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x85ebca6b) ^ (other >>> 13);
  }
  return `${(one >>> 0).toString(36)}${(other >>> 0).toString(36)}`;
}
