import { apis } from '../../../src/protocol/messages/index.ts';
import { attributes, batch } from './batch.ts';
import type { Cluster } from './cluster.ts';
import { errorName } from './error-name.ts';
import type { Topic } from './topic.ts';
import { until } from './until.ts';

let idsMade = 0;

/** Versions of a client from before KIP-890, and of one that knows it. */
const generations = {
  1: { produce: 11, end: 4, commitOffsets: 4 },
  2: { produce: 13, end: 5, commitOffsets: 5 },
} as const;
type Generation = keyof typeof generations;

interface InitOptions {
  readonly version?: number;
  readonly timeoutMs?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
}

interface Sending {
  readonly partition?: number;
  readonly version?: number;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly transactional?: boolean;
}

interface Ending {
  readonly version?: number;
  readonly producerId?: number;
  readonly epoch?: number;
}

/** What says that the last transition is not through yet: clients then ask again. */
const passing = new Set([
  ...['CONCURRENT_TRANSACTIONS', 'COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE'],
  ...['NOT_COORDINATOR', 'NOT_ENOUGH_REPLICAS'],
]);

const newId = (): string => `txn-${process.pid}-${Date.now().toString(36)}-${++idsMade}`;

/** The producer of one transactional id, without its client. */
export class Transactional {
  readonly id: string;
  readonly coordinator: number;
  readonly generation: Generation;
  producerId = -1;
  epoch = -1;
  readonly #cluster: Cluster;
  /** The next one of each partition. */
  #sequences = new Map<string, number>();

  /** A new id with its coordinator, not initialised yet. */
  static async make(cluster: Cluster, generation: Generation = 2): Promise<Transactional> {
    const id = newId();
    const coordinator = await until('the id has a coordinator', async () => {
      const body = { keyType: 1, coordinatorKeys: [id] };
      const reply = await cluster.request(apis.FindCoordinator, 4, body);
      const { errorCode, nodeId } = reply.coordinators[0]!;
      if (errorCode !== 0) return undefined;
      const asked = { transactionalIds: [id] };
      const described = await cluster.request(apis.DescribeTransactions, 0, asked, nodeId);
      const error = errorName(described.transactionStates[0]!.errorCode);
      return error === 'TRANSACTIONAL_ID_NOT_FOUND' ? nodeId : undefined;
    });
    return new Transactional(cluster, id, coordinator, generation);
  }

  /** One that may begin its first transaction. */
  static async ready(cluster: Cluster, generation: Generation = 2): Promise<Transactional> {
    const producer = await Transactional.make(cluster, generation);
    await producer.initialised();
    return producer;
  }

  private constructor(cluster: Cluster, id: string, coordinator: number, generation: Generation) {
    this.#cluster = cluster;
    this.id = id;
    this.coordinator = coordinator;
    this.generation = generation;
  }

