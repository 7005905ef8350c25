import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batch } from '../harness/batch.ts';
import { fetchMany, type Wanted, wanted } from '../harness/fetching.ts';
import { listOffsets, place } from '../harness/list-offsets.ts';
import { offsetForLeaderEpoch } from '../harness/offset-for-leader-epoch.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const t = Date.now() - 60_000;
let topic: Topic;
let first: number;
let second: number;
let third: number;

const at = (...times: readonly number[]) =>
  batch(times.map((ms) => ({ value: `at ${ms}`, timestamp: t + ms })));

/** Until this broker leads, says so itself, and serves. */
async function untilLeads(brokerId: number): Promise<void> {
  await until(`${brokerId} leads`, async () => {
    return (await topic.leader(0, brokerId)) === brokerId ? true : undefined;
  });
  await until('it serves', async () => {
    const { error } = await listOffsets(cluster(), topic, place.latest, { brokerId });
    return error === 'NONE' ? true : undefined;
  });
}

async function fetchAt(partition: Wanted, brokerId: number) {
  const reply = await fetchMany(cluster(), [wanted(topic, partition)], {}, brokerId);
  return { entry: reply.entries[0]!, nodeEndpoints: reply.nodeEndpoints };
}

/** Offsets 0 to 2 are of epoch 0; its leader crashes; offsets 3 and 4 are of epoch 1. */
beforeAll(async () => {
  [third, second, first] = cluster().brokerIds as [number, number, number];
  topic = await cluster().topic({ replicas: [[first, second, third]] });
  await topic.produce(at(10, 20, 30));
  await cluster().control.crash(first);
  await untilLeads(second);
  expect(await topic.produce(at(40, 50), { brokerId: second })).toMatchObject({ error: 'NONE' });
});

afterAll(async () => {
  await cluster().control.restart(first);
});

describe('where an epoch ended', () => {
  test.each([2, 3, 4])('version %d: the old one ends where the new one starts', async (version) => {
    const options = { version, brokerId: second };
    expect(await offsetForLeaderEpoch(cluster(), topic, 0, options)).toMatchObject({
      error: 'NONE',
      leaderEpoch: 0,
      endOffset: 3,
    });
  });

  test('the new one ends at the end of the log', async () => {
    const options = { brokerId: second, currentLeaderEpoch: 1 };
    expect(await offsetForLeaderEpoch(cluster(), topic, 1, options)).toMatchObject({
      error: 'NONE',
      leaderEpoch: 1,
      endOffset: 5,
    });
  });

  test('one that has not been is undefined', async () => {
    const options = { brokerId: second };
    expect(await offsetForLeaderEpoch(cluster(), topic, 2, options)).toMatchObject({
      error: 'NONE',
      leaderEpoch: -1,
      endOffset: -1,
    });
  });

  test('the old one as current is FENCED_LEADER_EPOCH', async () => {
    const options = { brokerId: second, currentLeaderEpoch: 0 };
    expect(await offsetForLeaderEpoch(cluster(), topic, 0, options)).toMatchObject({
      error: 'FENCED_LEADER_EPOCH',
      leaderEpoch: -1,
      endOffset: -1,
    });
  });
});

describe('a fetch', () => {
  test('with the old epoch is FENCED_LEADER_EPOCH, and told who leads', async () => {
    const { entry, nodeEndpoints } = await fetchAt({ currentLeaderEpoch: 0 }, second);
    expect(entry).toMatchObject({
      error: 'FENCED_LEADER_EPOCH',
      highWatermark: -1,
      values: [],
      currentLeader: { leaderId: second, leaderEpoch: 1 },
    });
    expect(nodeEndpoints).toMatchObject([{ nodeId: second, ...cluster().address(second) }]);
  });

  test('with the new epoch brings batches of both', async () => {
    const { entry } = await fetchAt({ currentLeaderEpoch: 1 }, second);
    expect(entry.batches.map((one) => [one.baseOffset, one.partitionLeaderEpoch])).toEqual([
      [0, 0],
      [3, 1],
    ]);
  });

  test('of a reader that read on in the old epoch diverges at its end', async () => {
    const { entry } = await fetchAt({ offset: 4, lastFetchedEpoch: 0 }, second);
    expect(entry).toMatchObject({
      error: 'NONE',
      divergingEpoch: { epoch: 0, endOffset: 3 },
      values: [],
    });
  });

  test('of a reader that read the old epoch to its end goes on', async () => {
    const { entry } = await fetchAt({ offset: 3, lastFetchedEpoch: 0 }, second);
    expect(entry).toMatchObject({
      error: 'NONE',
      divergingEpoch: null,
      values: ['at 40', 'at 50'],
    });
  });
});

describe('ListOffsets', () => {
  const list = (timestamp: number, currentLeaderEpoch = -1) =>
    listOffsets(cluster(), topic, timestamp, { brokerId: second, currentLeaderEpoch });

  test('latest is of the new epoch, earliest of the old one', async () => {
    expect(await list(place.latest)).toMatchObject({ offset: 5, leaderEpoch: 1 });
    expect(await list(place.earliest)).toMatchObject({ offset: 0, leaderEpoch: 0 });
  });

  test('a record found by its time has the epoch it was written in', async () => {
    expect(await list(t + 20)).toMatchObject({ offset: 1, leaderEpoch: 0 });
    expect(await list(t + 35)).toMatchObject({ offset: 3, leaderEpoch: 1 });
    expect(await list(place.maxTimestamp)).toMatchObject({ offset: 4, leaderEpoch: 1 });
  });

  test('with the old epoch is FENCED_LEADER_EPOCH', async () => {
    expect(await list(place.latest, 0)).toMatchObject({
      error: 'FENCED_LEADER_EPOCH',
      offset: -1,
      leaderEpoch: -1,
    });
  });
});

describe('the old leader comes back', () => {
  beforeAll(async () => {
    await cluster().control.restart(first);
    await topic.untilInSync([first, second, third], 0, second);
  });

  test('it follows: the leader and its epoch stay', async () => {
    const { partitions } = await topic.describe(second);
    expect(partitions).toMatchObject([{ leaderId: second, leaderEpoch: 1, offlineReplicas: [] }]);
  });

  test('it has caught up and serves readers of its own copy', async () => {
    const entry = await until('the follower knows the high watermark', async () => {
      const found = (await fetchAt({ currentLeaderEpoch: 1 }, first)).entry;
      return found.highWatermark === 5 ? found : undefined;
    });
    expect(entry.batches.map((one) => one.partitionLeaderEpoch)).toEqual([0, 1]);
    expect(entry.values).toEqual(['at 10', 'at 20', 'at 30', 'at 40', 'at 50']);
  });

  test('it takes over again in a third epoch, with everything that was written', async () => {
    await cluster().control.crash(second);
    await untilLeads(first);
    await topic.produce(at(60), { brokerId: first });
    const { entry } = await fetchAt({ currentLeaderEpoch: 2 }, first);
    expect(entry.batches.map((one) => [one.baseOffset, one.partitionLeaderEpoch])).toEqual([
      [0, 0],
      [3, 1],
      [5, 2],
    ]);
    for (const [epoch, endOffset] of [
      [0, 3],
      [1, 5],
      [2, 6],
    ] as const) {
      const reply = await offsetForLeaderEpoch(cluster(), topic, epoch, { brokerId: first });
      expect(reply, `epoch ${epoch}`).toMatchObject({ leaderEpoch: epoch, endOffset });
    }
    await cluster().control.restart(second);
    await topic.untilInSync([first, second, third], 0, first);
  });
});
