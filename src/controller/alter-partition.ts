import { ErrorCode } from '../protocol/error-code.ts';
import { type ClusterMetadata, type PartitionImage, replay } from './cluster-metadata.ts';
import type { CallHandler, CallRequest } from './controller-call.ts';

/** A leader asks for another ISR (KIP-497). The epochs prove that it knows what it is changing. */
export const alterPartition: CallHandler<'alterPartition'> = ({ metadata }, request) => {
  const { topicId, partition: index, isr } = request;
  const partition = metadata.topicsById.get(topicId)?.partitions[index];
  const errorCode = problemOf(metadata, partition, request);
  if (errorCode !== ErrorCode.NONE || partition === undefined) {
    return { records: [], response: { errorCode, partition: undefined } };
  }
  const records = [{ type: 'partition-change', topicId, partition: index, isr }] as const;
  const after = replay(metadata, records).topicsById.get(topicId)?.partitions[index];
  return { records, response: { errorCode, partition: after } };
};

/** In the order of ReplicationControlManager.validateAlterPartitionData (kafka-semantics 6.8). */
function problemOf(
  metadata: ClusterMetadata,
  partition: PartitionImage | undefined,
  request: CallRequest<'alterPartition'>,
): ErrorCode {
  const { brokerId, brokerEpoch, leaderEpoch, partitionEpoch, isr } = request;
  if (metadata.brokers.get(brokerId)?.brokerEpoch !== brokerEpoch) {
    return ErrorCode.STALE_BROKER_EPOCH;
  }
  if (partition === undefined) return ErrorCode.UNKNOWN_TOPIC_ID;
  if (leaderEpoch > partition.leaderEpoch) return ErrorCode.NOT_CONTROLLER;
  if (partitionEpoch > partition.partitionEpoch) return ErrorCode.NOT_CONTROLLER;
  if (leaderEpoch < partition.leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH;
  if (partition.leader !== brokerId) return ErrorCode.INVALID_REQUEST;
  if (partitionEpoch < partition.partitionEpoch) return ErrorCode.INVALID_UPDATE_VERSION;
  if (!isr.includes(brokerId)) return ErrorCode.INVALID_REQUEST;
  const isSet = new Set(isr).size === isr.length;
  if (!isSet || !isr.every((member) => partition.replicas.includes(member))) {
    return ErrorCode.INVALID_REQUEST;
  }
  const allAlive = isr.every((member) => metadata.brokers.get(member)?.fenced === false);
  return allAlive ? ErrorCode.NONE : ErrorCode.INELIGIBLE_REPLICA;
}
