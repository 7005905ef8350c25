import type { Api } from '../../../src/protocol/api.ts';
import { apis } from '../../../src/protocol/messages/index.ts';
import { type Address, Connection } from './connection.ts';
import { errorName } from './error-name.ts';
import type { Loose } from './loose.ts';
import type { Control, Target } from './target.ts';
import { Topic } from './topic.ts';
import { until } from './until.ts';

interface TopicOptions {
  /** 1 unless said; ignored with `replicas`. */
  readonly partitions?: number;
  /** 1 unless said; ignored with `replicas`. */
  readonly replicationFactor?: number;
  /** Broker ids of each partition, the preferred leader first. */
  readonly replicas?: readonly (readonly number[])[];
  readonly configs?: Readonly<Record<string, string>>;
}

let topicsMade = 0;

/** A running cluster of three brokers, as a test sees it: only through its ports. */
export class Cluster {
  readonly #target: Target;
  readonly #addresses: ReadonlyMap<number, Address>;
  readonly #shared = new Map<number, Promise<Connection>>();
  readonly #connections: Connection[] = [];

  static async open(target: Target): Promise<Cluster> {
    const addresses = await until('three brokers are in the metadata', async () => {
      const connection = await Connection.open(target.bootstrap[0]!);
      try {
        const reply = await connection.request(apis.Metadata, 12, {
          topics: [],
          allowAutoTopicCreation: false,
        });
        const { brokers } = reply;
        if (brokers.length < 3) return undefined;
        return new Map(brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
      } finally {
        await connection.close();
      }
    });
    return new Cluster(target, addresses);
  }

  private constructor(target: Target, addresses: ReadonlyMap<number, Address>) {
    this.#target = target;
    this.#addresses = addresses;
  }

  /** Ids of the brokers there were at the start, ascending. */
  get brokerIds(): readonly number[] {
    return [...this.#addresses.keys()].sort((one, other) => one - other);
  }

  get control(): Control {
    const { control } = this.#target;
    if (control === undefined) throw new Error('this needs to crash brokers: set KAFKA_CONTROL');
    return control;
  }

  address(brokerId: number): Address {
    const address = this.#addresses.get(brokerId);
    if (address === undefined) throw new Error(`there is no broker ${brokerId}`);
    return address;
  }

  /** A connection of the test's own; closed after the file's last test. */
  async connect(brokerId = this.brokerIds[0]!): Promise<Connection> {
    const connection = await Connection.open(this.address(brokerId));
    this.#connections.push(connection);
    return connection;
  }

  /**
   * Sends a request on the file's shared connection to a broker. Fields left out get their default.
   */
  async request<Q, S>(
    api: Api<Q, S>,
    version: number,
    body: Loose<NoInfer<Q>>,
    brokerId = this.brokerIds[0]!,
  ): Promise<S> {
    const connection = await this.#sharedConnection(brokerId);
    return await connection.request(api, version, body);
  }

  /** Makes a topic with a name of its own and waits until every broker knows all its leaders. */
  async topic(options: TopicOptions = {}): Promise<Topic> {
    const topic = await this.#createTopic(options);
    await topic.untilReady(options.replicas?.length ?? options.partitions ?? 1);
    return topic;
  }

  /**
   * Until a broker acts on all that its metadata shows now. A broker shows an image first and gives
   * it to its partitions then, one image after the other: when it leads a topic made after this
   * one, its partitions know this one.
   */
  async untilApplied(brokerId: number): Promise<void> {
    const later = await this.#createTopic({ replicas: [[brokerId]] }, brokerId);
    await until(`broker ${brokerId} acts on its metadata`, async () => {
      const { error } = await later.listOffset(-1, 0, 7, brokerId);
      return error === 'NONE' ? true : undefined;
    });
  }

  async #createTopic(options: TopicOptions, brokerId = this.brokerIds[0]!): Promise<Topic> {
    const name = `conformance-${process.pid}-${Date.now().toString(36)}-${++topicsMade}`;
    const body = {
      topics: [
        {
          name,
          numPartitions: options.replicas ? -1 : (options.partitions ?? 1),
          replicationFactor: options.replicas ? -1 : (options.replicationFactor ?? 1),
          assignments: (options.replicas ?? []).map((brokerIds, partitionIndex) => ({
            partitionIndex,
            brokerIds,
          })),
          configs: Object.entries(options.configs ?? {}).map(([name, value]) => ({ name, value })),
        },
      ],
      timeoutMs: 30_000,
    };
    const reply = await this.request(apis.CreateTopics, 7, body, brokerId);
    const created = reply.topics[0]!;
    if (created.errorCode !== 0) {
      throw new Error(`${name}: ${errorName(created.errorCode)} ${created.errorMessage}`);
    }
    return new Topic(this, name, created.topicId);
  }

  async close(): Promise<void> {
    for (const shared of this.#shared.values()) {
      await shared.then((connection) => connection.close()).catch(() => {});
    }
    await Promise.all(this.#connections.map((connection) => connection.close()));
    await this.#target.close();
  }

  async #sharedConnection(brokerId: number): Promise<Connection> {
    const known = await this.#shared.get(brokerId)?.catch(() => undefined);
    if (known?.isOpen) return known;
    const opening = Connection.open(this.address(brokerId));
    this.#shared.set(brokerId, opening);
    return await opening;
  }
}
