import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batch } from '../harness/batch.ts';
import { deleteRecords } from '../harness/delete-records.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import { listOffsets, place } from '../harness/list-offsets.ts';
import { offsetForLeaderEpoch } from '../harness/offset-for-leader-epoch.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const t = Date.now() - 60_000;
let topic: Topic;
let leader: number;
let follower: number;
let crashed: number;

const at = (...times: readonly number[]) =>
  batch(times.map((ms) => ({ value: `at ${ms}`, timestamp: t + ms })));

/**
 * Offset 0 is committed. Then fewer than min.insync.replicas are in sync, and offsets 1 and 2 are
 * written with acks=1: they are in the log, above the high watermark.
 */
beforeAll(async () => {
  [leader, follower, crashed] = cluster().brokerIds as [number, number, number];
  topic = await cluster().topic({
    replicas: [0, 1].map(() => [leader, follower, crashed]),
    configs: { 'min.insync.replicas': '3' },
  });
  await topic.produce(at(10));
  await cluster().control.crash(crashed);
  await until('the leader knows that too few are in sync', async () => {
    // in the other partition: this one is to stay as it is
    const { error } = await topic.produce(at(99), { partition: 1, timeoutMs: 100 });
    return error === 'NOT_ENOUGH_REPLICAS' ? true : undefined;
  });
  await topic.untilInSync([leader, follower], 0, leader);
  expect(await topic.produce(at(30, 20), { acks: 1 })).toMatchObject({ baseOffset: 1 });
});

afterAll(async () => {
  await cluster().control.restart(crashed);
});

describe('what is written but not committed', () => {
  test.each([1, 2, 3])('a fetch at %d, up to the end of the log, is empty', async (offset) => {
    expect(await topic.fetch({ offset })).toMatchObject({
      error: 'NONE',
      highWatermark: 1,
      lastStableOffset: 1,
      batches: [],
    });
  });

  test('a fetch above the end of the log is OFFSET_OUT_OF_RANGE', async () => {
    expect(await topic.fetch({ offset: 4 })).toMatchObject({ error: 'OFFSET_OUT_OF_RANGE' });
  });

  test('a fetch from below stops at the high watermark', async () => {
    const { batches } = await topic.fetch();
    expect(batches.map(({ baseOffset, count }) => [baseOffset, count])).toEqual([[0, 1]]);
  });

  test('a fetch at it waits', async () => {
    const started = performance.now();
    expect(await topic.fetch({ offset: 1, maxWaitMs: 300 })).toMatchObject({ batches: [] });
    expect(performance.now() - started).toBeGreaterThan(290);
  });

  test('ListOffsets: latest is the high watermark', async () => {
    expect(await listOffsets(cluster(), topic, place.latest)).toMatchObject({
      error: 'NONE',
      offset: 1,
    });
  });

  test('ListOffsets: a record is not found by its time', async () => {
    expect(await listOffsets(cluster(), topic, t + 15)).toMatchObject({
      error: 'NONE',
      offset: -1,
      timestamp: -1,
    });
  });

  test('ListOffsets: where it has the greatest timestamp, there is none', async () => {
    expect(await listOffsets(cluster(), topic, place.maxTimestamp)).toMatchObject({
      error: 'NONE',
      offset: -1,
      timestamp: -1,
    });
  });

  test('the end of its epoch is the end of the log', async () => {
    expect(await offsetForLeaderEpoch(cluster(), topic, 0)).toMatchObject({
      error: 'NONE',
      endOffset: 3,
    });
  });

  test('DeleteRecords does not reach it: OFFSET_OUT_OF_RANGE', async () => {
    expect(await deleteRecords(cluster(), topic, 2)).toMatchObject({
      error: 'OFFSET_OUT_OF_RANGE',
    });
  });

  test('a follower does not show it either', async () => {
    const reply = await until('the follower knows the high watermark', async () => {
      const found = await topic.fetch({ brokerId: follower });
      return found.highWatermark > 0 ? found : undefined;
    });
    expect(reply).toMatchObject({ error: 'NONE', highWatermark: 1 });
    expect(reply.batches).toHaveLength(1);
  });

  test('DeleteRecords with -1 reaches up to the high watermark', async () => {
    expect(await deleteRecords(cluster(), topic, -1)).toMatchObject({
      error: 'NONE',
      lowWatermark: 1,
    });
  });

  test('a waiting fetch is woken when it is committed at last', async () => {
    const connection = await cluster().connect(leader);
    const topics = [wanted(topic, { offset: 1 })];
    const waiting = fetchMany(connection, topics, { maxWaitMs: 120_000 });
    await cluster().control.restart(crashed);
    expect((await waiting).entries).toMatchObject([{ error: 'NONE', values: ['at 30', 'at 20'] }]);
    await topic.untilInSync([leader, follower, crashed], 0, leader);
  });
});
