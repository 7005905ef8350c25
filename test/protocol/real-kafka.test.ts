import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../../src/protocol/api.ts';
import { decodeResponse, encodeRequest, encodeResponse } from '../../src/protocol/header.ts';
import { apis } from '../../src/protocol/messages/index.ts';
import { buildBatch } from '../../src/protocol/records/batch-builder.ts';
import { ZERO_UUID } from '../../src/protocol/types.ts';

// Asks real Kafka (3 brokers, KAFKA_BOOTSTRAP=host:port of the first) every request at every
// version. It answers only what it can read, and its answer must come out again byte for byte.

const { KAFKA_BOOTSTRAP: bootstrap } = process.env;
const topic = `every-version-${process.pid}`;
let topicId = ZERO_UUID;
/** Groups that the broker coordinates that is asked. */
let groupIds: string[] = [];
let [groupId, consumerGroupId] = ['', ''];
/** One that the broker coordinates that is asked, and its producer. */
let transactionalId = '';
let producer = { producerId: -1, producerEpoch: -1 };

/** One connection, one request at a time. */
class RawClient {
  readonly #socket: net.Socket;
  readonly #chunks: AsyncIterator<Buffer, undefined>;
  #received: Buffer = Buffer.alloc(0);
  #correlationId = 0;

  constructor(address: string) {
    const [host, port] = address.split(':');
    this.#socket = net.connect(Number(port), host);
    this.#chunks = this.#socket[Symbol.asyncIterator]();
  }

  async ask<Q, S>(api: Api<Q, S>, version: number, body: Q): Promise<S> {
    const id = ++this.#correlationId;
    this.#socket.write(encodeRequest(api, version, id, 'odradek', body));
    const frame = await this.#frame();
    const response = decodeResponse(api, version, frame);
    expect(response.correlationId).toBe(id);
    const again = Buffer.concat(encodeResponse(api, version, id, response.body)).subarray(4);
    expect(again.toString('hex')).toBe(frame.toString('hex'));
    return response.body;
  }

  close(): void {
    this.#socket.destroy();
  }

  async #frame(): Promise<Buffer> {
    while (this.#received.length < 4 || this.#received.length < 4 + this.#size()) {
      const { value, done } = await this.#chunks.next();
      if (done) expect.fail('Kafka closed the connection');
      this.#received = Buffer.concat([this.#received, value]);
    }
    const end = 4 + this.#size();
    const frame = this.#received.subarray(4, end);
    this.#received = this.#received.subarray(end);
    return frame;
  }

  #size(): number {
    return this.#received.readInt32BE(0);
  }
}

/** Partition 0 is led by broker 1, which is asked; partition 1 by broker 2, so 1 gives hints. */
const partitions = [0, 1];
const batch = buildBatch([{ key: null, value: Buffer.from('v'), timestampMs: 1_700_000_000_000 }]);

