import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { offsetForLeaderEpoch } from '../harness/offset-for-leader-epoch.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

async function threeRecords(replicationFactor = 1) {
  const topic = await cluster().topic({ replicationFactor });
  await topic.produce(values('a', 'b', 'c'));
  return topic;
}

const undefinedOffset = { leaderEpoch: -1, endOffset: -1 };

describe('the end of an epoch', () => {
  test.each([2, 3, 4])('version %d: of the current one is the end of the log', async (version) => {
    const topic = await threeRecords();
    expect(await offsetForLeaderEpoch(cluster(), topic, 0, { version })).toMatchObject({
      error: 'NONE',
      partition: 0,
      leaderEpoch: 0,
      endOffset: 3,
    });
  });

  test('of the current one in an empty log is 0', async () => {
    const topic = await cluster().topic();
    const reply = await offsetForLeaderEpoch(cluster(), topic, 0);
    expect(reply).toMatchObject({ error: 'NONE', leaderEpoch: 0, endOffset: 0 });
  });

  test('of one that has not been is undefined', async () => {
    const topic = await threeRecords();
    const reply = await offsetForLeaderEpoch(cluster(), topic, 7);
    expect(reply).toMatchObject({ error: 'NONE', ...undefinedOffset });
  });

  test('of epoch -1 is undefined', async () => {
    const topic = await threeRecords();
    const reply = await offsetForLeaderEpoch(cluster(), topic, -1);
    expect(reply).toMatchObject({ error: 'NONE', ...undefinedOffset });
  });
});

describe('errors', () => {
  test('an unknown topic is UNKNOWN_TOPIC_OR_PARTITION', async () => {
    const topic = { name: 'conformance-no-such-topic', leader: async () => undefined };
    const reply = await offsetForLeaderEpoch(cluster(), topic, 0);
    expect(reply).toMatchObject({ error: 'UNKNOWN_TOPIC_OR_PARTITION', ...undefinedOffset });
  });

  test('an unknown partition is UNKNOWN_TOPIC_OR_PARTITION', async () => {
    const topic = await cluster().topic();
    const reply = await offsetForLeaderEpoch(cluster(), topic, 0, { partition: 4 });
    expect(reply).toMatchObject({
      error: 'UNKNOWN_TOPIC_OR_PARTITION',
      partition: 4,
      ...undefinedOffset,
    });
  });

  test('a follower is NOT_LEADER_OR_FOLLOWER', async () => {
    const topic = await threeRecords(3);
    const options = { brokerId: await topic.notLeader() };
    const reply = await offsetForLeaderEpoch(cluster(), topic, 0, options);
    expect(reply).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER', ...undefinedOffset });
  });

  test('a broker without a replica is NOT_LEADER_OR_FOLLOWER', async () => {
    const topic = await threeRecords();
    const options = { brokerId: await topic.notLeader() };
    const reply = await offsetForLeaderEpoch(cluster(), topic, 0, options);
    expect(reply).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER', ...undefinedOffset });
  });

  test('a newer current epoch is UNKNOWN_LEADER_EPOCH', async () => {
    const topic = await threeRecords();
    const options = { currentLeaderEpoch: 1 };
    const reply = await offsetForLeaderEpoch(cluster(), topic, 0, options);
    expect(reply).toMatchObject({ error: 'UNKNOWN_LEADER_EPOCH', ...undefinedOffset });
  });

  test('the right current epoch is accepted', async () => {
    const topic = await threeRecords();
    const options = { currentLeaderEpoch: 0 };
    const reply = await offsetForLeaderEpoch(cluster(), topic, 0, options);
    expect(reply).toMatchObject({ error: 'NONE', endOffset: 3 });
  });
});

test('no topics at all: an empty reply', async () => {
  const reply = await cluster().request(apis.OffsetForLeaderEpoch, 4, { topics: [] });
  expect(reply).toMatchObject({ throttleTimeMs: 0, topics: [] });
});
