import type { RequestOf, ResponseOf } from '../../src/broker/request-context.ts';
import { coordinatorPartition } from '../../src/coordinator/java-string-hash.ts';
import { buildBatch } from '../../src/protocol/records/batch-builder.ts';
import { ZERO_UUID } from '../../src/protocol/types.ts';
import { World } from '../cluster/world.ts';
import { errorName } from './group-world.ts';

type TransactionApi =
  | 'InitProducerId'
  | 'AddPartitionsToTxn'
  | 'EndTxn'
  | 'AddOffsetsToTxn'
  | 'DescribeTransactions'
  | 'TxnOffsetCommit';

interface WorldOptions {
  readonly seed?: number;
  readonly config?: Record<string, string>;
}

/**
 * A cluster of four brokers in virtual time with one transactional id, `T`, and the topic `orders`;
 * and the topic `away`, of which `away` has the only replica: a broker that has nothing to do with
 * `T`.
 */
export class TransactionWorld extends World {
  producerId = -1;
  epoch = -1;
  readonly away: number;
  /** So long an answer is waited for, where messages take their time. */
  patienceMs = 0;
  #sequences = new Map<string, number>();

  constructor(options: WorldOptions = {}) {
    const partitions = { 'transaction.state.log.num.partitions': '3' };
    const groups = { 'offsets.topic.num.partitions': '3' };
    super({ ...options, brokers: 4, config: { ...partitions, ...groups, ...options.config } });
    this.createTopic('orders', [[1, 2, 3]]);
    for (const keyType of [0, 1]) {
      this.send(1, 'FindCoordinator', { key: '', keyType, coordinatorKeys: ['T'] });
    }
    const { replicas } = this.#partitionOf('__transaction_state', 'T');
    this.away = this.cluster.brokerIds.find((brokerId) => !replicas.includes(brokerId))!;
    this.createTopic('away', [[this.away]]);
  }

  get coordinator(): number {
    return this.#leaderFor('__transaction_state', 'T');
  }

  groupCoordinator(groupId: string): number {
    return this.#leaderFor('__consumer_offsets', groupId);
  }

  /** undefined: there is no answer yet. */
  init(timeoutMs = 60_000): string | undefined {
    const request = { transactionalId: 'T', transactionTimeoutMs: timeoutMs };
    const reply = this.#ask('InitProducerId', { ...request, producerId: -1, producerEpoch: -1 });
    if (reply === undefined) return undefined;
    if (reply.errorCode === 0) {
      this.producerId = reply.producerId;
      this.epoch = reply.producerEpoch;
      this.#sequences = new Map();
    }
    return errorName(reply.errorCode);
  }