/** What each request is filled with; the rest is its default. */
const fillings: { [Name in keyof typeof apis]: () => object } = {
  Produce: () => ({
    acks: 1,
    timeoutMs: 5000,
    topicData: [
      {
        ...{ name: topic, topicId },
        partitionData: partitions.map((index) => ({ index, records: [batch] })),
      },
    ],
  }),
  Fetch: () => ({
    ...{ maxWaitMs: 10, minBytes: 1, sessionEpoch: -1 },
    topics: [
      {
        ...{ topic, topicId },
        partitions: partitions.map((partition) => ({
          ...{ partition, currentLeaderEpoch: -1, fetchOffset: 0, lastFetchedEpoch: -1 },
          ...{ logStartOffset: -1, partitionMaxBytes: 200, replicaDirectoryId: ZERO_UUID },
          highWatermark: 2 ** 63,
        })),
      },
    ],
  }),
  ListOffsets: () => ({
    replicaId: -1,
    topics: [
      {
        name: topic,
        partitions: [
          { partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -1 },
          { partitionIndex: 1, currentLeaderEpoch: 0, timestamp: 1_700_000_000_000 },
        ],
      },
    ],
  }),
  Metadata: () => ({ topics: [{ topicId: ZERO_UUID, name: topic }] }),
  OffsetCommit: () => ({
    ...{ groupId, generationIdOrMemberEpoch: -1 },
    topics: [
      {
        ...{ name: topic, topicId },
        partitions: partitions.map((partitionIndex) => ({
          ...{ partitionIndex, committedOffset: 7, committedLeaderEpoch: 0 },
          committedMetadata: 'm',
        })),
      },
    ],
  }),
  OffsetFetch: () => ({
    groupId,
    topics: [{ name: topic, partitionIndexes: partitions }],
    groups: [
      {
        ...{ groupId, memberId: null, memberEpoch: -1 },
        topics: [{ name: topic, topicId, partitionIndexes: partitions }],
      },
    ],
  }),
  FindCoordinator: () => ({ key: 'g', coordinatorKeys: ['g', 'h'] }),
  JoinGroup: () => ({
    ...{ groupId: groupIds.pop(), sessionTimeoutMs: 6000, rebalanceTimeoutMs: 6000 },
    ...{ groupInstanceId: 'i', protocolType: 'consumer' },
    protocols: [{ name: 'range', metadata: Buffer.from('m') }],
  }),
  Heartbeat: () => ({ groupId, generationId: 1, memberId: 'm' }),
  LeaveGroup: () => ({
    ...{ groupId, memberId: 'm' },
    members: [{ memberId: 'm', groupInstanceId: null, reason: 'done' }],
  }),
  SyncGroup: () => ({
    ...{ groupId, generationId: 1, memberId: 'm' },
    assignments: [{ memberId: 'm', assignment: Buffer.from('a') }],
  }),
  DescribeGroups: () => ({
    groups: [groupId, ...groupIds.slice(-2)],
    includeAuthorizedOperations: true,
  }),
  ListGroups: () => ({}),
  ApiVersions: () => ({ clientSoftwareName: 'odradek', clientSoftwareVersion: '1' }),
  CreateTopics: () => ({
    topics: [
      {
        ...{ name: `${topic}-new`, numPartitions: 2, replicationFactor: 1, assignments: [] },
        configs: [{ name: 'retention.ms', value: '1000' }],
      },
      {
        ...{ name: topic, numPartitions: -1, replicationFactor: -1, configs: [] },
        assignments: [{ partitionIndex: 0, brokerIds: [1] }],
      },
    ],
    validateOnly: true,
  }),
  DeleteTopics: () => ({
    topics: [
      { name: `${topic}-unknown`, topicId: ZERO_UUID },
      { name: null, topicId: '_____________________w' },
    ],
    topicNames: [`${topic}-unknown`],
    timeoutMs: 1000,
  }),
  DeleteRecords: () => ({
    topics: [
      {
        name: topic,
        partitions: partitions.map((partitionIndex) => ({ partitionIndex, offset: 0 })),
      },
    ],
    timeoutMs: 1000,
  }),
  InitProducerId: () => ({ transactionalId: null }),
  OffsetForLeaderEpoch: () => ({
    replicaId: -1,
    topics: [
      {
        topic,
        partitions: partitions.map((partition) => ({
          ...{ partition, currentLeaderEpoch: -1, leaderEpoch: 0 },
        })),
      },
    ],
  }),
  AddPartitionsToTxn: () => ({
    transactions: [
      {
        ...{ transactionalId, ...producer, verifyOnly: false },
        topics: [{ name: topic, partitions }],
      },
    ],
    v3AndBelowTransactionalId: transactionalId,
    v3AndBelowProducerId: producer.producerId,
    v3AndBelowProducerEpoch: producer.producerEpoch,
    v3AndBelowTopics: [{ name: topic, partitions }],
  }),
  AddOffsetsToTxn: () => ({ transactionalId, ...producer, groupId }),
  EndTxn: () => ({ transactionalId, ...producer, committed: true }),
  WriteTxnMarkers: () => ({
    markers: [
      {
        ...{ ...producer, producerId: 2 ** 40, transactionResult: true },
        topics: [{ name: topic, partitionIndexes: partitions }],
        ...{ coordinatorEpoch: 3, transactionVersion: 0 },
      },
    ],
  }),
  TxnOffsetCommit: () => ({
    ...{ transactionalId, groupId, ...producer },
    topics: [
      {
        name: topic,
        partitions: partitions.map((partitionIndex) => ({
          ...{ partitionIndex, committedOffset: 7, committedLeaderEpoch: 0 },
          committedMetadata: 'm',
        })),
      },
    ],
  }),
  DescribeProducers: () => ({
    topics: [
      { name: topic, partitionIndexes: partitions },
      { name: 'unknown', partitionIndexes: [0] },
    ],
  }),
  DescribeTransactions: () => ({ transactionalIds: [transactionalId, `${transactionalId}-no`] }),
  ListTransactions: () => ({
    ...{ stateFilters: ['Ongoing', 'Empty', 'No'], producerIdFilters: [producer.producerId] },
    transactionalIdPattern: '.*',
  }),
  UpdateFeatures: () => ({
    featureUpdates: [{ feature: 'group.version', maxVersionLevel: 1, upgradeType: 1 }],
    validateOnly: true,
  }),
  DescribeConfigs: () => ({
    resources: [
      { resourceType: 2, resourceName: topic, configurationKeys: ['retention.ms'] },
      { resourceType: 4, resourceName: '1', configurationKeys: ['log.retention.ms'] },
    ],
    ...{ includeSynonyms: true, includeDocumentation: true },
  }),
  AlterConfigs: () => ({
    resources: [
      {
        ...{ resourceType: 2, resourceName: topic },
        configs: [{ name: 'retention.ms', value: '1000' }],
      },
    ],
    validateOnly: true,
  }),
  AlterReplicaLogDirs: () => ({
    dirs: [{ path: '/nowhere', topics: [{ name: topic, partitions }] }],
  }),
  DescribeLogDirs: () => ({ topics: [{ topic, partitions }] }),
  DeleteGroups: () => ({ groupsNames: ['unknown'] }),
  OffsetDelete: () => ({
    groupId,
    topics: [{ name: topic, partitions: [{ partitionIndex: 1 }] }],
  }),
  ConsumerGroupHeartbeat: () => ({
    ...{ groupId: consumerGroupId, memberId: 'm', rebalanceTimeoutMs: 6000 },
    ...{ subscribedTopicNames: [topic], topicPartitions: [] },
  }),
  ConsumerGroupDescribe: () => ({
    groupIds: [consumerGroupId, groupId],
    includeAuthorizedOperations: true,
  }),
  ElectLeaders: () => ({
    topicPartitions: [{ topic, partitions }],
    timeoutMs: 1000,
  }),
  AlterPartitionReassignments: () => ({
    topics: [
      {
        name: topic,
        partitions: [
          { partitionIndex: 0, replicas: [1] },
          { partitionIndex: 1, replicas: null },
        ],
      },
    ],
    timeoutMs: 1000,
  }),
  ListPartitionReassignments: () => ({
    topics: [{ name: topic, partitionIndexes: partitions }],
    timeoutMs: 1000,
  }),
  UnregisterBroker: () => ({ brokerId: 99 }),
  DescribeQuorum: () => ({
    topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
  }),
  CreatePartitions: () => ({
    topics: [
      { name: topic, count: 3, assignments: [{ brokerIds: [1] }] },
      { name: topic, count: 1, assignments: null },
    ],
    ...{ timeoutMs: 1000, validateOnly: true },
  }),
  IncrementalAlterConfigs: () => ({
    resources: [
      {
        ...{ resourceType: 2, resourceName: topic },
        configs: [{ name: 'retention.ms', configOperation: 1, value: null }],
      },
    ],
    validateOnly: true,
  }),
  DescribeCluster: () => ({ includeClusterAuthorizedOperations: true }),
  DescribeTopicPartitions: () => ({
    ...{ topics: [{ name: topic }], responsePartitionLimit: 1 },
    cursor: { topicName: topic, partitionIndex: 0 },
  }),
};

