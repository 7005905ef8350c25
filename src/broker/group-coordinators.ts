import type { TopicImage } from '../controller/cluster-metadata.ts';
import type { CoordinatorEvent } from '../coordinator/coordinator-event.ts';
import { CoordinatorShard } from '../coordinator/coordinator-shard.ts';
import type { Random } from '../simulation/random.ts';
import type { Broker } from './broker.ts';
import { CoordinatorPartitions } from './coordinator-partitions.ts';
import { InternalTopic } from './internal-topic.ts';

export const offsetsTopic = '__consumer_offsets';

/** The groups that this broker coordinates: those whose partition of the offsets topic it leads. */
export class GroupCoordinators extends CoordinatorPartitions<CoordinatorShard> {
  constructor(
    broker: Broker,
    random: Random,
    emit: (event: CoordinatorEvent, about: string) => void,
  ) {
    const topic = new InternalTopic(broker, { name: offsetsTopic, settings: topicOf(broker) });
    super(broker, topic, (partition, leaderEpoch, log) => {
      const stream = random.fork(`shard ${partition} epoch ${leaderEpoch}`);
      return new CoordinatorShard({
        ...{ partition, log, emit, clock: broker.clock, random: stream },
        settings: () => broker.settings,
        topics: () => broker.metadata,
        groupConfig: (groupId, name) => broker.groupConfig(groupId, name),
      });
    });
  }

  override topicsChanged(removed: readonly TopicImage[]): void {
    super.topicsChanged(removed);
    for (const shard of this.shards()) {
      if (!shard.isActive) continue;
      shard.consumerGroups.metadataChanged();
      for (const { name } of removed) shard.offsets.topicDeleted(name);
      shard.metadataChanged();
    }
  }
}

const topicOf = (broker: Broker) => () => ({
  numPartitions: broker.settings.offsetsTopicNumPartitions,
  replicationFactor: broker.settings.offsetsTopicReplicationFactor,
  configs: {
    'cleanup.policy': 'compact',
    'segment.bytes': String(broker.settings.offsetsTopicSegmentBytes),
    'compression.type': 'producer',
  },
});
