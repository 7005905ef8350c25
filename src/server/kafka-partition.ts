import type { PartitionImage } from '../controller/cluster-metadata.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import { checkNames } from './check-names.ts';
import { ClusterError } from './cluster-error.ts';
import type { ClusterLife } from './cluster-life.ts';
import { type PartitionStatus, partitionStatus } from './cluster-status.ts';
import type { KafkaBroker } from './kafka-broker.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { electLeader, reassignPartition } from './move-partition.ts';
import type { UntilOptions } from './until.ts';

/** One replica of a partition, as its own broker has it. */
export interface KafkaReplica {
  readonly broker: KafkaBroker;
  readonly logStartOffset: bigint;
  readonly logEndOffset: bigint;
  readonly highWatermark: bigint;
}

/**
 * One partition. Every property is read anew at each access: who leads and who is in sync from the
 * controller, offsets from the log of the leader.
 */
export class KafkaPartition {
  readonly topic: string;
  readonly partition: number;
  readonly #cluster: KafkaCluster;
  readonly #life: () => ClusterLife;

  /** @internal */
  constructor(
    owner: { cluster: KafkaCluster; life: () => ClusterLife },
    place: { topic: string; partition: number },
  ) {
    this.#cluster = owner.cluster;
    this.#life = owner.life;
    this.topic = place.topic;
    this.partition = place.partition;
  }

  /** The broker that leads it, or null while there is none. */
  get leader(): KafkaBroker | null {
    const { leader } = this.#image();
    return leader < 0 ? null : this.#cluster.broker(leader);
  }

  /** Grows with every change of leader. */
  get leaderEpoch(): number {
    return this.#image().leaderEpoch;
  }

  /** Ids of the brokers that have a replica, the preferred leader first. */
  get replicas(): readonly number[] {
    return this.#image().replicas;
  }

  /** Ids of the brokers whose replicas are in sync. */
  get isr(): readonly number[] {
    return this.#image().isr;
  }

  /** Ids of the brokers that may lead though they are not in sync (KIP-966). */
  get elr(): readonly number[] {
    return this.#image().elr;
  }

  /** The first offset that is still there. */
  get logStartOffset(): bigint {
    return BigInt(this.#leaderLog().logStartOffset);
  }

  /** The offset that the next record gets. */
  get logEndOffset(): bigint {
    return BigInt(this.#leaderLog().logEndOffset);
  }

  /** What is below it is on every in-sync replica, and consumers see it. */
  get highWatermark(): bigint {
    return BigInt(this.#leaderLog().highWatermark);
  }

  /**
   * Has the controller elect a leader and resolves when it leads: the preferred one, or `to`, which
   * becomes the preferred one for it. `unclean` takes any replica that is alive where there is no
   * leader, and may lose records. Does nothing where nothing is to be done; rejects with
   * `ClusterError` E_CHANGE_REFUSED where Kafka refuses.
   */
  async elect(to?: number | 'unclean'): Promise<void> {
    await electLeader(this.#moving(), to);
  }

  /**
   * Moves its replicas to these brokers, the preferred leader first. Resolves when they have caught
   * up and the old ones are gone; rejects with E_CHANGE_REFUSED where Kafka refuses, and with
   * E_TIMEOUT while it goes on.
   */
  async reassign(brokerIds: readonly number[], options: UntilOptions = {}): Promise<void> {
    checkNames('reassign', options, ['withinMs', 'signal']);
    await reassignPartition(this.#moving(), brokerIds, options);
  }

  /** All of it as plain data. */
  status(): PartitionStatus {
    const { topic, partition } = this;
    return partitionStatus(this.#life().cluster, topic, partition, this.#image());
  }

  /** The replica on one broker; throws `ClusterError` E_NOT_RUNNING where that broker is down. */
  replica(brokerId: number): KafkaReplica {
    const { logStartOffset, logEndOffset, highWatermark } = this.#log(brokerId);
    return {
      broker: this.#cluster.broker(brokerId),
      logStartOffset: BigInt(logStartOffset),
      logEndOffset: BigInt(logEndOffset),
      highWatermark: BigInt(highWatermark),
    };
  }

  #moving() {
    const { topic, partition } = this;
    return { life: this.#life(), topic, partition, image: () => this.#image() };
  }

  #image(): PartitionImage {
    const { topic, partition } = this;
    const image = this.#life().cluster.metadata.topicsByName.get(topic);
    if (image === undefined) {
      throw new ClusterError('E_UNKNOWN_TOPIC', `there is no topic '${topic}'`);
    }
    const found = image.partitions[partition];
    if (found !== undefined) return found;
    const text = `'${topic}' has no partition ${partition}, only ${image.partitions.length}`;
    throw new ClusterError('E_UNKNOWN_PARTITION', text);
  }

  #leaderLog(): PartitionLog {
    const { leader } = this.#image();
    if (leader >= 0) return this.#log(leader);
    const text = `partition ${this.partition} of '${this.topic}' has no leader`;
    throw new ClusterError('E_NOT_RUNNING', text);
  }

  #log(brokerId: number): PartitionLog {
    const { cluster } = this.#life();
    this.#cluster.broker(brokerId); // throws where there is none
    const replica = cluster.replica(brokerId, this.topic, this.partition);
    if (replica !== undefined) return replica.log;
    const place = `partition ${this.partition} of '${this.topic}'`;
    const why = cluster.isRunning(brokerId) ? `has no replica of ${place}` : 'is not running';
    throw new ClusterError('E_NOT_RUNNING', `broker ${brokerId} ${why}`);
  }
}
