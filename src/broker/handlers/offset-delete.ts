import { coordinatorError } from '../../coordinator/coordinator-error.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { OffsetDeleteResponse } from '../../protocol/messages/offset-delete.ts';
import type { Handler } from '../request-context.ts';

type Partition = OffsetDeleteResponse['topics'][number]['partitions'][number];

/** Offsets of what the group is subscribed to stay (KIP-496). */
export const offsetDelete: Handler<'OffsetDelete'> = (broker, request, _context, reply) => {
  const { groupId } = request;
  const fail = (errorCode: ErrorCode) => reply({ errorCode, throttleTimeMs: 0, topics: [] });
  const shard = broker.groups.shardOf(groupId);
  if (typeof shard === 'number') {
    fail(shard);
    return;
  }
  const group = shard.groups.get(groupId);
  const errorCode = group?.validateOffsetDelete() ?? ErrorCode.GROUP_ID_NOT_FOUND;
  if (group === undefined || errorCode !== ErrorCode.NONE) {
    fail(errorCode);
    return;
  }
  const topics = request.topics.map(({ name, partitions }) => {
    const image = broker.metadata.topicsByName.get(name);
    const isSubscribed = group.isSubscribedTo(name);
    return {
      name,
      partitions: partitions.map(({ partitionIndex }): Partition => {
        if (image?.partitions[partitionIndex] === undefined) {
          return { partitionIndex, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION };
        }
        const refused = isSubscribed ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE;
        return { partitionIndex, errorCode: refused };
      }),
    };
  });
  const meant = topics.flatMap(({ name, partitions }) =>
    partitions
      .filter((partition) => partition.errorCode === ErrorCode.NONE)
      .map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })),
  );
  shard.write(shard.offsets.tombstones(groupId, meant), (written) => {
    if (written === ErrorCode.NONE) reply({ errorCode: written, throttleTimeMs: 0, topics });
    else fail(coordinatorError(written));
  });
};
