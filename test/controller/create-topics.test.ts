import { expect, test } from 'vitest';
import { replay } from '../../src/controller/cluster-metadata.ts';
import { createTopics } from '../../src/controller/create-topics.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { brokers, clusterOf, contextOf, topic } from './make.ts';

const metadata = clusterOf(...brokers(3), ...topic('there', [1]), ...topic('a.b', [1]));

interface Wanted {
  readonly name: string;
  readonly numPartitions?: number;
  readonly replicationFactor?: number;
  readonly assignments?: readonly { partitionIndex: number; brokerIds: number[] }[];
  readonly configs?: readonly { name: string; value: string | null }[];
}

const create = (topics: readonly Wanted[], image = metadata, validateOnly = false) =>
  createTopics(contextOf(image), {
    topics: topics.map((wanted) => ({
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [],
      configs: [],
      ...wanted,
    })),
    timeoutMs: 1000,
    validateOnly,
  });

const errorOf = (wanted: Wanted, image = metadata) =>
  create([wanted], image).response.topics[0]?.errorCode;

test('topics of one request stand for themselves: one is refused, the others are made', () => {
  const { records, response } = create([
    { name: 'one', numPartitions: 2, replicationFactor: 3 },
    { name: 'there' },
    { name: 'two' },
  ]);
  const errors = response.topics.map(({ name, errorCode }) => [name, errorCode]);
  expect(errors).toEqual([
    ['one', ErrorCode.NONE],
    ['there', ErrorCode.TOPIC_ALREADY_EXISTS],
    ['two', ErrorCode.NONE],
  ]);
  const after = replay(metadata, records);
  const { partitions, topicId } = after.topicsByName.get('one')!;
  expect(partitions).toHaveLength(2);
  for (const { replicas, isr, leader } of partitions) {
    expect(isr).toEqual(replicas);
    expect(leader).toBe(replicas[0]);
    expect([...replicas].sort()).toEqual([1, 2, 3]);
  }
  expect(response.topics[0]).toMatchObject({ topicId, numPartitions: 2, replicationFactor: 3 });
  expect(after.topicsByName.get('two')!.topicId).not.toBe(topicId);
});

test('asking only whether it would do answers the same and makes nothing', () => {
  const { records, response } = create([{ name: 'one' }], metadata, true);
  expect(response.topics[0]).toMatchObject({ errorCode: ErrorCode.NONE, numPartitions: 1 });
  expect(records).toEqual([]);
});

test('each mistake has its error', () => {
  const assigned = (...lists: number[][]) =>
    lists.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }));
  expect(errorOf({ name: '' })).toBe(ErrorCode.INVALID_TOPIC_EXCEPTION);
  expect(errorOf({ name: 'a_b' })).toBe(ErrorCode.INVALID_TOPIC_EXCEPTION);
  expect(errorOf({ name: 'x', numPartitions: 0 })).toBe(ErrorCode.INVALID_PARTITIONS);
  expect(errorOf({ name: 'x', replicationFactor: 0 })).toBe(ErrorCode.INVALID_REPLICATION_FACTOR);
  expect(errorOf({ name: 'x', replicationFactor: 4 })).toBe(ErrorCode.INVALID_REPLICATION_FACTOR);
  const both = { name: 'x', numPartitions: 1, assignments: assigned([1]) };
  expect(errorOf(both)).toBe(ErrorCode.INVALID_REQUEST);
  for (const wrong of [assigned([4]), assigned([1, 1]), assigned([1], [1, 2]), assigned([])]) {
    const error = errorOf({ name: 'x', assignments: wrong });
    expect(error, JSON.stringify(wrong)).toBe(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
  }
  const configs = [{ name: 'no.such.config', value: '1' }];
  expect(errorOf({ name: 'x', configs })).toBe(ErrorCode.INVALID_CONFIG);
});

test('of a broker that is fenced a replica is placed by hand only, and it is not in sync', () => {
  const image = replay(metadata, [
    { type: 'broker-registration-change', brokerId: 1, fenced: true },
  ]);
  const byHand = [{ partitionIndex: 0, brokerIds: [1, 2] }];
  const { records } = create([{ name: 'x', assignments: byHand }], image);
  const { partitions } = replay(image, records).topicsByName.get('x')!;
  expect(partitions[0]).toMatchObject({ replicas: [1, 2], isr: [2], leader: 2 });
  const alone = [{ partitionIndex: 0, brokerIds: [1] }];
  expect(errorOf({ name: 'x', assignments: alone }, image)).toBe(
    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
  );
});
