import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import type { Api, Request, Response } from '../../src/protocol/api.ts';
import { encodeRequest, encodeResponse, readRequest } from '../../src/protocol/header.ts';
import { apis } from '../../src/protocol/messages/index.ts';
import { ZERO_UUID } from '../../src/protocol/types.ts';

// The same bytes as kafkajs' own encoders, and responses that its decoders understand.

const require = createRequire(import.meta.url);

interface KafkajsRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  encode(): Promise<unknown>;
}
type Frame = (of: {
  correlationId: number;
  clientId: string;
  request: KafkajsRequest;
}) => Promise<{ buffer: Buffer }>;

const frame: Frame = require('kafkajs/src/protocol/request.js');

function requestOf(folder: string, version: number, options: object): KafkajsRequest {
  return require(`kafkajs/src/protocol/requests/${folder}/v${version}/request.js`)(options);
}

async function decodeAsKafkajs(folder: string, version: number, body: Buffer): Promise<unknown> {
  const path = `kafkajs/src/protocol/requests/${folder}/v${version}/response.js`;
  const decoded: unknown = await require(path).decode(body);
  return JSON.parse(JSON.stringify(decoded));
}

interface SameRequest {
  readonly folder: string;
  readonly versions: readonly number[];
  readonly api: Api<unknown, unknown>;
  readonly theirs: object;
  readonly ours: unknown;
}

function same<A extends Api<unknown, unknown>>(
  folder: string,
  versions: readonly number[],
  api: A,
  theirs: object,
  ours: Partial<Request<A>>,
): SameRequest {
  const zero = api.requestType.zero as object;
  return { folder, versions, api, theirs, ours: { ...zero, ...ours } };
}

const topicId = ZERO_UUID;
const partition = {
  partition: 3,
  currentLeaderEpoch: -1,
  fetchOffset: 2 ** 40 + 5,
  lastFetchedEpoch: -1,
  logStartOffset: -1,
  partitionMaxBytes: 1048576,
  replicaDirectoryId: topicId,
  highWatermark: 2 ** 63,
};

const sameRequests: readonly SameRequest[] = [
  same('apiVersions', [0, 1, 2], apis.ApiVersions, {}, {}),
  same(
    'metadata',
    [0],
    apis.Metadata,
    { topics: ['a', 'é'] },
    {
      topics: [
        { topicId, name: 'a' },
        { topicId, name: 'é' },
      ],
    },
  ),
  same(
    'metadata',
    [4, 5, 6],
    apis.Metadata,
    { topics: ['a'], allowAutoTopicCreation: false },
    {
      topics: [{ topicId, name: 'a' }],
      allowAutoTopicCreation: false,
    },
  ),
  same('metadata', [1, 4, 6], apis.Metadata, { topics: [] }, { topics: null }),
  same(
    'fetch',
    [4, 5, 6, 7, 8, 9, 10, 11],
    apis.Fetch,
    {
      replicaId: -1,
      maxWaitTime: 500,
      minBytes: 1,
      maxBytes: 1000,
      isolationLevel: 1,
      rackId: 'here',
      topics: [
        {
          topic: 'orders',
          partitions: [{ partition: 3, fetchOffset: String(2 ** 40 + 5), maxBytes: 1048576 }],
        },
      ],
    },
    {
      replicaId: -1,
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 1000,
      isolationLevel: 1,
      rackId: 'here',
      topics: [{ topic: 'orders', topicId, partitions: [partition] }],
    },
  ),
  same(
    'listOffsets',
    [2, 3],
    apis.ListOffsets,
    {
      replicaId: -1,
      isolationLevel: 1,
      topics: [{ topic: 't', partitions: [{ partition: 1, timestamp: -2 }] }],
    },
    {
      replicaId: -1,
      isolationLevel: 1,
      topics: [
        {
          name: 't',
          partitions: [{ partitionIndex: 1, currentLeaderEpoch: -1, timestamp: -2 }],
        },
      ],
    },
  ),
  same(
    'findCoordinator',
    [1, 2],
    apis.FindCoordinator,
    { coordinatorKey: 'group', coordinatorType: 1 },
    { key: 'group', keyType: 1 },
  ),
  same(
    'initProducerId',
    [0, 1],
    apis.InitProducerId,
    { transactionalId: null, transactionTimeout: 5000 },
    { transactionalId: null, transactionTimeoutMs: 5000 },
  ),
  same(
    'createTopics',
    [2, 3],
    apis.CreateTopics,
    {
      topics: [
        {
          topic: 't',
          numPartitions: -1,
          replicationFactor: -1,
          replicaAssignment: [{ partition: 0, replicas: [1, 2] }],
          configEntries: [{ name: 'retention.ms', value: '-1' }],
        },
      ],
      validateOnly: true,
      timeout: 9000,
    },
    {
      topics: [
        {
          name: 't',
          numPartitions: -1,
          replicationFactor: -1,
          assignments: [{ partitionIndex: 0, brokerIds: [1, 2] }],
          configs: [{ name: 'retention.ms', value: '-1' }],
        },
      ],
      validateOnly: true,
      timeoutMs: 9000,
    },
  ),
  same(
    'deleteTopics',
    [1],
    apis.DeleteTopics,
    { topics: ['a', 'b'], timeout: 7 },
    {
      topicNames: ['a', 'b'],
      timeoutMs: 7,
    },
  ),
  same(
    'createPartitions',
    [0, 1],
    apis.CreatePartitions,
    { topicPartitions: [{ topic: 't', count: 3, assignments: [[1], [2, 3]] }], timeout: 7 },
    {
      topics: [{ name: 't', count: 3, assignments: [{ brokerIds: [1] }, { brokerIds: [2, 3] }] }],
      timeoutMs: 7,
    },
  ),
  same(
    'describeConfigs',
    [1, 2],
    apis.DescribeConfigs,
    { resources: [{ type: 2, name: 't', configNames: ['a'] }], includeSynonyms: true },
    {
      resources: [{ resourceType: 2, resourceName: 't', configurationKeys: ['a'] }],
      includeSynonyms: true,
    },
  ),
  same(
    'alterConfigs',
    [0, 1],
    apis.AlterConfigs,
    { resources: [{ type: 2, name: 't', configEntries: [{ name: 'a', value: 'b' }] }] },
    {
      resources: [{ resourceType: 2, resourceName: 't', configs: [{ name: 'a', value: 'b' }] }],
    },
  ),
  same(
    'deleteRecords',
    [0, 1],
    apis.DeleteRecords,
    { topics: [{ topic: 't', partitions: [{ partition: 0, offset: '17' }] }], timeout: 7 },
    {
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, offset: 17 }] }],
      timeoutMs: 7,
    },
  ),
];

