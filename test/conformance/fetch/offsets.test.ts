import { describe, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

/** Two batches: offsets 0 to 2 and 3 to 4. */
async function fiveRecords() {
  const topic = await cluster().topic();
  await topic.produce(values('a', 'b', 'c'));
  await topic.produce(values('d', 'e'));
  return topic;
}

const outOfRange = {
  error: 'OFFSET_OUT_OF_RANGE',
  highWatermark: -1,
  lastStableOffset: -1,
  logStartOffset: -1,
  bytes: Buffer.alloc(0),
};

describe('an offset in the log', () => {
  test('brings the records from the start of the log to its end', async () => {
    const topic = await fiveRecords();
    const reply = await topic.fetch();
    expect(reply).toMatchObject({ error: 'NONE', highWatermark: 5, lastStableOffset: 5 });
    expect(reply.batches.map(({ baseOffset, count }) => [baseOffset, count])).toEqual([
      [0, 3],
      [3, 2],
    ]);
  });

  test('inside a batch brings that batch whole, from its first record on', async () => {
    const topic = await fiveRecords();
    const { batches } = await topic.fetch({ offset: 2 });
    expect(batches.map(({ baseOffset }) => baseOffset)).toEqual([0, 3]);
    expect(batches[0]!.records.map(({ value }) => value)).toEqual(['a', 'b', 'c']);
  });

  test('at the start of a batch brings nothing before it', async () => {
    const topic = await fiveRecords();
    const { batches } = await topic.fetch({ offset: 3 });
    expect(batches.map(({ baseOffset }) => baseOffset)).toEqual([3]);
  });

  test('at the end is no error and brings nothing', async () => {
    const topic = await fiveRecords();
    expect(await topic.fetch({ offset: 5 })).toMatchObject({
      error: 'NONE',
      highWatermark: 5,
      lastStableOffset: 5,
      logStartOffset: 0,
      bytes: Buffer.alloc(0),
    });
  });

  test('in an empty log, 0 is the end', async () => {
    const topic = await cluster().topic();
    expect(await topic.fetch()).toMatchObject({ error: 'NONE', highWatermark: 0, batches: [] });
  });
});

describe('an offset out of the log', () => {
  test('above the end is OFFSET_OUT_OF_RANGE', async () => {
    const topic = await fiveRecords();
    expect(await topic.fetch({ offset: 6 })).toMatchObject(outOfRange);
  });

  test('far above the end is OFFSET_OUT_OF_RANGE', async () => {
    const topic = await fiveRecords();
    expect(await topic.fetch({ offset: 2 ** 52 })).toMatchObject(outOfRange);
  });

  test('below zero is OFFSET_OUT_OF_RANGE', async () => {
    const topic = await fiveRecords();
    expect(await topic.fetch({ offset: -1 })).toMatchObject(outOfRange);
  });

  test('above the end of an empty log is OFFSET_OUT_OF_RANGE', async () => {
    const topic = await cluster().topic();
    expect(await topic.fetch({ offset: 1 })).toMatchObject(outOfRange);
  });

  test('is answered at once, however long the request would wait', async () => {
    const topic = await fiveRecords();
    const reply = await topic.fetch({ offset: 6, maxWaitMs: 60_000, minBytes: 1_000_000 });
    expect(reply).toMatchObject(outOfRange);
  });

  test('does not keep another partition from being read', async () => {
    const brokerId = cluster().brokerIds[0]!;
    const topic = await cluster().topic({ replicas: [[brokerId], [brokerId]] });
    await topic.produce(values('a'), { partition: 1 });
    const topics = [wanted(topic, { partition: 0, offset: 9 }, { partition: 1 })];
    const { entries } = await fetchMany(cluster(), topics, {}, brokerId);
    expect(entries).toMatchObject([
      { partition: 0, error: 'OFFSET_OUT_OF_RANGE' },
      { partition: 1, error: 'NONE', values: ['a'] },
    ]);
  });
});

test.each([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18])(
  'version %d brings the same records',
  async (version) => {
    const topic = await fiveRecords();
    const reply = await topic.fetch({ version, offset: 3 });
    expect(reply).toMatchObject({
      error: 'NONE',
      highWatermark: 5,
      lastStableOffset: 5,
      logStartOffset: version >= 5 ? 0 : -1,
      preferredReadReplica: -1,
    });
    expect(reply.batches.flatMap(({ records }) => records)).toMatchObject([
      { offset: 3, value: 'd' },
      { offset: 4, value: 'e' },
    ]);
  },
);
