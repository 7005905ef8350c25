import type { TopicImage } from '../../controller/cluster-metadata.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from '../../protocol/messages/offset-commit.ts';
import type { Broker } from '../broker.ts';
import type { Handler } from '../request-context.ts';

type Topic = OffsetCommitRequest['topics'][number];
type Answer = OffsetCommitResponse['topics'][number];

/** From version 10 on topics go by their ids (KIP-848). */
const byIdSince = 10;

/** What there is no partition for is answered here; the rest goes to the group as one. */
export const offsetCommit: Handler<'OffsetCommit'> = (broker, request, { apiVersion }, reply) => {
  const { groupId, retentionTimeMs } = request;
  const known = request.topics.map((topic) => findTopic(broker, topic, apiVersion));
  const offsets = request.topics.flatMap(({ partitions }, index) =>
    partitions.flatMap((partition) => {
      const image = known[index];
      if (image?.partitions[partition.partitionIndex] === undefined) return [];
      return [
        {
          topic: image.name,
          topicId: image.topicId,
          partition: partition.partitionIndex,
          offset: partition.committedOffset,
          leaderEpoch: partition.committedLeaderEpoch,
          metadata: partition.committedMetadata ?? '',
        },
      ];
    }),
  );
  const answer = (errorCodes: readonly ErrorCode[]) =>
    reply({ throttleTimeMs: 0, topics: answersOf(request, known, apiVersion, errorCodes) });
  if (offsets.length === 0) {
    answer([]);
    return;
  }
  const shard = broker.groups.shardOf(groupId);
  if (typeof shard === 'number') answer(offsets.map(() => shard));
  else
    shard.offsets.commit(
      { groupId, client: request, apiVersion, retentionTimeMs, offsets },
      answer,
    );
};

const findTopic = (broker: Broker, topic: Topic, apiVersion: number): TopicImage | undefined => {
  const { topicsById, topicsByName } = broker.metadata;
  return apiVersion >= byIdSince ? topicsById.get(topic.topicId) : topicsByName.get(topic.name);
};

/** `errorCodes`: of those partitions that exist, in the order of the request. */
function answersOf(
  { topics }: OffsetCommitRequest,
  known: readonly (TopicImage | undefined)[],
  apiVersion: number,
  errorCodes: readonly ErrorCode[],
): Answer[] {
  const codes = errorCodes[Symbol.iterator]();
  return topics.map(({ name, topicId, partitions }, index) => ({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex }) => {
      const image = known[index];
      const isUnknownId = image === undefined && apiVersion >= byIdSince;
      const missing = isUnknownId
        ? ErrorCode.UNKNOWN_TOPIC_ID
        : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
      const exists = image?.partitions[partitionIndex] !== undefined;
      return { partitionIndex, errorCode: exists ? codes.next().value! : missing };
    }),
  }));
}