  /** One transactional record. */
  write(
    topic = 'orders',
    { epoch = this.epoch, sequence = this.#next(topic), value = 'x', version = 12 } = {},
  ) {
    const record = { value: Buffer.from(value), timestampMs: this.cluster.clock.now() };
    const producer = { producerId: this.producerId, producerEpoch: epoch };
    const fields = { ...producer, baseSequence: sequence, transactional: true };
    const batch = buildBatch([record], fields);
    const partitionData = [{ index: 0, records: [batch] }];
    const topicData = [{ name: topic, topicId: ZERO_UUID, partitionData }];
    const request = { transactionalId: 'T', acks: -1, timeoutMs: 1000, topicData };
    const reply = this.send(this.leader(topic), 'Produce', request, version);
    return () => {
      if (typeof reply.value !== 'object') return undefined;
      const code = reply.value.responses[0]!.partitionResponses[0]!.errorCode;
      if (code === 0) this.#sequences.set(topic, sequence + 1);
      return errorName(code);
    };
  }

  end(committed: boolean, apiVersion = 5): string | undefined {
    const producer = { producerId: this.producerId, producerEpoch: this.epoch };
    const request = { transactionalId: 'T', ...producer, committed };
    const reply = this.#ask('EndTxn', request, apiVersion);
    if (reply === undefined) return undefined;
    if (reply.producerId >= 0) {
      this.producerId = reply.producerId;
      this.epoch = reply.producerEpoch;
      this.#sequences = new Map();
    }
    return errorName(reply.errorCode);
  }

  /** An offset of partition 0 of `orders` for the group `g`. */
  commitOffset(offset: number): string | undefined {
    const partition = {
      ...{ partitionIndex: 0, committedOffset: offset, committedLeaderEpoch: -1 },
      committedMetadata: null,
    };
    const member = { generationId: -1, memberId: '', groupInstanceId: null };
    const producer = { producerId: this.producerId, producerEpoch: this.epoch };
    const topics = [{ name: 'orders', partitions: [partition] }];
    const request = { transactionalId: 'T', groupId: 'g', ...producer, ...member, topics };
    const broker = this.groupCoordinator('g');
    const reply = this.#ask('TxnOffsetCommit', request, 5, broker);
    return reply && errorName(reply.topics[0]!.partitions[0]!.errorCode);
  }

  committedOffset(): number {
    const topics = [{ name: 'orders', topicId: ZERO_UUID, partitionIndexes: [0] }];
    const groups = [{ groupId: 'g', memberId: null, memberEpoch: -1, topics }];
    const request = { groupId: '', topics: [], groups, requireStable: false };
    const { value } = this.send(this.groupCoordinator('g'), 'OffsetFetch', request, 9);
    const group = (value as ResponseOf<'OffsetFetch'>).groups[0]!;
    return group.topics[0]?.partitions[0]?.committedOffset ?? -group.errorCode;
  }

  /** An offset of `away` for the group `g`, in no transaction. */
  commitOtherOffset(): void {
    const offset = { committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: null };
    const partitions = [{ partitionIndex: 0, ...offset }];
    const member = { generationIdOrMemberEpoch: -1, memberId: '', groupInstanceId: null };
    const topics = [{ name: 'away', topicId: ZERO_UUID, partitions }];
    const request = { groupId: 'g', ...member, retentionTimeMs: -1, topics };
    this.send(this.groupCoordinator('g'), 'OffsetCommit', request, 9);
  }

  /** What commits the offsets of the group `g`, past the coordinator of `T`. */
  writeOffsetsMarker(): void {
    const name = '__consumer_offsets';
    const { partitions } = this.cluster.metadata.topicsByName.get(name)!;
    const topics = [{ name, partitionIndexes: [coordinatorPartition('g', partitions.length)] }];
    const producer = { producerId: this.producerId, producerEpoch: this.epoch + 1 };
    const marker = { ...producer, topics, coordinatorEpoch: 0, transactionResult: true };
    const markers = [{ ...marker, transactionVersion: 2 }];
    this.send(this.groupCoordinator('g'), 'WriteTxnMarkers', { markers });
  }

  /** As who takes a partition over asks (KIP-447); undefined: there is no answer yet. */
  stableOffset(): () => number | string | undefined {
    const topics = [{ name: 'orders', topicId: ZERO_UUID, partitionIndexes: [0] }];
    const groups = [{ groupId: 'g', memberId: null, memberEpoch: -1, topics }];
    const request = { groupId: '', topics: [], groups, requireStable: true };
    const reply = this.send(this.groupCoordinator('g'), 'OffsetFetch', request, 9);
    return () => {
      if (typeof reply.value !== 'object') return undefined;
      const { errorCode, committedOffset } = reply.value.groups[0]!.topics[0]!.partitions[0]!;
      return errorCode === 0 ? committedOffset : errorName(errorCode);
    };
  }

  /** As clients do from before KIP-890. */
  add(topic: string): string | undefined {
    const reply = this.#ask(
      'AddPartitionsToTxn',
      {
        transactions: [],
        v3AndBelowTransactionalId: 'T',
        v3AndBelowProducerId: this.producerId,
        v3AndBelowProducerEpoch: this.epoch,
        v3AndBelowTopics: [{ name: topic, partitions: [0] }],
      },
      3,
    );
    const result = reply?.resultsByTopicV3AndBelow[0]?.resultsByPartition[0];
    return result && errorName(result.partitionErrorCode);
  }

  /** As the coordinator tells it. */
  state(): string {
    const reply = this.#ask('DescribeTransactions', { transactionalIds: ['T'] });
    const { errorCode, transactionState } = reply!.transactionStates[0]!;
    return errorCode === 0 ? transactionState : errorName(errorCode);
  }

  lastStableOffset(topic = 'orders'): number {
    return this.log(this.leader(topic), topic).lastStableOffset;
  }

  #next(topic: string): number {
    return this.#sequences.get(topic) ?? 0;
  }

  #leaderFor(topic: string, key: string): number {
    return this.#partitionOf(topic, key).leader;
  }

  #partitionOf(topic: string, key: string) {
    const { partitions } = this.cluster.metadata.topicsByName.get(topic)!;
    return partitions[coordinatorPartition(key, partitions.length)]!;
  }

  #ask<Api extends TransactionApi>(
    api: Api,
    request: RequestOf<Api>,
    apiVersion?: number,
    brokerId = this.coordinator,
  ): ResponseOf<Api> | undefined {
    const reply = this.send(brokerId, api, request, apiVersion);
    for (let ms = 0; ms < this.patienceMs && reply.value === undefined; ms++) this.advance(1);
    return reply.value as ResponseOf<Api> | undefined;
  }
}
