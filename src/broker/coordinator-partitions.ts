import type { TopicImage } from '../controller/cluster-metadata.ts';
import type { CoordinatorLog } from '../coordinator/coordinator-log.ts';
import { coordinatorPartition } from '../coordinator/java-string-hash.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { Leadership } from '../replication/leadership.ts';
import type { Partition, PartitionListener } from '../replication/partition.ts';
import type { Broker } from './broker.ts';
import type { InternalTopic } from './internal-topic.ts';

const readSizeBytes = 1024 * 1024;

/** What is kept of one partition. */
interface Shard {
  readonly isLoading: boolean;
  highWatermarkAdvanced(): void;
  unload(): void;
}

interface Coordinated<S> {
  readonly shard: S;
  readonly partition: Partition;
  readonly leadership: Leadership;
  readonly listener: PartitionListener;
}

/** The shards of an internal topic that this broker coordinates: of the partitions it leads. */
export class CoordinatorPartitions<S extends Shard> {
  readonly #broker: Broker;
  readonly #topic: InternalTopic;
  readonly #make: (index: number, leaderEpoch: number, log: CoordinatorLog) => S;
  readonly #coordinated = new Map<number, Coordinated<S>>();

  constructor(
    broker: Broker,
    topic: InternalTopic,
    make: (index: number, leaderEpoch: number, log: CoordinatorLog) => S,
  ) {
    this.#broker = broker;
    this.#topic = topic;
    this.#make = make;
  }

  /** The partition that `key`, such as a group id, belongs to, even before there is one. */
  partitionOf(key: string): number {
    return coordinatorPartition(key, this.#topic.partitionCount);
  }

  /** Who coordinates what `key` names: the partition's leader, once there is such a partition. */
  findCoordinator(key: string, found: (brokerId: number) => void): void {
    this.#topic.ensure(() => found(this.coordinatorOf(key)));
  }

  coordinatorOf(key: string): number {
    return this.#topic.image?.partitions[this.partitionOf(key)]?.leader ?? -1;
  }

  /** Where `key` lives on this broker, or why it does not answer for it. */
  shardOf(key: string): S | ErrorCode {
    return this.shardAt(this.partitionOf(key));
  }

  shardAt(index: number): S | ErrorCode {
    const shard = this.#coordinated.get(index)?.shard;
    if (shard === undefined) return ErrorCode.NOT_COORDINATOR;
    return shard.isLoading ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : shard;
  }

  shards(): S[] {
    return [...this.#coordinated.values()].map(({ shard }) => shard);
  }

  /** The image has a new state of topics, which `removed` are no longer among. */
  topicsChanged(removed: readonly TopicImage[]): void {
    const { name, image } = this.#topic;
    if (removed.some((topic) => topic.name === name)) this.#unloadAll();
    for (const [index, coordinated] of this.#coordinated) {
      if (coordinated.partition.leadership !== coordinated.leadership)
        this.#unload(index, coordinated);
    }
    image?.partitions.forEach((_, index) => {
      const partition = this.#broker.replicas.partition(image.topicId, index);
      if (!this.#coordinated.has(index)) this.#load(index, partition);
    });
    if (image !== undefined) this.#topic.settled();
  }

  /** If this broker leads the partition: for as long as it does. */
  #load(index: number, partition: Partition | undefined): void {
    const leadership = partition?.leadership;
    if (partition === undefined || leadership === undefined) return;
    const shard = this.#make(index, partition.leaderEpoch, logOf(partition));
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

  #unload(index: number, { shard, partition, listener }: Coordinated<S>): void {
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
  append: (batch, transaction) => partition.append(batch, -1, 'coordinator', transaction),
  read: (fromOffset) => {
    const untilOffset = partition.log.logEndOffset;
    const limits = { maxSizeBytes: readSizeBytes, atLeastOneBatch: true, untilOffset };
    return partition.log.read(fromOffset, limits);
  },
});