describe.each(sameRequests)('request of $folder', ({ folder, versions, api, theirs, ours }) => {
  test.each(versions)('version %d', async (version) => {
    const request = requestOf(folder, version, theirs);
    const { buffer } = await frame({ correlationId: 9, clientId: 'me', request });
    expect(request).toMatchObject({ apiKey: api.key, apiVersion: version });
    const written = encodeRequest(api, version, 9, 'me', ours);
    expect(written.toString('hex')).toBe(buffer.toString('hex'));
  });
});

test.each([3, 4, 5, 6, 7])('a Produce of kafkajs at version %d is read', async (version) => {
  const messages = [{ key: 'k', value: 'hello', timestamp: 1 }];
  const request = requestOf('produce', version, {
    acks: -1,
    timeout: 30_000,
    topicData: [{ topic: 'orders', partitions: [{ partition: 2, messages }] }],
  });
  const { buffer } = await frame({ correlationId: 9, clientId: 'me', request });
  const { header, body } = readRequest(buffer.subarray(4));
  const read = apis.Produce.request(version).read(body);
  expect(body.remaining).toBe(0);
  const { index, records } = read.topicData[0]!.partitionData[0]!;
  expect([read.acks, read.timeoutMs, index]).toEqual([-1, 30_000, 2]);
  expect(records![0]![16]).toBe(2); // magic
  expect(records![0]!.buffer).toBe(buffer.buffer);
  expect(encodeRequest(apis.Produce, version, 9, header.clientId, read)).toEqual(buffer);
});

describe('kafkajs reads our response of', () => {
  function body<A extends Api<unknown, unknown>>(
    api: A,
    version: number,
    value: Partial<Response<A>>,
  ): Buffer {
    const zero = api.responseType.zero as object;
    return Buffer.concat(encodeResponse(api, version, 1, { ...zero, ...value })).subarray(8);
  }

  test.each([3, 4, 5, 6, 7])('Produce v%d', async (version) => {
    const entry = {
      ...{ index: 2, errorCode: 0, baseOffset: 41, logAppendTimeMs: -1, logStartOffset: 7 },
      ...{ recordErrors: [], errorMessage: null, currentLeader: null },
    };
    const bytes = body(apis.Produce, version, {
      responses: [{ name: 'orders', topicId, partitionResponses: [entry] }],
    });
    const read = await decodeAsKafkajs('produce', version, bytes);
    expect(read).toMatchObject({
      topics: [
        {
          topicName: 'orders',
          partitions: [{ partition: 2, errorCode: 0, baseOffset: '41', logAppendTime: '-1' }],
        },
      ],
    });
    if (version >= 5) expect(JSON.stringify(read)).toContain('"logStartOffset":"7"');
  });

  test.each([1, 2, 3, 4, 5, 6])('Metadata v%d', async (version) => {
    const bytes = body(apis.Metadata, version, {
      brokers: [{ nodeId: 1, host: 'localhost', port: 9092, rack: null }],
      clusterId: 'cluster',
      controllerId: 1,
      topics: [
        {
          ...{ errorCode: 0, name: 't', topicId, isInternal: true, topicAuthorizedOperations: 0 },
          partitions: [
            {
              ...{ errorCode: 0, partitionIndex: 4, leaderId: 1, leaderEpoch: 3 },
              ...{ replicaNodes: [1, 2], isrNodes: [1], offlineReplicas: [2] },
            },
          ],
        },
      ],
    });
    expect(await decodeAsKafkajs('metadata', version, bytes)).toMatchObject({
      brokers: [{ nodeId: 1, host: 'localhost', port: 9092 }],
      controllerId: 1,
      topicMetadata: [
        {
          topic: 't',
          isInternal: true,
          partitionMetadata: [{ partitionId: 4, leader: 1, replicas: [1, 2], isr: [1] }],
        },
      ],
    });
  });

  test('ApiVersions v2', async () => {
    const apiKeys = [{ apiKey: 3, minVersion: 0, maxVersion: 13 }];
    const bytes = body(apis.ApiVersions, 2, { apiKeys, throttleTimeMs: 5 });
    expect(await decodeAsKafkajs('apiVersions', 2, bytes)).toMatchObject({
      apiVersions: apiKeys,
      clientSideThrottleTime: 5,
    });
  });

  test('ListOffsets v3', async () => {
    const entry = { partitionIndex: 1, errorCode: 0, timestamp: -1, offset: 9, leaderEpoch: 2 };
    const bytes = body(apis.ListOffsets, 3, { topics: [{ name: 't', partitions: [entry] }] });
    expect(await decodeAsKafkajs('listOffsets', 3, bytes)).toMatchObject({
      responses: [{ topic: 't', partitions: [{ partition: 1, timestamp: '-1', offset: '9' }] }],
    });
  });
});
