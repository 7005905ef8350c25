import { describe, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const kilobyte = 'x'.repeat(1000);

/** Partitions led by the first broker, each with two batches of one kilobyte. */
async function filled(partitions: number) {
  const brokerId = cluster().brokerIds[0]!;
  const topic = await cluster().topic({
    replicas: Array.from({ length: partitions }, () => [brokerId]),
  });
  for (let partition = 0; partition < partitions; partition++) {
    await topic.produce(values(kilobyte), { partition });
    await topic.produce(values(kilobyte), { partition });
  }
  return { topic, brokerId };
}

describe('max_bytes', () => {
  test('the first batch comes whole even if it is larger', async () => {
    const { topic } = await filled(1);
    const { batches } = await topic.fetch({ maxBytes: 1 });
    expect(batches.map(({ baseOffset }) => baseOffset)).toEqual([0]);
  });

  test('zero still brings the first batch', async () => {
    const { topic } = await filled(1);
    const { batches } = await topic.fetch({ maxBytes: 0 });
    expect(batches).toHaveLength(1);
  });

  test('a second batch comes only if it fits', async () => {
    const { topic } = await filled(1);
    const { bytes } = await topic.fetch();
    expect((await topic.fetch({ maxBytes: bytes.length })).batches).toHaveLength(2);
    const cut = await topic.fetch({ maxBytes: bytes.length - 1 });
    expect(cut.batches).toHaveLength(1);
  });

  test('once it is used up, later partitions come empty', async () => {
    const { topic, brokerId } = await filled(3);
    const topics = [wanted(topic, { partition: 0 }, { partition: 1 }, { partition: 2 })];
    const { entries } = await fetchMany(cluster(), topics, { maxBytes: 500 }, brokerId);
    expect(entries).toMatchObject([
      { partition: 0, error: 'NONE', values: [kilobyte] },
      { partition: 1, error: 'NONE', values: [], highWatermark: 2 },
      { partition: 2, error: 'NONE', values: [], highWatermark: 2 },
    ]);
  });

  test('what is left of it goes to the next partition in the order of the request', async () => {
    const { topic, brokerId } = await filled(3);
    const topics = [wanted(topic, { partition: 2 }, { partition: 0 }, { partition: 1 })];
    const { entries } = await fetchMany(cluster(), topics, { maxBytes: 3500 }, brokerId);
    expect(entries.map(({ partition, batches }) => [partition, batches.length])).toEqual([
      [2, 2],
      [0, 1],
      [1, 0],
    ]);
  });

  test('the first partition with records may exceed it, not the first of the request', async () => {
    const { topic, brokerId } = await filled(2);
    const topics = [wanted(topic, { partition: 0, offset: 2 }, { partition: 1 })];
    const { entries } = await fetchMany(cluster(), topics, { maxBytes: 1 }, brokerId);
    expect(entries.map(({ partition, batches }) => [partition, batches.length])).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});

describe('partition_max_bytes', () => {
  test('the first batch of the first partition comes whole even if it is larger', async () => {
    const { topic } = await filled(1);
    expect((await topic.fetch({ partitionMaxBytes: 1 })).batches).toHaveLength(1);
  });

  test('a second batch comes only if it fits', async () => {
    const { topic } = await filled(1);
    const { bytes } = await topic.fetch();
    expect((await topic.fetch({ partitionMaxBytes: bytes.length })).batches).toHaveLength(2);
    expect((await topic.fetch({ partitionMaxBytes: bytes.length - 1 })).batches).toHaveLength(1);
  });

  test('a later partition whose first batch is larger brings no whole batch', async () => {
    const { topic, brokerId } = await filled(2);
    const topics = [wanted(topic, { partition: 0 }, { partition: 1, maxBytes: 100 })];
    const { entries } = await fetchMany(cluster(), topics, {}, brokerId);
    expect(entries.map(({ batches }) => batches.length)).toEqual([2, 0]);
  });
});

describe('min_bytes and max_wait', () => {
  test('a fetch for more than there is ends after max_wait, with what there is', async () => {
    const { topic } = await filled(1);
    const started = performance.now();
    const reply = await topic.fetch({ minBytes: 1_000_000, maxWaitMs: 300 });
    expect(performance.now() - started).toBeGreaterThan(290);
    expect(reply).toMatchObject({ error: 'NONE', highWatermark: 2 });
    expect(reply.batches).toHaveLength(2);
  });

  test('a fetch at the end of the log ends empty when max_wait has passed', async () => {
    const { topic } = await filled(1);
    const started = performance.now();
    const reply = await topic.fetch({ offset: 2, maxWaitMs: 300 });
    expect(performance.now() - started).toBeGreaterThan(290);
    expect(reply).toMatchObject({ error: 'NONE', highWatermark: 2, batches: [] });
  });

  test('max_wait 0 answers at once', async () => {
    const { topic } = await filled(1);
    const reply = await topic.fetch({ offset: 2, minBytes: 1_000_000, maxWaitMs: 0 });
    expect(reply).toMatchObject({ error: 'NONE', batches: [] });
  });

  test('min_bytes 0 answers at once', async () => {
    const { topic } = await filled(1);
    const reply = await topic.fetch({ offset: 2, minBytes: 0, maxWaitMs: 60_000 });
    expect(reply).toMatchObject({ error: 'NONE', batches: [] });
  });

  test('enough bytes answer at once', async () => {
    const { topic } = await filled(1);
    const reply = await topic.fetch({ minBytes: 2000, maxWaitMs: 60_000 });
    expect(reply.batches).toHaveLength(2);
  });

  test('bytes of all partitions count together', async () => {
    const { topic, brokerId } = await filled(3);
    const topics = [wanted(topic, { partition: 0 }, { partition: 1 }, { partition: 2 })];
    const options = { minBytes: 6000, maxWaitMs: 60_000 };
    const { entries } = await fetchMany(cluster(), topics, options, brokerId);
    expect(entries.map(({ batches }) => batches.length)).toEqual([2, 2, 2]);
  });

  test('min_bytes above max_bytes is the same as max_bytes', async () => {
    const { topic } = await filled(1);
    const reply = await topic.fetch({ minBytes: 1_000_000, maxBytes: 500, maxWaitMs: 60_000 });
    expect(reply.batches).toHaveLength(1);
  });

  test('a produce wakes a fetch that waits', async () => {
    const topic = await cluster().topic();
    const connection = await cluster().connect(await topic.leader());
    const waiting = fetchMany(connection, [wanted(topic)], { maxWaitMs: 60_000 });
    await topic.produce(values('a'));
    expect((await waiting).entries).toMatchObject([{ error: 'NONE', values: ['a'] }]);
  });

  test('a produce to any of its partitions wakes it', async () => {
    const { topic, brokerId } = await filled(2);
    const connection = await cluster().connect(brokerId);
    const topics = [wanted(topic, { partition: 0, offset: 2 }, { partition: 1, offset: 2 })];
    const waiting = fetchMany(connection, topics, { maxWaitMs: 60_000 });
    await topic.produce(values('late'), { partition: 1 });
    expect((await waiting).entries).toMatchObject([{ values: [] }, { values: ['late'] }]);
  });

  test('a produce of too few bytes does not wake it, the next one does', async () => {
    const topic = await cluster().topic();
    const connection = await cluster().connect(await topic.leader());
    const waiting = fetchMany(connection, [wanted(topic)], { minBytes: 1100, maxWaitMs: 60_000 });
    await topic.produce(values('few'));
    await topic.produce(values(kilobyte));
    expect((await waiting).entries[0]!.values).toEqual(['few', kilobyte]);
  });

  test('a replicated produce wakes it once the records are committed', async () => {
    const topic = await cluster().topic({ replicationFactor: 3 });
    const connection = await cluster().connect(await topic.leader());
    const waiting = fetchMany(connection, [wanted(topic)], { maxWaitMs: 60_000 });
    await topic.produce(values('a'));
    expect((await waiting).entries).toMatchObject([{ values: ['a'] }]);
  });

  test('no partitions at all: there is nothing to wait for', async () => {
    const reply = await fetchMany(cluster(), [], { maxWaitMs: 60_000 });
    expect(reply).toMatchObject({ error: 'NONE', sessionId: 0, entries: [] });
  });
});