  async init(options: InitOptions = {}) {
    const { version = 5, timeoutMs = 60_000, producerId = -1, producerEpoch = -1 } = options;
    const body = { transactionalId: this.id, transactionTimeoutMs: timeoutMs };
    const { errorCode, ...rest } = await this.#cluster.request(
      apis.InitProducerId,
      version,
      { ...body, producerId, producerEpoch },
      this.coordinator,
    );
    return { error: errorName(errorCode), ...rest };
  }

  /** Until the coordinator gives an epoch; it becomes this producer's. */
  async initialised(options: InitOptions = {}) {
    const reply = await settled(() => this.init(options));
    this.producerId = reply.producerId;
    this.epoch = reply.producerEpoch;
    this.#sequences = new Map();
    return reply;
  }

  /** As a client from before KIP-890 does. */
  async add(topic: Topic, { partition = 0, version = 3, epoch = this.epoch } = {}) {
    const reply = await this.#cluster.request(
      apis.AddPartitionsToTxn,
      version,
      {
        v3AndBelowTransactionalId: this.id,
        v3AndBelowProducerId: this.producerId,
        v3AndBelowProducerEpoch: epoch,
        v3AndBelowTopics: [{ name: topic.name, partitions: [partition] }],
      },
      this.coordinator,
    );
    const results = reply.resultsByTopicV3AndBelow[0]!.resultsByPartition;
    return errorName(results[0]!.partitionErrorCode);
  }

  /** As a broker does (KIP-890). */
  async verify(topic: Topic, { version = 5, verifyOnly = true, epoch = this.epoch } = {}) {
    const transaction = {
      ...{ transactionalId: this.id, producerId: this.producerId, producerEpoch: epoch },
      ...{ verifyOnly, topics: [{ name: topic.name, partitions: [0] }] },
    };
    const body = { transactions: [transaction] };
    const { coordinator } = this;
    const reply = await this.#cluster.request(apis.AddPartitionsToTxn, version, body, coordinator);
    const results = reply.resultsByTransaction[0]!.topicResults[0]!.resultsByPartition;
    return errorName(results[0]!.partitionErrorCode);
  }

  async addOffsets(groupId: string, { version = 4, epoch = this.epoch } = {}) {
    const producer = { producerId: this.producerId, producerEpoch: epoch };
    const body = { transactionalId: this.id, ...producer, groupId };
    const { coordinator } = this;
    const reply = await this.#cluster.request(apis.AddOffsetsToTxn, version, body, coordinator);
    return errorName(reply.errorCode);
  }

  /** One batch, as it is: nothing is added before, nor sent again. */
  async send(topic: Topic, values: readonly string[], options: Sending = {}) {
    const { partition = 0, epoch = this.epoch, transactional = true } = options;
    const key = `${topic.name} ${partition} ${epoch}`;
    const { sequence = this.#sequences.get(key) ?? 0 } = options;
    const fields = {
      ...{ producerId: this.producerId, producerEpoch: epoch, baseSequence: sequence },
      attributes: transactional ? attributes.transactional : 0,
    };
    const records = batch(
      values.map((value) => ({ value })),
      fields,
    );
    const { produce } = generations[this.generation];
    const { version = produce } = options;
    const transactionalId = transactional ? this.id : null;
    // Of all brokers its coordinator is one that is there.
    const brokerId = await topic.leader(partition, this.coordinator);
    const reply = await topic.produce(records, { partition, version, transactionalId, brokerId });
    if (reply.error === 'NONE') this.#sequences.set(key, sequence + values.length);
    return reply;
  }

  /** As a client does it: until it is written. The base offset. */
  async write(topic: Topic, values: readonly string[], partition = 0): Promise<number> {
    if (this.generation === 1) {
      await settled(async () => ({ error: await this.add(topic, { partition }) }));
    }
    return (await settled(() => this.send(topic, values, { partition }))).baseOffset;
  }

  async end(committed: boolean, options: Ending = {}) {
    const { version = generations[this.generation].end } = options;
    const { producerId = this.producerId, epoch: producerEpoch = this.epoch } = options;
    const body = { transactionalId: this.id, producerId, producerEpoch, committed };
    const { coordinator } = this;
    const reply = await this.#cluster.request(apis.EndTxn, version, body, coordinator);
    const { errorCode, ...rest } = reply;
    return { error: errorName(errorCode), producerId: rest.producerId, epoch: rest.producerEpoch };
  }

  /** As a client does it: until it is decided; then with the epoch that it is given. */
  async ended(committed: boolean) {
    const reply = await settled(() => this.end(committed));
    if (reply.producerId >= 0) {
      this.producerId = reply.producerId;
      this.epoch = reply.epoch;
    }
    await this.untilState(committed ? 'CompleteCommit' : 'CompleteAbort');
    return reply;
  }

  async describe() {
    const body = { transactionalIds: [this.id] };
    const { coordinator } = this;
    const reply = await this.#cluster.request(apis.DescribeTransactions, 0, body, coordinator);
    const { errorCode, ...rest } = reply.transactionStates[0]!;
    return { error: errorName(errorCode), ...rest };
  }

  async untilState(state: string): Promise<void> {
    await until(`${this.id} is ${state}`, async () =>
      (await this.describe()).transactionState === state ? true : undefined,
    );
  }

  /** Commits one offset as part of the transaction. */
  async commitOffset(
    group: { readonly id: string; readonly coordinator: number },
    topic: Topic,
    offset: number,
    options: { version?: number; generationId?: number; memberId?: string; epoch?: number } = {},
  ) {
    const { version = generations[this.generation].commitOffsets, epoch = this.epoch } = options;
    const partition = { partitionIndex: 0, committedOffset: offset, committedMetadata: null };
    const reply = await this.#cluster.request(
      apis.TxnOffsetCommit,
      version,
      {
        ...{ transactionalId: this.id, groupId: group.id },
        ...{ producerId: this.producerId, producerEpoch: epoch },
        ...{ generationId: options.generationId ?? -1, memberId: options.memberId ?? '' },
        topics: [{ name: topic.name, partitions: [partition] }],
      },
      group.coordinator,
    );
    return errorName(reply.topics[0]!.partitions[0]!.errorCode);
  }

  /** Until the offset is taken. */
  async offsetCommitted(
    group: Parameters<Transactional['commitOffset']>[0],
    topic: Topic,
    offset: number,
  ) {
    if (this.generation === 1) {
      await settled(async () => ({ error: await this.addOffsets(group.id) }));
    }
    await settled(async () => ({ error: await this.commitOffset(group, topic, offset) }));
  }
}

/** Asks again while the answer is a passing one; throws for any other error. */
async function settled<T extends { readonly error: string }>(ask: () => Promise<T>): Promise<T> {
  const reply = await until('the coordinator is ready', async () => {
    const answer = await ask();
    return passing.has(answer.error) ? undefined : answer;
  });
  if (reply.error !== 'NONE') throw new Error(`${reply.error} was not expected`);
  return reply;
}
