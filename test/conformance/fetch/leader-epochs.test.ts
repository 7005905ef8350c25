import { describe, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { fetchMany, type Wanted, wanted } from '../harness/fetching.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

/** Three records of epoch 0, fetched as told. */
async function fetchWith(
  partition: Wanted,
  options: { version?: number; fromFollower?: true } = {},
) {
  const topic = await cluster().topic({ replicationFactor: 3 });
  await topic.produce(values('a', 'b', 'c'));
  const { version, fromFollower } = options;
  const leaderId = await topic.leader();
  const brokerId = fromFollower ? await topic.notLeader() : leaderId;
  const topics = [wanted(topic, partition)];
  const reply = await fetchMany(cluster(), topics, version ? { version } : {}, brokerId);
  return { leaderId, entry: reply.entries[0]!, nodeEndpoints: reply.nodeEndpoints };
}

describe('current leader epoch', () => {
  test('the right one is accepted', async () => {
    const { entry } = await fetchWith({ currentLeaderEpoch: 0 });
    expect(entry).toMatchObject({ error: 'NONE', values: ['a', 'b', 'c'] });
  });

  test.each([9, 12, 18])('version %d: a newer one is UNKNOWN_LEADER_EPOCH', async (version) => {
    const { entry, nodeEndpoints } = await fetchWith({ currentLeaderEpoch: 5 }, { version });
    expect(entry).toMatchObject({
      error: 'UNKNOWN_LEADER_EPOCH',
      highWatermark: -1,
      lastStableOffset: -1,
      logStartOffset: -1,
      values: [],
      currentLeader: null,
    });
    expect(nodeEndpoints).toEqual([]);
  });

  test('a follower checks it as well', async () => {
    const { entry } = await fetchWith({ currentLeaderEpoch: 5 }, { fromFollower: true });
    expect(entry).toMatchObject({ error: 'UNKNOWN_LEADER_EPOCH' });
  });

  test('it is checked before the offset', async () => {
    const { entry } = await fetchWith({ currentLeaderEpoch: 5, offset: 99 });
    expect(entry).toMatchObject({ error: 'UNKNOWN_LEADER_EPOCH' });
  });
});

describe('last fetched epoch', () => {
  test('the epoch of the log at that offset is no divergence', async () => {
    const { entry } = await fetchWith({ offset: 2, lastFetchedEpoch: 0 });
    expect(entry).toMatchObject({ error: 'NONE', divergingEpoch: null, values: ['a', 'b', 'c'] });
  });

  test('an offset past the end of that epoch diverges there: no error, no records', async () => {
    const { entry } = await fetchWith({ offset: 7, lastFetchedEpoch: 0 });
    expect(entry).toMatchObject({
      error: 'NONE',
      divergingEpoch: { epoch: 0, endOffset: 3 },
      values: [],
      highWatermark: 3,
    });
  });

  test('an epoch that never was is OFFSET_OUT_OF_RANGE', async () => {
    const { entry } = await fetchWith({ offset: 1, lastFetchedEpoch: 9 });
    expect(entry).toMatchObject({ error: 'OFFSET_OUT_OF_RANGE', divergingEpoch: null });
  });

  test('divergence is answered at once, however long the request would wait', async () => {
    const topic = await cluster().topic();
    const topics = [wanted(topic, { offset: 7, lastFetchedEpoch: 0 })];
    const options = { maxWaitMs: 60_000, minBytes: 1_000_000 };
    const { entries } = await fetchMany(cluster(), topics, options, await topic.leader());
    expect(entries).toMatchObject([{ error: 'NONE' }]);
    expect(entries[0]!.divergingEpoch).not.toBeNull();
  });
});
