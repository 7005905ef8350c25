import type { TopicImage } from '../controller/cluster-metadata.ts';
import { ErrorCode, errorInfo } from '../protocol/error-code.ts';
import { Produce } from '../protocol/messages/produce.ts';
import { buildBatch } from '../protocol/records/batch-builder.ts';
import { partitionForKey } from '../protocol/records/partition-for-key.ts';
import { checkNames } from './check-names.ts';
import { ClusterError } from './cluster-error.ts';
import type { ClusterLife } from './cluster-life.ts';
import { checkTopic, type TopicOptions } from './cluster-options.ts';
import { createTopics } from './create-topics.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import type { KafkaPartition } from './kafka-partition.ts';
import {
  committedRecords,
  type KafkaRecord,
  keyBytesOf,
  type NewRecord,
  type RecordPlace,
  recordToWrite,
} from './kafka-records.ts';

/** How `produce` sends. */
export interface ProduceOptions {
  /** When a record counts as sent: once the leader has it, or every in-sync replica (default). */
  readonly acks?: 1 | 'all';
  /** How long the leader waits for the others, in the cluster's milliseconds; default 5000. */
  readonly timeoutMs?: number;
}

const timeoutDefaultMs = 5000;
const recordNames = ['key', 'value', 'headers', 'partition', 'timestamp'];

/** One topic, by its name, whether it exists yet or not. */
export class KafkaTopic {
  readonly name: string;
  readonly #cluster: KafkaCluster;
  readonly #life: () => ClusterLife;
  #turn = 0;

  /** @internal */
  constructor(owner: { cluster: KafkaCluster; life: () => ClusterLife }, name: string) {
    this.#cluster = owner.cluster;
    this.#life = owner.life;
    this.name = name;
  }

  get exists(): boolean {
    return this.#life().cluster.metadata.topicsByName.has(this.name);
  }

  /** All partitions. Throws `ClusterError` E_UNKNOWN_TOPIC where there is no such topic. */
  get partitions(): readonly KafkaPartition[] {
    return this.#image().partitions.map((_, index) => this.partition(index));
  }

  partition(partition: number): KafkaPartition {
    return this.#cluster.partition(this.name, partition);
  }

  /** Creates it, ready to be used. Rejects with `ClusterError` E_TOPIC_REFUSED. */
  async create(options: TopicOptions = {}): Promise<void> {
    checkTopic(this.name, options);
    await createTopics(this.#life(), { [this.name]: options });
  }

  /**
   * Sends one record or several, in this order, and resolves with their places once they are
   * acknowledged. Rejects with `ClusterError` E_RECORDS_REFUSED, E_UNKNOWN_TOPIC, E_NOT_RUNNING.
   */
  async produce(
    records: NewRecord | readonly NewRecord[],
    options: ProduceOptions = {},
  ): Promise<readonly RecordPlace[]> {
    checkNames('produce', options, ['acks', 'timeoutMs']);
    const all: readonly NewRecord[] = Array.isArray(records) ? records : [records as NewRecord];
    for (const record of all) checkNames('a record', record, recordNames);
    const placed = all.map((record, index) => ({ record, index, at: this.#partitionFor(record) }));
    const places: RecordPlace[] = [];
    for (const partition of new Set(placed.map(({ at }) => at))) {
      const own = placed.filter(({ at }) => at === partition);
      const baseOffset = await this.#send(
        partition,
        own.map(({ record }) => record),
        options,
      );
      own.forEach(({ index }, delta) => {
        places[index] = { partition, offset: BigInt(baseOffset + delta) };
      });
    }
    return places;
  }

  /** Every record that consumers can see, partition by partition. */
  async records(): Promise<readonly KafkaRecord[]> {
    return this.partitions.flatMap(({ topic, partition, leader }) => {
      const replica = leader && this.#life().cluster.replica(leader.id, topic, partition);
      if (replica) return committedRecords(replica.log, { topic, partition });
      throw noLeader(topic, partition);
    });
  }

  async #send(
    partition: number,
    records: readonly NewRecord[],
    { acks = 'all', timeoutMs = timeoutDefaultMs }: ProduceOptions,
  ): Promise<number> {
    const { cluster, client } = this.#life();
    const { leader } = this.partition(partition);
    if (leader === null || !leader.isRunning) throw noLeader(this.name, partition);
    const nowMs = cluster.clock.now();
    const batch = buildBatch(records.map((record) => recordToWrite(record, nowMs)));
    const response = await client.request(leader.id, Produce, {
      transactionalId: null,
      acks: acks === 'all' ? -1 : 1,
      timeoutMs,
      topicData: [
        {
          name: this.name,
          topicId: this.#image().topicId,
          partitionData: [{ index: partition, records: [batch] }],
        },
      ],
    });
    const { errorCode, errorMessage, baseOffset } = response.responses[0]!.partitionResponses[0]!;
    if (errorCode === ErrorCode.NONE) return baseOffset;
    const info = errorInfo(errorCode);
    const place = `partition ${partition} of '${this.name}'`;
    const reason = errorMessage ?? info?.message;
    throw new ClusterError('E_RECORDS_REFUSED', `${place}: ${info?.name ?? errorCode}: ${reason}`);
  }

  #partitionFor(record: NewRecord): number {
    if (record.partition !== undefined) return record.partition;
    const count = this.#image().partitions.length;
    const key = keyBytesOf(record);
    return key === null ? this.#turn++ % count : partitionForKey(key, count);
  }

  #image(): TopicImage {
    const image = this.#life().cluster.metadata.topicsByName.get(this.name);
    if (image !== undefined) return image;
    throw new ClusterError(
      'E_UNKNOWN_TOPIC',
      `there is no topic '${this.name}'; create() it first`,
    );
  }
}

function noLeader(topic: string, partition: number): ClusterError {
  const text = `partition ${partition} of '${topic}' has no leader that runs`;
  return new ClusterError('E_NOT_RUNNING', text);
}
