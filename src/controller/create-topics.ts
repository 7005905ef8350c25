import { createTopicConfigs } from '../config/alter-configs.ts';
import { brokerSettings } from '../config/broker-settings.ts';
import { createdTopicConfigs } from '../config/created-topic-configs.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../protocol/messages/create-topics.ts';
import { ZERO_UUID } from '../protocol/types.ts';
import { type CallError, callError, noError } from './call-error.ts';
import { type ClusterMetadata, replay } from './cluster-metadata.ts';
import type { CallContext, CallHandler } from './controller-call.ts';
import { manualAssignmentProblem } from './manual-assignment.ts';
import type { MetadataRecord } from './metadata-records.ts';
import {
  partitionRecord,
  placeNewPartitions,
  recordsPerOperationMax,
} from './partition-records.ts';
import { randomUuid } from './random-uuid.ts';
import { collisionKey, topicNameProblem } from './topic-name.ts';
import { withDeadline } from './with-deadline.ts';

type CreatableTopic = CreateTopicsRequest['topics'][number];
type TopicResult = CreateTopicsResponse['topics'][number];

/** Each topic stands for itself: some may be made while others are refused. */
const createAll: CallHandler<'createTopics'> = (context, request) => {
  if (partitionsIn(context, request) > recordsPerOperationMax) {
    return tooLarge(request, 'Excessively large number of partitions per request.');
  }
  const counts = new Map<string, number>();
  for (const { name } of request.topics) counts.set(name, (counts.get(name) ?? 0) + 1);
  const records: MetadataRecord[] = [];
  const results: TopicResult[] = [];
  let { metadata } = context;
  let inMetadata = 0;
  for (const topic of request.topics) {
    const times = counts.get(topic.name);
    if (times === undefined) continue; // a duplicate that has had its answer
    counts.delete(topic.name);
    // Each topic is placed in a cluster that has those before it.
    if (inMetadata < records.length) metadata = replay(metadata, records.slice(inMetadata));
    inMetadata = records.length;
    const made =
      times > 1
        ? refuse(topic.name, callError(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.'))
        : (nameRefused(context, topic) ?? createTopic({ ...context, metadata }, topic));
    results.push(made.result);
    records.push(...made.records);
  }
  if (records.length > recordsPerOperationMax) {
    return tooLarge(request, 'Unable to perform excessively large batch operation.');
  }
  return {
    records: request.validateOnly ? [] : records,
    response: { throttleTimeMs: 0, topics: results },
  };
};

interface Made {
  readonly records: readonly MetadataRecord[];
  readonly result: TopicResult;
}

function refuse(name: string, { errorCode, errorMessage }: CallError): Made {
  return {
    records: [],
    result: {
      name,
      topicId: ZERO_UUID,
      errorCode,
      errorMessage,
      topicConfigErrorCode: ErrorCode.NONE,
      numPartitions: -1,
      replicationFactor: -1,
      configs: [],
    },
  };
}

/** What one operation writes is bounded as a whole, and so refused as a whole. */
function tooLarge(request: CreateTopicsRequest, message: string) {
  const response = refuseAll(request, callError(ErrorCode.POLICY_VIOLATION, message));
  return { records: [], response };
}

function refuseAll({ topics }: CreateTopicsRequest, error: CallError): CreateTopicsResponse {
  const names = [...new Set(topics.map(({ name }) => name))];
  const results = names.map((name) => refuse(name, error).result);
  return { throttleTimeMs: 0, topics: results };
}

export const createTopics = withDeadline<'createTopics'>(createAll, refuseAll);

/** Counted before anything is placed, for a count may be larger than any memory. */
function partitionsIn({ configuration }: CallContext, { topics }: CreateTopicsRequest): number {
  const { numPartitions: byDefault } = brokerSettings(configuration);
  let sum = 0;
  for (const { numPartitions, assignments } of topics) {
    if (assignments.length > 0) sum += assignments.length;
    else sum += numPartitions > 0 ? numPartitions : byDefault;
  }
  return sum;
}

/** As in Kafka names are compared with the topics there are, not with those of the same request. */
function nameRefused({ metadata }: CallContext, { name }: CreatableTopic): Made | undefined {
  const error = topicNameError(metadata, name);
  return error && refuse(name, error);
}

function createTopic(context: CallContext, topic: CreatableTopic): Made {
  const { metadata, configuration } = context;
  const { name } = topic;
  const outcome = createTopicConfigs(configuration, name, topic.configs);
  if (outcome.errorCode !== ErrorCode.NONE) {
    return refuse(name, callError(outcome.errorCode as ErrorCode, outcome.errorMessage));
  }
  const placed = topic.assignments.length > 0 ? assigned(metadata, topic) : place(context, topic);
  if (!Array.isArray(placed)) return refuse(name, placed);
  const topicId = randomUuid(context.random.fork(`topic-${metadata.offset}`));
  const records: MetadataRecord[] = [{ type: 'topic', name, topicId }];
  for (const change of outcome.changes) records.push({ type: 'config', ...change });
  for (const [partition, replicas] of placed.entries()) {
    const record = partitionRecord(metadata, topicId, partition, replicas);
    if (!('type' in record)) return refuse(name, record);
    records.push(record);
  }
  const own = new Map(outcome.changes.map((change) => [change.name, change.value ?? '']));
  return {
    records,
    result: {
      ...refuse(name, noError).result,
      topicId,
      numPartitions: placed.length,
      replicationFactor: placed[0]?.length ?? 0,
      configs: [...createdTopicConfigs(configuration, own)],
    },
  };
}

function topicNameError(metadata: ClusterMetadata, name: string): CallError | undefined {
  const problem = topicNameProblem(name);
  if (problem !== undefined) {
    return callError(ErrorCode.INVALID_TOPIC_EXCEPTION, `Topic name is invalid: ${problem}`);
  }
  if (metadata.topicsByName.has(name)) {
    return callError(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`);
  }
  if (!/[._]/.test(name)) return undefined;
  const key = collisionKey(name);
  for (const existing of metadata.topicsByName.keys()) {
    if (collisionKey(existing) !== key) continue;
    const message = `Topic '${name}' collides with existing topic: ${existing}`;
    return callError(ErrorCode.INVALID_TOPIC_EXCEPTION, message);
  }
  return undefined;
}

/** Replica lists by the caller's own assignment, partition by partition from 0. */
function assigned(metadata: ClusterMetadata, topic: CreatableTopic): number[][] | CallError {
  const { assignments, numPartitions, replicationFactor } = topic;
  if (replicationFactor !== -1) {
    return callError(
      ErrorCode.INVALID_REQUEST,
      'A manual partition assignment was specified, but replication factor was not set to -1.',
    );
  }
  if (numPartitions !== -1) {
    return callError(
      ErrorCode.INVALID_REQUEST,
      'A manual partition assignment was specified, but numPartitions was not set to -1.',
    );
  }
  const factor = assignments[0]!.brokerIds.length;
  const byIndex = new Map<number, number[]>();
  for (const { partitionIndex, brokerIds } of assignments) {
    if (byIndex.has(partitionIndex)) {
      const message = `Found multiple manual partition assignments for partition ${partitionIndex}`;
      return callError(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
    }
    const problem = manualAssignmentProblem(metadata, brokerIds, factor);
    if (problem !== undefined) return problem;
    byIndex.set(partitionIndex, [...brokerIds]);
  }
  const placed: number[][] = [];
  for (let index = 0; index < byIndex.size; index++) {
    const replicas = byIndex.get(index);
    if (replicas === undefined) {
      return callError(
        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
        'partitions should be a consecutive 0-based integer sequence',
      );
    }
    placed.push(replicas);
  }
  return placed;
}

function place(context: CallContext, topic: CreatableTopic): number[][] | CallError {
  if (topic.replicationFactor === 0 || topic.replicationFactor < -1) {
    return callError(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      'Replication factor must be larger than 0, or -1 to use the default value.',
    );
  }
  if (topic.numPartitions === 0 || topic.numPartitions < -1) {
    return callError(
      ErrorCode.INVALID_PARTITIONS,
      'Number of partitions was set to an invalid non-positive value.',
    );
  }
  const settings = brokerSettings(context.configuration);
  return placeNewPartitions(
    context,
    topic.numPartitions === -1 ? settings.numPartitions : topic.numPartitions,
    topic.replicationFactor === -1 ? settings.defaultReplicationFactor : topic.replicationFactor,
  );
}
