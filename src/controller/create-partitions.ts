import { ErrorCode } from '../protocol/error-code.ts';
import type {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from '../protocol/messages/create-partitions.ts';
import { type CallError, callError, noError } from './call-error.ts';
import type { TopicImage } from './cluster-metadata.ts';
import type { CallContext, CallHandler } from './controller-call.ts';
import { manualAssignmentProblem } from './manual-assignment.ts';
import type { MetadataRecord } from './metadata-records.ts';
import {
  partitionRecord,
  placeNewPartitions,
  recordsPerOperationMax,
} from './partition-records.ts';
import { withDeadline } from './with-deadline.ts';

type Wanted = CreatePartitionsRequest['topics'][number];

const growAll: CallHandler<'createPartitions'> = (context, request) => {
  const counts = new Map<string, number>();
  for (const { name } of request.topics) counts.set(name, (counts.get(name) ?? 0) + 1);
  const records: MetadataRecord[] = [];
  const results: CreatePartitionsResponse['results'][number][] = [];
  for (const topic of request.topics) {
    const times = counts.get(topic.name);
    if (times === undefined) continue;
    counts.delete(topic.name);
    const made =
      times > 1
        ? callError(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.')
        : grow(context, topic, recordsPerOperationMax - records.length);
    const isError = !Array.isArray(made);
    if (!isError) records.push(...made);
    results.push({ name: topic.name, ...(isError ? made : noError) });
  }
  return {
    records: request.validateOnly ? [] : records,
    response: { throttleTimeMs: 0, results },
  };
};

function refuseAll(
  { topics }: CreatePartitionsRequest,
  error: CallError,
): CreatePartitionsResponse {
  const names = [...new Set(topics.map(({ name }) => name))];
  return { throttleTimeMs: 0, results: names.map((name) => ({ name, ...error })) };
}

export const createPartitions = withDeadline<'createPartitions'>(growAll, refuseAll);

function grow(
  context: CallContext,
  wanted: Wanted,
  recordsMax: number,
): MetadataRecord[] | CallError {
  const topic = context.metadata.topicsByName.get(wanted.name);
  if (topic === undefined) {
    const message = 'This server does not host this topic-partition.';
    return callError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message);
  }
  const present = topic.partitions.length;
  const added = wanted.count - present;
  if (added <= 0) {
    return callError(
      ErrorCode.INVALID_PARTITIONS,
      countProblem(wanted.name, present, wanted.count),
    );
  }
  // Kafka hits its bound unprepared here. Before placing: a count may be larger than any memory.
  if (added > recordsMax) return callError(ErrorCode.UNKNOWN_SERVER_ERROR, null);
  const placed = replicaLists(context, topic, wanted, added);
  if (!Array.isArray(placed)) return placed;
  const records: MetadataRecord[] = [];
  for (const [index, replicas] of placed.entries()) {
    const record = partitionRecord(context.metadata, topic.topicId, present + index, replicas);
    if (!('type' in record)) return record;
    records.push(record);
  }
  return records;
}

const countProblem = (name: string, present: number, count: number): string =>
  count === present
    ? `Topic already has ${present} partition(s).`
    : `The topic ${name} currently has ${present} partition(s); ${count} would not be an increase.`;

function replicaLists(
  context: CallContext,
  topic: TopicImage,
  { assignments }: Wanted,
  added: number,
): number[][] | CallError {
  const replicationFactor = topic.partitions[0]!.replicas.length;
  if (assignments === null) return placeNewPartitions(context, added, replicationFactor);
  if (assignments.length !== added) {
    return callError(
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      `Attempted to add ${added} additional partition(s), but only ${assignments.length} ` +
        'assignment(s) were specified.',
    );
  }
  for (const { brokerIds } of assignments) {
    const problem = manualAssignmentProblem(context.metadata, brokerIds, replicationFactor);
    if (problem !== undefined) return problem;
  }
  return assignments.map(({ brokerIds }) => [...brokerIds]);
}
