import { ErrorCode } from '../protocol/error-code.ts';
import { type CallError, callError, noError } from './call-error.ts';
import type { TopicImage } from './cluster-metadata.ts';
import type { CallContext, CallHandler, CallRequest } from './controller-call.ts';
import { manualAssignmentProblem } from './manual-assignment.ts';
import type { MetadataRecord } from './metadata-records.ts';
import { type ChangeRules, changePartition, type WantedChange } from './partition-change.ts';
import { isReassigning, originalReplicas, reassign } from './reassignment.ts';
import { rulesOf } from './topic-rules.ts';
import { withDeadline } from './with-deadline.ts';

type Request = CallRequest<'alterPartitionReassignments'>;
type Target = Request['topics'][number]['partitions'][number];

/** Begins to move replicas to other brokers, or goes back to where they were (KIP-455). */
const moveAll: CallHandler<'alterPartitionReassignments'> = (context, request) => {
  const { allowReplicationFactorChange } = request;
  const records: MetadataRecord[] = [];
  const responses = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((target) => {
      const planned = plan(context, name, target, allowReplicationFactorChange);
      if ('errorCode' in planned) return { partitionIndex: target.partitionIndex, ...planned };
      records.push(...planned.records);
      return { partitionIndex: target.partitionIndex, ...noError };
    }),
  }));
  const response = { throttleTimeMs: 0, allowReplicationFactorChange, ...noError, responses };
  return { records, response };
};

function refuseAll({ topics, allowReplicationFactorChange }: Request, error: CallError) {
  const responses = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, ...error })),
  }));
  return { throttleTimeMs: 0, allowReplicationFactorChange, ...error, responses };
}

export const alterPartitionReassignments = withDeadline<'alterPartitionReassignments'>(
  moveAll,
  refuseAll,
);

/** What it takes: a record, or none where all is so already. */
function plan(
  context: CallContext,
  name: string,
  { partitionIndex: index, replicas }: Target,
  mayResize: boolean,
): { readonly records: readonly MetadataRecord[] } | CallError {
  const unknown = (what: string) =>
    callError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `Unable to find ${what}.`);
  const topic = context.metadata.topicsByName.get(name);
  if (topic === undefined) return unknown(`a topic named ${name}`);
  const before = topic.partitions[index];
  if (before === undefined) return unknown(`partition ${name}:${index}`);
  const move =
    replicas === null
      ? wayBack(context, topic, index)
      : wayTo(context, topic, index, { replicas, mayResize });
  if ('errorCode' in move) return move;
  const change = changePartition(move.rules, before, move.wanted);
  if (change === undefined) return { records: [] };
  const { topicId } = topic;
  return { records: [{ type: 'partition-change', topicId, partition: index, ...change }] };
}

interface Move {
  readonly rules: ChangeRules;
  readonly wanted: WantedChange;
}

/** What was being added goes again; what was being removed stays. */
function wayBack(context: CallContext, topic: TopicImage, index: number): Move | CallError {
  const before = topic.partitions[index]!;
  if (!isReassigning(before)) return callError(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, null);
  const rules = rulesOf(context, topic);
  const replicas = originalReplicas(before);
  const remaining = before.isr.filter((brokerId) => !before.addingReplicas.includes(brokerId));
  if (remaining.length === 0 && rules.election !== 'unclean') {
    return callError(
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      `Unable to revert partition assignment for ${topic.name}:${index} because ` +
        'it would require an unclean leader election.',
    );
  }
  const isr = remaining.length === 0 ? replicas.slice(0, 1) : remaining;
  return { rules, wanted: { isr, replicas, addingReplicas: [], removingReplicas: [] } };
}

function wayTo(
  context: CallContext,
  topic: TopicImage,
  index: number,
  { replicas, mayResize }: { readonly replicas: readonly number[]; readonly mayResize: boolean },
): Move | CallError {
  const before = topic.partitions[index]!;
  const problem = manualAssignmentProblem(context.metadata, replicas, replicas.length);
  if (problem !== undefined) return problem;
  // In the midst of a reassignment the size is the one that it leads to.
  const size = before.replicas.length - before.removingReplicas.length;
  if (!mayResize && size !== replicas.length) {
    return callError(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `The replication factor is changed from ${size} to ${replicas.length}`,
    );
  }
  const { addingReplicas, removingReplicas, ...rest } = reassign(before.replicas, replicas);
  return {
    rules: rulesOf(context, topic, 'online'),
    wanted: {
      ...rest,
      // As Kafka: what an earlier reassignment adds or removes stands if this one does neither.
      ...(addingReplicas.length > 0 ? { addingReplicas } : {}),
      ...(removingReplicas.length > 0 ? { removingReplicas } : {}),
    },
  };
}
