import { ErrorCode } from '../protocol/error-code.ts';
import { type ClusterMetadata, type PartitionImage, replay } from './cluster-metadata.ts';
import type { CallHandler, CallRequest } from './controller-call.ts';
import { changePartition } from './partition-change.ts';
import { rulesOf } from './topic-rules.ts';

type Request = CallRequest<'alterPartition'>;

/**
 * A leader asks for another ISR (KIP-497). The epochs prove that it knows what it is changing, and
 * that of each member that it means the process that runs now (KIP-903).
 */
export const alterPartition: CallHandler<'alterPartition'> = (context, request) => {
  const { metadata } = context;
  const { topicId, partition: index, isr, leaderRecoveryState } = request;
  const topic = metadata.topicsById.get(topicId);
  const before = topic?.partitions[index];
  const errorCode = problemOf(metadata, before, request);
  if (errorCode !== ErrorCode.NONE || topic === undefined || before === undefined) {
    return { records: [], response: { errorCode, partition: undefined } };
  }
  const wanted = { isr: isr.map(({ brokerId }) => brokerId), leaderRecoveryState };
  const change = changePartition(rulesOf(context, topic), before, wanted);
  if (change === undefined) return { records: [], response: { errorCode, partition: before } };
  const records = [{ type: 'partition-change', topicId, partition: index, ...change }] as const;
  // What completes a reassignment may take the lead from the very broker that asks.
  if (change.leader !== undefined && change.leader !== request.brokerId) {
    const response = { errorCode: ErrorCode.NEW_LEADER_ELECTED, partition: undefined };
    return { records, response };
  }
  const after = replay(metadata, records).topicsById.get(topicId)?.partitions[index];
  return { records, response: { errorCode, partition: after } };
};

/** In the order of ReplicationControlManager.validateAlterPartitionData (kafka-semantics 6.8). */
function problemOf(
  metadata: ClusterMetadata,
  partition: PartitionImage | undefined,
  request: Request,
): ErrorCode {
  const { brokerId, brokerEpoch, topicId, leaderEpoch, partitionEpoch } = request;
  if (metadata.brokers.get(brokerId)?.brokerEpoch !== brokerEpoch) {
    return ErrorCode.STALE_BROKER_EPOCH;
  }
  if (!metadata.topicsById.has(topicId)) return ErrorCode.UNKNOWN_TOPIC_ID;
  if (partition === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  if (leaderEpoch > partition.leaderEpoch) return ErrorCode.NOT_CONTROLLER;
  if (partitionEpoch > partition.partitionEpoch) return ErrorCode.NOT_CONTROLLER;
  if (leaderEpoch < partition.leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH;
  if (partition.leader !== brokerId) return ErrorCode.INVALID_REQUEST;
  if (partitionEpoch < partition.partitionEpoch) return ErrorCode.INVALID_UPDATE_VERSION;
  if (!isIsr(partition, request) || !isRecovery(partition, request)) {
    return ErrorCode.INVALID_REQUEST;
  }
  const allMayJoin = request.isr.every((member) => mayJoin(metadata, member));
  return allMayJoin ? ErrorCode.NONE : ErrorCode.INELIGIBLE_REPLICA;
}

/** A set of replicas that has the leader. */
function isIsr({ replicas }: PartitionImage, { brokerId, isr }: Request): boolean {
  const members = new Set(isr.map((member) => member.brokerId));
  if (members.size !== isr.length || !members.has(brokerId)) return false;
  return isr.every((member) => replicas.includes(member.brokerId));
}

/** Who recovers is alone in sync, and who has recovered has done so for good (KIP-704). */
function isRecovery(partition: PartitionImage, { isr, leaderRecoveryState }: Request): boolean {
  if (leaderRecoveryState === 'Recovered') return true;
  return isr.length === 1 && partition.leaderRecoveryState === 'Recovering';
}

/** -1: the leader did not say which process it means. */
function mayJoin(metadata: ClusterMetadata, member: Request['isr'][number]): boolean {
  const broker = metadata.brokers.get(member.brokerId);
  if (broker === undefined || broker.inControlledShutdown || broker.fenced) return false;
  return member.brokerEpoch === -1 || member.brokerEpoch === broker.brokerEpoch;
}
