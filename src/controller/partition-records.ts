import { ErrorCode } from '../protocol/error-code.ts';
import { type CallError, callError } from './call-error.ts';
import { type ClusterMetadata, isActive } from './cluster-metadata.ts';
import type { CallContext } from './controller-call.ts';
import type { MetadataRecord } from './metadata-records.ts';
import { placeReplicas } from './placement.ts';

/** More records than this in one operation are refused, as by Kafka. */
export const recordsPerOperationMax = 10_000;

/** Replica lists for new partitions on the brokers there are, or why there can be none. */
export function placeNewPartitions(
  { metadata, random }: CallContext,
  partitions: number,
  replicationFactor: number,
): number[][] | CallError {
  const brokers = [...metadata.brokers.values()].filter((broker) => !broker.inControlledShutdown);
  const cannot = `Unable to replicate the partition ${replicationFactor} time(s)`;
  if (replicationFactor > brokers.length) {
    return callError(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `${cannot}: The target replication factor of ${replicationFactor} cannot be reached ` +
        `because only ${brokers.length} broker(s) are registered.`,
    );
  }
  if (brokers.every((broker) => broker.fenced)) {
    return callError(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `${cannot}: All brokers are currently fenced.`,
    );
  }
  return placeReplicas(brokers, partitions, replicationFactor, random.fork(`${metadata.offset}`));
}

/** The record of a new partition: in sync are those of its replicas that are alive. */
export function partitionRecord(
  metadata: ClusterMetadata,
  topicId: string,
  partition: number,
  replicas: readonly number[],
): MetadataRecord | CallError {
  const active = (brokerId: number) => isActive(metadata, brokerId);
  const isr = replicas.every(active) ? replicas : replicas.filter(active);
  const leader = isr[0];
  if (leader === undefined) {
    return callError(
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      'All brokers specified in the manual partition assignment for partition ' +
        `${partition} are fenced or in controlled shutdown.`,
    );
  }
  return { type: 'partition', topicId, partition, replicas, isr, leader };
}