const everyVersion = Object.values(apis).flatMap((api) => {
  const [first, last] = api.versions;
  const versions = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return versions.map((version) => ({ name: api.name as keyof typeof apis, version }));
});

/** Keys that the broker coordinates that is asked. 0 groups, 1 transactional ids. */
async function coordinated(client: RawClient, keyType: number): Promise<string[]> {
  const keys = Array.from({ length: 100 }, (_, index) => `key-${process.pid}-${index}`);
  for (;;) {
    const { coordinators } = await client.ask(apis.FindCoordinator, 6, {
      ...apis.FindCoordinator.requestType.zero,
      ...{ keyType, coordinatorKeys: keys },
    });
    if (coordinators.some(({ errorCode }) => errorCode !== 0)) continue;
    return coordinators.flatMap(({ key, nodeId }) => (nodeId === 1 ? [key] : []));
  }
}

describe.skipIf(bootstrap === undefined)('real Kafka', () => {
  let client: RawClient;

  beforeAll(async () => {
    client = new RawClient(bootstrap!.split(',')[0]!);
    const assignments = partitions.map((partitionIndex) => ({
      partitionIndex,
      brokerIds: [partitionIndex + 1],
    }));
    const created = await client.ask(apis.CreateTopics, 7, {
      ...apis.CreateTopics.requestType.zero,
      topics: [{ name: topic, numPartitions: -1, replicationFactor: -1, assignments, configs: [] }],
    });
    topicId = created.topics[0]!.topicId;
    const led = async () => {
      const { topics } = await client.ask(apis.Metadata, 12, {
        ...apis.Metadata.requestType.zero,
        topics: [{ topicId: ZERO_UUID, name: topic }],
      });
      return topics[0]?.partitions.map(({ leaderId }) => leaderId).sort();
    };
    while (JSON.stringify(await led()) !== '[1,2]');
    groupIds = await coordinated(client, 0);
    transactionalId = (await coordinated(client, 1))[0]!;
    while (producer.producerId < 0) {
      const { producerId, producerEpoch } = await client.ask(apis.InitProducerId, 5, {
        ...apis.InitProducerId.requestType.zero,
        ...{ transactionalId, transactionTimeoutMs: 60_000 },
      });
      producer = { producerId, producerEpoch };
    }
    [groupId, consumerGroupId] = [groupIds.pop()!, groupIds.pop()!];
  });

  afterAll(() => client.close());

  test.each(everyVersion)('answers $name v$version', async ({ name, version }) => {
    const api: Api<unknown, unknown> = apis[name];
    const filled = { ...(api.requestType.zero as object), ...fillings[name]() };
    expect(Object.keys(filled)).toEqual(Object.keys(api.requestType.zero as object));
    await client.ask(api, version, filled);
  });
});
