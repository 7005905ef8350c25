import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { errorName } from '../harness/error-name.ts';
import { listOffsets, place } from '../harness/list-offsets.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const unknown = { timestamp: -1, offset: -1, leaderEpoch: -1 };

/** Asks for the latest offset of partitions of any name. */
async function ask(name: string, partitions: readonly number[], brokerId?: number) {
  const reply = await cluster().request(
    apis.ListOffsets,
    11,
    {
      replicaId: -1,
      topics: [
        {
          name,
          partitions: partitions.map((partitionIndex) => ({
            partitionIndex,
            timestamp: place.latest,
            currentLeaderEpoch: -1,
          })),
        },
      ],
    },
    brokerId,
  );
  return reply.topics.map((topic) => ({
    name: topic.name,
    partitions: topic.partitions.map(({ errorCode, ...rest }) => ({
      error: errorName(errorCode),
      ...rest,
    })),
  }));
}

test('an unknown topic is UNKNOWN_TOPIC_OR_PARTITION', async () => {
  const name = 'conformance-no-such-topic';
  expect(await ask(name, [0])).toMatchObject([
    { name, partitions: [{ partitionIndex: 0, error: 'UNKNOWN_TOPIC_OR_PARTITION', ...unknown }] },
  ]);
});

test('an unknown partition is UNKNOWN_TOPIC_OR_PARTITION; the others are answered', async () => {
  const topic = await cluster().topic();
  const [entry] = await ask(topic.name, [0, 1], await topic.leader());
  expect(entry!.partitions).toHaveLength(2);
  expect(entry!.partitions).toContainEqual({
    partitionIndex: 1,
    error: 'UNKNOWN_TOPIC_OR_PARTITION',
    ...unknown,
  });
  expect(entry!.partitions).toContainEqual({
    partitionIndex: 0,
    error: 'NONE',
    timestamp: -1,
    offset: 0,
    leaderEpoch: 0,
  });
});

test('a partition named twice is INVALID_REQUEST once; the others are answered', async () => {
  const brokerId = cluster().brokerIds[0]!;
  const topic = await cluster().topic({ replicas: [[brokerId], [brokerId]] });
  const [entry] = await ask(topic.name, [0, 1, 0], brokerId);
  const answers = entry!.partitions.map(({ partitionIndex, error }) => [partitionIndex, error]);
  expect(answers.sort()).toEqual([
    [0, 'INVALID_REQUEST'],
    [1, 'NONE'],
  ]);
});

test('no topics at all: an empty reply', async () => {
  const reply = await cluster().request(apis.ListOffsets, 11, { replicaId: -1, topics: [] });
  expect(reply).toMatchObject({ throttleTimeMs: 0, topics: [] });
});

describe('a broker that does not lead the partition', () => {
  test('a follower is NOT_LEADER_OR_FOLLOWER', async () => {
    const topic = await cluster().topic({ replicationFactor: 3 });
    const brokerId = await topic.notLeader();
    const reply = await listOffsets(cluster(), topic, place.latest, { brokerId });
    expect(reply).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER', ...unknown });
  });

  test('a broker without a replica is NOT_LEADER_OR_FOLLOWER', async () => {
    const topic = await cluster().topic();
    const brokerId = await topic.notLeader();
    const reply = await listOffsets(cluster(), topic, place.earliest, { brokerId });
    expect(reply).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER', ...unknown });
  });

  test('the debugging replica id -2 may ask a follower', async () => {
    const topic = await cluster().topic({ replicationFactor: 3 });
    await topic.produce(values('a'));
    const options = { brokerId: await topic.notLeader(), replicaId: -2 };
    const reply = await listOffsets(cluster(), topic, place.earliest, options);
    expect(reply).toMatchObject({ error: 'NONE', offset: 0 });
  });
});

describe('current leader epoch', () => {
  test('the right one is accepted', async () => {
    const topic = await cluster().topic();
    const reply = await listOffsets(cluster(), topic, place.latest, { currentLeaderEpoch: 0 });
    expect(reply).toMatchObject({ error: 'NONE', offset: 0 });
  });

  test.each([4, 7, 11])('version %d: a newer one is UNKNOWN_LEADER_EPOCH', async (version) => {
    const topic = await cluster().topic();
    const options = { version, currentLeaderEpoch: 3 };
    const reply = await listOffsets(cluster(), topic, place.latest, options);
    expect(reply).toMatchObject({ error: 'UNKNOWN_LEADER_EPOCH', ...unknown });
  });

  test('is checked before the place is looked at', async () => {
    const topic = await cluster().topic();
    const options = { currentLeaderEpoch: 3 };
    const reply = await listOffsets(cluster(), topic, -100, options);
    expect(reply).toMatchObject({ error: expect.stringMatching(/^UN/) });
  });
});
