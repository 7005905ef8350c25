import type { TopicImage } from '../../controller/cluster-metadata.ts';
import { topicNameProblem } from '../../controller/topic-name.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import { OPERATIONS_NOT_REQUESTED } from '../../protocol/messages/authorized-operations.ts';
import { ZERO_UUID } from '../../protocol/types.ts';
import { topicOperations } from '../authorized-operations.ts';
import type { Broker } from '../broker.ts';
import { isInternalTopic } from '../internal-topics.ts';
import { offlineReplicas, visibleLeader } from '../partition-view.ts';
import type { Handler, ResponseOf } from '../request-context.ts';

type Response = ResponseOf<'DescribeTopicPartitions'>;
type TopicResponse = Response['topics'][number];
type Cursor = NonNullable<Response['nextCursor']>;

/** Topics in the order of their names, a page at a time (KIP-966). */
export const describeTopicPartitions: Handler<'DescribeTopicPartitions'> = (
  broker,
  request,
  _context,
  reply,
) => {
  const { cursor } = request;
  if (!isInRequest(cursor, request.topics)) {
    const topics = request.topics.map(({ name }) => failed(name, ErrorCode.INVALID_REQUEST));
    reply({ throttleTimeMs: 0, topics, nextCursor: null });
    return;
  }
  const fetchAll = request.topics.length === 0;
  const named = fetchAll
    ? [...broker.metadata.topicsByName.keys()]
    : [...new Set(request.topics.map(({ name }) => name))];
  const names = named.filter((name) => cursor === null || name >= cursor.topicName).sort();
  const { maxRequestPartitionSizeLimit } = broker.settings;
  let left = Math.max(1, Math.min(maxRequestPartitionSizeLimit, request.responsePartitionLimit));
  const topics: TopicResponse[] = [];
  let nextCursor: Cursor | null = null;
  for (const name of names) {
    if (left === 0) {
      nextCursor = { topicName: name, partitionIndex: 0 };
      break;
    }
    const image = broker.metadata.topicsByName.get(name);
    if (image === undefined) {
      topics.push(missing(name));
      continue;
    }
    const first = cursor?.topicName === name ? cursor.partitionIndex : 0;
    const page = describe(broker, image, first, left);
    topics.push(page);
    left -= page.partitions.length;
    const next = first + page.partitions.length;
    if (next < image.partitions.length) {
      nextCursor = { topicName: name, partitionIndex: next };
      break;
    }
  }
  reply({ throttleTimeMs: 0, topics, nextCursor });
};

/** A cursor goes on with a topic that is asked for; without names all topics are. */
function isInRequest(cursor: Cursor | null, topics: readonly { readonly name: string }[]): boolean {
  if (cursor === null) return true;
  if (cursor.partitionIndex < 0) return false;
  return topics.length === 0 || topics.some(({ name }) => name === cursor.topicName);
}

function missing(name: string): TopicResponse {
  const isNameable = topicNameProblem(name) === undefined;
  const errorCode = isNameable
    ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    : ErrorCode.INVALID_TOPIC_EXCEPTION;
  const isInternal = isInternalTopic(name);
  return { ...failed(name, errorCode), isInternal, topicAuthorizedOperations: topicOperations };
}

const failed = (name: string, errorCode: ErrorCode): TopicResponse => ({
  errorCode,
  name,
  topicId: ZERO_UUID,
  isInternal: false,
  partitions: [],
  topicAuthorizedOperations: OPERATIONS_NOT_REQUESTED,
});

function describe(broker: Broker, topic: TopicImage, first: number, count: number): TopicResponse {
  const { metadata } = broker;
  return {
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.topicId,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.slice(first, first + count).map((partition, index) => ({
      errorCode: ErrorCode.NONE, // even without a leader, unlike Metadata
      partitionIndex: first + index,
      leaderId: visibleLeader(metadata, partition),
      leaderEpoch: partition.leaderEpoch,
      replicaNodes: partition.replicas,
      isrNodes: partition.isr,
      eligibleLeaderReplicas: partition.elr,
      lastKnownElr: partition.lastKnownElr,
      offlineReplicas: offlineReplicas(metadata, partition),
    })),
    topicAuthorizedOperations: topicOperations,
  };
}
