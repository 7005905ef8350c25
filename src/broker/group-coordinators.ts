import type { TopicImage } from '../controller/cluster-metadata.ts';
import type { CoordinatorEvent } from '../coordinator/coordinator-event.ts';
import type { CoordinatorLog } from '../coordinator/coordinator-log.ts';
import { CoordinatorShard } from '../coordinator/coordinator-shard.ts';
import { coordinatorPartition } from '../coordinator/java-string-hash.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { Leadership } from '../replication/leadership.ts';
import type { Partition, PartitionListener } from '../replication/partition.ts';
import type { Random } from '../simulation/random.ts';
import type { Broker } from './broker.ts';
import { OffsetsTopic, offsetsTopic } from './offsets-topic.ts';

const readSizeBytes = 1024 * 1024;

interface Coordinated {
  readonly shard: CoordinatorShard;
  readonly partition: Partition;
  readonly leadership: Leadership;
  readonly listener: PartitionListener;
}

/** The groups that this broker coordinates: those whose partition of the offsets topic it leads. */
export class GroupCoordinators {
  readonly #broker: Broker;
  readonly #random: Random;
  readonly #emit: (event: CoordinatorEvent, about: string) => void;
  readonly #topic: OffsetsTopic;
  readonly #coordinated = new Map<number, Coordinated>();

  constructor(
    broker: Broker,
    random: Random,
    emit: (event: CoordinatorEvent, about: string) => void,
  ) {
    this.#broker = broker;
    this.#random = random;
    this.#emit = emit;
    this.#topic = new OffsetsTopic(broker);
  }

  /** Who coordinates the group: the partition's leader, once there is such a partition. */
  findCoordinator(groupId: string, found: (brokerId: number) => void): void {
    this.#topic.ensure(() => {
      const partitions = this.#image?.partitions ?? [];
      const index = coordinatorPartition(groupId, partitions.length);
      found(partitions[index]?.leader ?? -1);
    });
  }

  /** Where the group lives on this broker, or why it does not answer for it. */
  shardOf(groupId: string): CoordinatorShard | ErrorCode {
    const count = this.#image?.partitions.length ?? 0;
    const shard = this.#coordinated.get(coordinatorPartition(groupId, count))?.shard;
    if (shard === undefined) return ErrorCode.NOT_COORDINATOR;
    return shard.isLoading ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : shard;
  }

  shards(): CoordinatorShard[] {
    return [...this.#coordinated.values()].map(({ shard }) => shard);
  }

  /** The image has a new state of topics, which `removed` are no longer among. */
  topicsChanged(removed: readonly TopicImage[]): void {
    if (removed.some(({ name }) => name === offsetsTopic)) this.#unloadAll();
    const image = this.#image;
    for (const [index, coordinated] of this.#coordinated) {
      if (coordinated.partition.leadership !== coordinated.leadership)
        this.#unload(index, coordinated);
    }
    image?.partitions.forEach((_, index) => {
      const partition = this.#broker.replicas.partition(image.topicId, index);
      if (!this.#coordinated.has(index)) this.#load(index, partition);
    });
    if (image !== undefined) this.#topic.settled();
    for (const shard of this.shards()) {
      if (!shard.isActive) continue;
      shard.consumerGroups.metadataChanged();
      for (const { name } of removed) shard.offsets.topicDeleted(name);
      shard.metadataChanged();
    }
  }

  get #image(): TopicImage | undefined {
    return this.#broker.metadata.topicsByName.get(offsetsTopic);
  }

  /** If this broker leads the partition: for as long as it does. */
  #load(index: number, partition: Partition | undefined): void {
    const leadership = partition?.leadership;
    if (partition === undefined || leadership === undefined) return;
    const shard = new CoordinatorShard({
      partition: index,
      log: logOf(partition),
      clock: this.#broker.clock,
      random: this.#random.fork(`shard ${index} epoch ${partition.leaderEpoch}`),
      settings: () => this.#broker.settings,
      topics: () => this.#broker.metadata,
      groupConfig: (groupId, name) => this.#broker.groupConfig(groupId, name),
      emit: this.#emit,
    });
    const listener: PartitionListener = {
      partitionChanged: (_, change) => {
        if (change === 'high-watermark') shard.highWatermarkAdvanced();
      },
    };
    partition.subscribe(listener);
    this.#coordinated.set(index, { shard, partition, leadership, listener });
  }

  #unloadAll(): void {
    for (const [index, coordinated] of this.#coordinated) this.#unload(index, coordinated);
  }

  #unload(index: number, { shard, partition, listener }: Coordinated): void {
    this.#coordinated.delete(index);
    partition.unsubscribe(listener);
    shard.unload();
  }
}

const logOf = (partition: Partition): CoordinatorLog => ({
  get logStartOffset() {
    return partition.log.logStartOffset;
  },
  get logEndOffset() {
    return partition.log.logEndOffset;
  },
  get highWatermark() {
    return partition.log.highWatermark;
  },
  append: (batch) => partition.append(batch, -1, 'coordinator'),
  read: (fromOffset) => {
    const untilOffset = partition.log.logEndOffset;
    const limits = { maxSizeBytes: readSizeBytes, atLeastOneBatch: true, untilOffset };
    return partition.log.read(fromOffset, limits);
  },
});
