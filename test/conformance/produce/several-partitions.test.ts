import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { batch, values } from '../harness/batch.ts';
import { errorName } from '../harness/error-name.ts';
import type { Topic } from '../harness/topic.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

interface Part {
  readonly topic: Topic;
  readonly index: number;
  readonly records: Uint8Array;
}

/** One request with these partitions in this order, one entry of a topic each. */
async function produceAll(parts: readonly Part[], brokerId: number, version = 13) {
  const reply = await cluster().request(
    apis.Produce,
    version,
    {
      transactionalId: null,
      acks: -1,
      timeoutMs: 30_000,
      topicData: parts.map(({ topic, index, records }) => ({
        name: topic.name,
        topicId: topic.id,
        partitionData: [{ index, records: [records] }],
      })),
    },
    brokerId,
  );
  return reply.responses.flatMap(({ topicId, name, partitionResponses }) =>
    partitionResponses.map(({ index, errorCode, baseOffset }) => ({
      topic: version >= 13 ? topicId : name,
      index,
      error: errorName(errorCode),
      baseOffset,
    })),
  );
}

/** A topic whose every partition is led by the first broker. */
async function topicOnOneBroker(partitions: number) {
  const brokerId = cluster().brokerIds[0]!;
  const topic = await cluster().topic({
    replicas: Array.from({ length: partitions }, () => [brokerId]),
  });
  return { topic, brokerId };
}

function byIndex<T extends { index: number }>(results: readonly T[]): T[] {
  return [...results].sort((one, other) => one.index - other.index);
}

describe('several partitions in one request', () => {
  test('each is written and answered', async () => {
    const { topic, brokerId } = await topicOnOneBroker(3);
    const parts = [2, 0, 1].map((index) => ({ topic, index, records: values(`${index}`) }));
    expect(byIndex(await produceAll(parts, brokerId))).toMatchObject([
      { index: 0, error: 'NONE', baseOffset: 0 },
      { index: 1, error: 'NONE', baseOffset: 0 },
      { index: 2, error: 'NONE', baseOffset: 0 },
    ]);
    expect(await topic.records(2)).toMatchObject([{ value: '2' }]);
  });

  test('partitions of one topic are answered under one entry', async () => {
    const { topic, brokerId } = await topicOnOneBroker(2);
    const reply = await cluster().request(
      apis.Produce,
      13,
      {
        transactionalId: null,
        acks: 1,
        timeoutMs: 30_000,
        topicData: [0, 1].map((index) => ({
          topicId: topic.id,
          partitionData: [{ index, records: [values('a')] }],
        })),
      },
      brokerId,
    );
    expect(reply.responses).toHaveLength(1);
    expect(reply.responses[0]!.partitionResponses).toHaveLength(2);
  });

  test('each has its own result: a wrong batch does not keep the others out', async () => {
    const { topic, brokerId } = await topicOnOneBroker(4);
    const results = await produceAll(
      [
        { topic, index: 0, records: values('a') },
        { topic, index: 1, records: batch([{ value: 'a' }], { crc: 1 }) },
        { topic, index: 2, records: Buffer.concat([values('a'), values('b')]) },
        { topic, index: 3, records: values('a') },
        { topic, index: 9, records: values('a') },
      ],
      brokerId,
    );
    expect(byIndex(results)).toMatchObject([
      { index: 0, error: 'NONE', baseOffset: 0 },
      { index: 1, error: 'CORRUPT_MESSAGE', baseOffset: -1 },
      { index: 2, error: 'INVALID_RECORD', baseOffset: -1 },
      { index: 3, error: 'NONE', baseOffset: 0 },
      { index: 9, error: 'UNKNOWN_TOPIC_OR_PARTITION', baseOffset: -1 },
    ]);
  });

  test('a leader writes its own and refuses the others', async () => {
    const [first, second] = cluster().brokerIds;
    const topic = await cluster().topic({ replicas: [[first!], [second!]] });
    const parts = [0, 1].map((index) => ({ topic, index, records: values('a') }));
    expect(byIndex(await produceAll(parts, first!))).toMatchObject([
      { index: 0, error: 'NONE' },
      { index: 1, error: 'NOT_LEADER_OR_FOLLOWER' },
    ]);
  });

  test('the hint names every other leader once', async () => {
    const [first, second, third] = cluster().brokerIds as [number, number, number];
    const topic = await cluster().topic({ replicas: [[second], [second], [third]] });
    const reply = await cluster().request(
      apis.Produce,
      13,
      {
        transactionalId: null,
        acks: 1,
        timeoutMs: 30_000,
        topicData: [
          {
            topicId: topic.id,
            partitionData: [0, 1, 2].map((index) => ({ index, records: [values('a')] })),
          },
        ],
      },
      first,
    );
    expect(reply.nodeEndpoints.map(({ nodeId }) => nodeId).sort()).toEqual([second, third]);
  });

  test('several topics in one request', async () => {
    const { topic, brokerId } = await topicOnOneBroker(1);
    const { topic: other } = await topicOnOneBroker(1);
    const results = await produceAll(
      [
        { topic, index: 0, records: values('a') },
        { topic: other, index: 0, records: values('b') },
      ],
      brokerId,
      12,
    );
    expect(new Set(results.map(({ topic }) => topic))).toEqual(new Set([topic.name, other.name]));
    expect(await topic.records()).toMatchObject([{ value: 'a' }]);
    expect(await other.records()).toMatchObject([{ value: 'b' }]);
  });

  test('no partition at all is answered with nothing', async () => {
    const reply = await cluster().request(apis.Produce, 13, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 30_000,
      topicData: [],
    });
    expect(reply).toMatchObject({ responses: [], throttleTimeMs: 0 });
  });
});

test('of the same partition twice in a request the last one counts', async () => {
  const { topic, brokerId } = await topicOnOneBroker(1);
  const results = await produceAll(
    [
      { topic, index: 0, records: values('first') },
      { topic, index: 0, records: values('second') },
    ],
    brokerId,
  );
  expect(results).toMatchObject([{ index: 0, error: 'NONE', baseOffset: 0 }]);
  expect(await topic.records()).toMatchObject([{ value: 'second' }]);
});
