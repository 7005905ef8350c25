import { apis } from '../../../src/protocol/messages/index.ts';
import type { Cluster } from './cluster.ts';
import { errorName } from './error-name.ts';
import { type ReadBatch, type ReadRecord, readBatches } from './read-batches.ts';
import { until } from './until.ts';

interface ProduceOptions {
  readonly partition?: number;
  readonly acks?: number;
  readonly timeoutMs?: number;
  readonly version?: number;
  readonly transactionalId?: string | null;
  /** The leader unless said. */
  readonly brokerId?: number;
}

interface FetchOptions {
  readonly partition?: number;
  readonly offset?: number;
  readonly version?: number;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly isolationLevel?: number;
  readonly brokerId?: number;
}

const byTopicId = { produce: 13, fetch: 13 };

/** One topic of a test's own: shorthands that talk to its leaders, one partition a request. */
export class Topic {
  readonly name: string;
  readonly id: string;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster, name: string, id: string) {
    this.#cluster = cluster;
    this.name = name;
    this.id = id;
  }

  /** The topic in the metadata of one broker: name, id, partitions with leader and replicas. */
  async describe(brokerId = this.#cluster.brokerIds[0]!) {
    const reply = await this.#cluster.request(
      apis.Metadata,
      12,
      { topics: [{ name: this.name }], allowAutoTopicCreation: false },
      brokerId,
    );
    return reply.topics[0]!;
  }

  async leader(partition = 0, askedBrokerId = this.#cluster.brokerIds[0]!): Promise<number> {
    return (await this.#partition(partition, askedBrokerId)).leaderId;
  }

  /** Some broker that does not lead the partition. */
  async notLeader(partition = 0): Promise<number> {
    const leader = await this.leader(partition);
    return this.#cluster.brokerIds.find((id) => id !== leader)!;
  }

  /** The body of a Produce of one partition; for tests that send it themselves. */
  produceRequest(records: Uint8Array | null, options: ProduceOptions = {}) {
    return {
      transactionalId: options.transactionalId ?? null,
      acks: options.acks ?? -1,
      timeoutMs: options.timeoutMs ?? 30_000,
      topicData: [
        {
          name: this.name,
          topicId: this.id,
          partitionData: [
            { index: options.partition ?? 0, records: records === null ? null : [records] },
          ],
        },
      ],
    };
  }

  /** Sends one partition's records to its leader. */
  async produce(records: Uint8Array | null, options: ProduceOptions = {}) {
    const reply = await this.#cluster.request(
      apis.Produce,
      options.version ?? byTopicId.produce,
      this.produceRequest(records, options),
      options.brokerId ?? (await this.leader(options.partition)),
    );
    const { errorCode, ...rest } = reply.responses[0]!.partitionResponses[0]!;
    return { error: errorName(errorCode), ...rest, nodeEndpoints: reply.nodeEndpoints };
  }

  /** The body of a Fetch of one partition; for tests that send it themselves. */
  fetchRequest(options: FetchOptions = {}) {
    return {
      maxWaitMs: options.maxWaitMs ?? 0,
      minBytes: options.minBytes ?? 1,
      maxBytes: options.maxBytes ?? 0x7fffffff,
      isolationLevel: options.isolationLevel ?? 0,
      topics: [
        {
          topic: this.name,
          topicId: this.id,
          partitions: [
            {
              partition: options.partition ?? 0,
              fetchOffset: options.offset ?? 0,
              partitionMaxBytes: options.partitionMaxBytes ?? 0x7fffffff,
            },
          ],
        },
      ],
    };
  }

  /** Reads one partition, from its leader unless said. Does not wait for data unless told to. */
  async fetch(options: FetchOptions = {}) {
    const partition = options.partition ?? 0;
    const reply = await this.#cluster.request(
      apis.Fetch,
      options.version ?? byTopicId.fetch,
      this.fetchRequest(options),
      options.brokerId ?? (await this.leader(partition)),
    );
    const { errorCode, records, ...rest } = reply.responses[0]!.partitions[0]!;
    const bytes = Buffer.concat(records ?? []);
    return { error: errorName(errorCode), bytes, batches: readBatches(bytes), ...rest };
  }

  /** Every visible batch of a partition. */
  async batches(partition = 0): Promise<ReadBatch[]> {
    return (await this.fetch({ partition })).batches;
  }

  /** Every visible record of a partition. */
  async records(partition = 0): Promise<ReadRecord[]> {
    return (await this.batches(partition)).flatMap((batch) => batch.records);
  }

  /** ListOffsets of one partition: −1 latest, −2 earliest, −3 greatest timestamp, or a time. */
  async listOffset(timestamp: number, partition = 0, version = 7, brokerId?: number) {
    const reply = await this.#cluster.request(
      apis.ListOffsets,
      version,
      {
        replicaId: -1,
        topics: [{ name: this.name, partitions: [{ partitionIndex: partition, timestamp }] }],
      },
      brokerId ?? (await this.leader(partition)),
    );
    const { errorCode, ...rest } = reply.topics[0]!.partitions[0]!;
    return { error: errorName(errorCode), ...rest };
  }

  /** Until all brokers know all leaders with full in-sync sets, and every replica acts on it. */
  async untilReady(partitions: number): Promise<void> {
    for (const brokerId of this.#cluster.brokerIds) {
      await until(`broker ${brokerId} knows the leaders of ${this.name}`, async () => {
        const topic = await this.describe(brokerId);
        const ready = topic.partitions.filter(
          ({ leaderId, isrNodes, replicaNodes }) =>
            leaderId >= 0 && isrNodes.length === replicaNodes.length,
        );
        return ready.length === partitions ? true : undefined;
      });
    }
    for (const { partitionIndex, leaderId, replicaNodes } of (await this.describe()).partitions) {
      await until(`${this.name} ${partitionIndex} is led`, async () => {
        return (await this.listOffset(-1, partitionIndex)).error === 'NONE' ? true : undefined;
      });
      for (const brokerId of replicaNodes.filter((id) => id !== leaderId)) {
        await until(`${brokerId} follows ${this.name} ${partitionIndex}`, async () => {
          const { error } = await this.fetch({ partition: partitionIndex, version: 12, brokerId });
          return error === 'NONE' ? true : undefined;
        });
      }
    }
  }

  /** Until the asked broker shows exactly these replicas in sync, and acts on it. */
  async untilInSync(brokerIds: readonly number[], partition: number, askedBrokerId: number) {
    const expected = [...brokerIds].sort().join();
    await until(`${this.name} ${partition} has in sync ${expected}`, async () => {
      const { isrNodes } = await this.#partition(partition, askedBrokerId);
      return [...isrNodes].sort().join() === expected ? true : undefined;
    });
    await this.#cluster.untilApplied(askedBrokerId);
  }

  async #partition(partition: number, askedBrokerId: number) {
    const topic = await this.describe(askedBrokerId);
    const found = topic.partitions.find(({ partitionIndex }) => partitionIndex === partition);
    if (found === undefined) throw new Error(`${this.name} has no partition ${partition}`);
    return found;
  }
}
