import { noError } from './call-error.ts';
import type { TopicImage } from './cluster-metadata.ts';
import type { CallHandler } from './controller-call.ts';
import { isReassigning } from './reassignment.ts';

/** The partitions that are being moved, of those asked for or of all (KIP-455). */
export const listPartitionReassignments: CallHandler<'listPartitionReassignments'> = (
  { metadata },
  request,
) => {
  const wanted = request.topics?.flatMap(({ name, partitionIndexes }) => {
    const topic = metadata.topicsByName.get(name);
    return topic === undefined ? [] : [ongoingOf(topic, partitionIndexes)];
  });
  const all = () => [...metadata.topicsByName.values()].map((topic) => ongoingOf(topic));
  const topics = (wanted ?? all()).filter(({ partitions }) => partitions.length > 0);
  return { records: [], response: { throttleTimeMs: 0, ...noError, topics } };
};

function ongoingOf(
  { name, partitions }: TopicImage,
  indexes: Iterable<number> = partitions.keys(),
) {
  const ongoing = [...indexes].flatMap((partitionIndex) => {
    const partition = partitions[partitionIndex];
    if (partition === undefined || !isReassigning(partition)) return [];
    const { replicas, addingReplicas, removingReplicas } = partition;
    return [{ partitionIndex, replicas, addingReplicas, removingReplicas }];
  });
  return { name, partitions: ongoing };
}
