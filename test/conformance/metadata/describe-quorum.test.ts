import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

const metadataTopic = { topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] };

const ask = (version: number, topics: object[], brokerId?: number) =>
  cluster().request(apis.DescribeQuorum, version, { topics }, brokerId);

test.each([0, 1, 2])('version %i: who leads, and how far everyone is', async (version) => {
  const { errorCode, topics, nodes } = await ask(version, [metadataTopic]);
  expect(errorName(errorCode)).toBe('NONE');
  const [partition] = topics[0]!.partitions;
  const { leaderId, currentVoters, highWatermark } = partition!;
  expect(partition).toMatchObject({ errorCode: 0, errorMessage: '' });
  expect(topics[0]).toMatchObject({ topicName: '__cluster_metadata' });
  expect(highWatermark).toBeGreaterThan(0);
  const voterIds = currentVoters.map(({ replicaId }) => replicaId);
  expect(voterIds).toContain(leaderId);
  const leader = currentVoters.find(({ replicaId }) => replicaId === leaderId)!;
  expect(leader.logEndOffset).toBeGreaterThanOrEqual(highWatermark);
  expect(leader.lastFetchTimestamp > 0).toBe(version > 0);
  expect(leader.lastCaughtUpTimestamp).toBe(leader.lastFetchTimestamp);
  expect(leader.replicaDirectoryId).toBe('AAAAAAAAAAAAAAAAAAAAAA');
  const nodeIds = nodes.map(({ nodeId }) => nodeId);
  expect([...nodeIds].sort()).toEqual(version < 2 ? [] : [...voterIds].sort());
});

test('every broker answers, for the controller', async () => {
  const leaders = await Promise.all(
    cluster().brokerIds.map(async (brokerId) => {
      const { topics } = await ask(2, [metadataTopic], brokerId);
      return topics[0]!.partitions[0]!.leaderId;
    }),
  );
  expect(new Set(leaders).size).toBe(1);
});

test.each([
  ['another topic', [{ topicName: 'orders', partitions: [{ partitionIndex: 0 }] }]],
  ['another partition', [{ ...metadataTopic, partitions: [{ partitionIndex: 1 }] }]],
  ['more than the one', [metadataTopic, { topicName: 'x', partitions: [{ partitionIndex: 0 }] }]],
])('%s is unknown', async (_what, topics) => {
  const reply = await ask(2, topics);
  expect(reply).toMatchObject({ errorCode: 0, errorMessage: '', nodes: [] });
  for (const { partitions } of reply.topics) {
    for (const partition of partitions) {
      expect(partition).toEqual({
        ...{ partitionIndex: partition.partitionIndex, errorCode: 3 },
        errorMessage: 'This server does not host this topic-partition.',
        ...{ leaderId: 0, leaderEpoch: 0, highWatermark: 0, currentVoters: [], observers: [] },
      });
    }
  }
});

test('nothing asked', async () => {
  expect(await ask(2, [])).toMatchObject({ errorCode: 0, topics: [], nodes: [] });
});

test.each([1, 2])('version %i: the brokers look on', async (version) => {
  const { topics } = await ask(version, [metadataTopic]);
  const { currentVoters, observers, leaderId } = topics[0]!.partitions[0]!;
  const leader = currentVoters.find(({ replicaId }) => replicaId === leaderId)!;
  const ids = observers.map(({ replicaId }) => replicaId).sort();
  expect(ids).toEqual(cluster().brokerIds);
  for (const observer of observers) {
    expect(observer.logEndOffset).toBeGreaterThan(0);
    expect(observer.logEndOffset).toBeLessThanOrEqual(leader.logEndOffset);
    expect(observer.lastFetchTimestamp).toBeGreaterThan(0);
    expect(observer.lastCaughtUpTimestamp).toBeGreaterThan(0);
    expect(observer.lastCaughtUpTimestamp).toBeLessThanOrEqual(observer.lastFetchTimestamp);
  }
});

test('its epoch and its leader are those of the last election, until the next', async () => {
  const [one, two] = [await ask(2, [metadataTopic]), await ask(2, [metadataTopic])];
  const shown = [one, two].map(({ topics }) => topics[0]!.partitions[0]!);
  expect(shown[0]!.leaderEpoch).toBeGreaterThan(0);
  expect(shown[1]).toMatchObject({
    leaderEpoch: shown[0]!.leaderEpoch,
    leaderId: shown[0]!.leaderId,
  });
  expect(shown[1]!.highWatermark).toBeGreaterThanOrEqual(shown[0]!.highWatermark);
});
