import { ErrorCode } from '../protocol/error-code.ts';
import type { Partition } from '../replication/partition.ts';
import type { Broker } from './broker.ts';

/** The replica of a partition on this broker, or why there is none to speak to. */
export function findByName(broker: Broker, topic: string, index: number): Partition | ErrorCode {
  const image = broker.metadata.topicsByName.get(topic);
  if (image?.partitions[index] === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  return broker.replicas.partition(image.topicId, index) ?? ErrorCode.NOT_LEADER_OR_FOLLOWER;
}
