import type { PartitionImage, TopicImage } from '../../controller/cluster-metadata.ts';
import { topicNameProblem } from '../../controller/topic-name.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import { OPERATIONS_NOT_REQUESTED } from '../../protocol/messages/authorized-operations.ts';
import type { MetadataRequest, MetadataResponse } from '../../protocol/messages/metadata.ts';
import { ZERO_UUID } from '../../protocol/types.ts';
import { clusterOperations, topicOperations } from '../authorized-operations.ts';
import type { Broker } from '../broker.ts';
import { isInternalTopic } from '../internal-topics.ts';
import { offlineReplicas, visibleLeader } from '../partition-view.ts';
import type { Handler } from '../request-context.ts';

type TopicResponse = MetadataResponse['topics'][number];
type PartitionResponse = TopicResponse['partitions'][number];
type Wanted = NonNullable<MetadataRequest['topics']>[number];

/**
 * Versions: 4 auto-creation by choice, 8 operations (KIP-430), 10 topic ids, 12 asks by id, 13
 * top-level error.
 */
export const metadata: Handler<'Metadata'> = (broker, request, { apiVersion }, reply) => {
  const image = broker.metadata;
  const { topics: wanted } = request;
  const wantsAll = wanted === null || (apiVersion === 0 && wanted.length === 0);
  const operations = request.includeTopicAuthorizedOperations
    ? topicOperations
    : OPERATIONS_NOT_REQUESTED;
  const describe = (topic: TopicImage) => describeTopic(broker, topic, operations);
  const answer = (one: Wanted) => {
    const topic = find(broker, one);
    return topic === undefined ? missing(one, operations) : describe(topic);
  };
  const named = (topics: readonly Wanted[]) =>
    namesTopicsWrongly(topics, apiVersion)
      ? topics.map((one) => refused(one, operations))
      : once(topics).map(answer);
  const topics = wantsAll ? [...image.topicsByName.values()].map(describe) : named(wanted);
  const absent = topics.filter((topic) => topic.errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  if (request.allowAutoTopicCreation && !wantsAll) {
    autoCreate(
      broker,
      absent.flatMap(({ name }) => (name === null ? [] : [name])),
    );
  }
  const alive = [...image.brokers.values()].filter(({ fenced }) => !fenced);
  reply({
    throttleTimeMs: 0,
    brokers: alive.map(({ brokerId, endpoint, rack }) => ({ nodeId: brokerId, ...endpoint, rack })),
    clusterId: broker.clusterId,
    // Any live broker will do: each forwards to the controller (KIP-590).
    controllerId: broker.someBroker(alive.map(({ brokerId }) => brokerId)),
    topics,
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? clusterOperations
      : OPERATIONS_NOT_REQUESTED,
    errorCode: ErrorCode.NONE,
  });
};

/** The field for ids came two versions before it meant something. */
const namesTopicsWrongly = (wanted: readonly Wanted[], apiVersion: number): boolean =>
  apiVersion < 12 && wanted.some(({ name, topicId }) => name === null || topicId !== ZERO_UUID);

const refused = ({ name, topicId }: Wanted, operations: number): TopicResponse => ({
  errorCode: ErrorCode.INVALID_REQUEST,
  name: name ?? '',
  topicId,
  isInternal: false,
  partitions: [],
  topicAuthorizedOperations: operations,
});

/**
 * Each topic is answered once, however often it is named. A request that gives one id asks by ids
 * alone, whatever names stand beside them.
 */
function once(wanted: readonly Wanted[]): readonly Wanted[] {
  const byId = wanted.filter(({ topicId }) => topicId !== ZERO_UUID);
  const asked = byId.length > 0 ? byId.map(({ topicId }) => ({ name: null, topicId })) : wanted;
  return [...new Map(asked.map((one) => [one.name ?? one.topicId, one])).values()];
}

function find({ metadata: image }: Broker, { name, topicId }: Wanted): TopicImage | undefined {
  if (name !== null) return image.topicsByName.get(name);
  return image.topicsById.get(topicId);
}

function missing({ name, topicId }: Wanted, operations: number): TopicResponse {
  const byId = name === null;
  const isNameable = byId || topicNameProblem(name) === undefined;
  const unknown = byId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  return {
    errorCode: isNameable ? unknown : ErrorCode.INVALID_TOPIC_EXCEPTION,
    name,
    topicId: byId ? topicId : ZERO_UUID,
    isInternal: !byId && isInternalTopic(name),
    partitions: [],
    topicAuthorizedOperations: operations,
  };
}

/** The reply does not wait for it: as with Kafka the topic is there when the client asks again. */
function autoCreate(broker: Broker, names: readonly string[]): void {
  if (!broker.settings.autoCreateTopicsEnable || names.length === 0) return;
  const topics = names.map((name) => ({
    name,
    numPartitions: broker.settings.numPartitions,
    replicationFactor: broker.settings.defaultReplicationFactor,
    assignments: [],
    configs: [],
  }));
  broker.callController(
    'createTopics',
    { topics, timeoutMs: 30_000, validateOnly: false },
    () => {},
  );
}

function describeTopic(broker: Broker, topic: TopicImage, operations: number): TopicResponse {
  return {
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.topicId,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map((partition, index) =>
      describePartition(broker, partition, index),
    ),
    topicAuthorizedOperations: operations,
  };
}

function describePartition(
  { metadata: image }: Broker,
  partition: PartitionImage,
  index: number,
): PartitionResponse {
  const leaderId = visibleLeader(image, partition);
  return {
    errorCode: leaderId < 0 ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.NONE,
    partitionIndex: index,
    leaderId,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.replicas,
    isrNodes: partition.isr,
    offlineReplicas: offlineReplicas(image, partition),
  };
}
