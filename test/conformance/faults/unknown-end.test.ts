import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import { listOffsets, place } from '../harness/list-offsets.ts';
import { offsetForLeaderEpoch } from '../harness/offset-for-leader-epoch.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

// KIP-207: a new leader that cannot know yet how much of its log is committed does not say.

const cluster = useCluster();
let first: number;
let second: number;
let third: number;
let topic: Topic;
const down = new Set<number>();

async function crash(brokerId: number): Promise<void> {
  down.add(brokerId);
  await cluster().control.crash(brokerId);
}

async function restart(brokerId: number): Promise<void> {
  await cluster().control.restart(brokerId);
  down.delete(brokerId);
}

/**
 * With two of three in sync offset 1 is written on both and not committed; then the leader goes.
 * Until three are in sync again the new one cannot commit what it began with.
 */
beforeAll(async () => {
  [second, third, first] = cluster().brokerIds as [number, number, number];
  topic = await cluster().topic({
    replicas: [[first, second, third]],
    configs: { 'min.insync.replicas': '3' },
  });
  await topic.produce(values('a'));
  await crash(third);
  await topic.untilInSync([first, second], 0, first);
  expect(await topic.produce(values('b'), { acks: 1 })).toMatchObject({ baseOffset: 1 });
  await until('the follower has it', async () => {
    const reply = await topic.fetch({ brokerId: second, offset: 2 });
    return reply.error === 'NONE' ? true : undefined;
  });
  await crash(first);
  await topic.untilInSync([second], 0, second);
});

afterAll(async () => {
  for (const brokerId of down) await restart(brokerId);
});

const list = (timestamp: number, version?: number) =>
  listOffsets(cluster(), topic, timestamp, {
    brokerId: second,
    ...(version === undefined ? {} : { version }),
  });

describe('before the new leader has committed what it began with', () => {
  test.each([
    [1, 'LEADER_NOT_AVAILABLE'],
    [4, 'LEADER_NOT_AVAILABLE'],
    [5, 'OFFSET_NOT_AVAILABLE'],
    [11, 'OFFSET_NOT_AVAILABLE'],
  ])('ListOffsets %d: the latest is %s', async (version, error) => {
    expect(await list(place.latest, version)).toMatchObject({ error, offset: -1 });
  });

  test('a record is found by its time only below what is known to be committed', async () => {
    expect(await list(0)).toMatchObject({ error: 'NONE', offset: 0 });
    expect(await list(Date.now() + 60_000)).toMatchObject({ error: 'OFFSET_NOT_AVAILABLE' });
  });

  test('the earliest is told, and so is where its epoch ends', async () => {
    expect(await list(place.earliest)).toMatchObject({ error: 'NONE', offset: 0 });
    const end = await offsetForLeaderEpoch(cluster(), topic, 1, { brokerId: second });
    expect(end).toMatchObject({ error: 'NONE', leaderEpoch: 1, endOffset: 2 });
  });

  test('a fetch brings what is committed, and beyond it nothing', async () => {
    for (const [offset, expected] of [
      [0, ['a']],
      [1, []],
      [2, []],
    ] as const) {
      const topics = [wanted(topic, { offset })];
      const { entries } = await fetchMany(cluster(), topics, {}, second);
      expect(entries[0]).toMatchObject({ error: 'NONE', highWatermark: 1, values: expected });
    }
  });
});

test('once enough are in sync again it knows, and nothing was lost', async () => {
  await Promise.all([restart(third), restart(first)]);
  await topic.untilInSync([first, second, third], 0, second);
  const latest = await until('the latest offset is known', async () => {
    const found = await list(place.latest);
    return found.error === 'NONE' && found.offset === 2 ? found : undefined;
  });
  expect(latest).toMatchObject({ leaderEpoch: 1 });
  const { batches } = await topic.fetch({ brokerId: second });
  const epochs = batches.map(({ partitionLeaderEpoch }) => partitionLeaderEpoch);
  expect(epochs).toEqual([0, 0]);
});
