import { describe, expect, test } from 'vitest';
import { batch } from '../harness/batch.ts';
import type { Codec } from '../harness/codecs.ts';
import { deleteRecords } from '../harness/delete-records.ts';
import { listOffsets } from '../harness/list-offsets.ts';
import type { Topic } from '../harness/topic.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const t = Date.now() - 3_600_000;

const find = (topic: Topic, ms: number) => listOffsets(cluster(), topic, t + ms);

/** One batch per list, one record per time. */
async function written(...batches: readonly (readonly number[])[]) {
  const topic = await cluster().topic();
  await write(topic, 'none', ...batches);
  return topic;
}

async function write(topic: Topic, codec: Codec, ...batches: readonly (readonly number[])[]) {
  for (const times of batches) {
    const records = times.map((ms) => ({ value: `at ${ms}`, timestamp: t + ms }));
    await topic.produce(batch(records, { codec }));
  }
}

const none = { error: 'NONE', offset: -1, timestamp: -1, leaderEpoch: -1 };

describe('a timestamp', () => {
  test('that a record has: that record', async () => {
    const topic = await written([10, 20, 30], [40, 50]);
    expect(await find(topic, 20)).toMatchObject({
      error: 'NONE',
      offset: 1,
      timestamp: t + 20,
      leaderEpoch: 0,
    });
  });

  test('between two records: the later one, with its own timestamp', async () => {
    const topic = await written([10, 20, 30], [40, 50]);
    expect(await find(topic, 21)).toMatchObject({ offset: 2, timestamp: t + 30 });
    expect(await find(topic, 31)).toMatchObject({ offset: 3, timestamp: t + 40 });
  });

  test('before the first record: the first record', async () => {
    const topic = await written([10, 20]);
    expect(await find(topic, -5000)).toMatchObject({ offset: 0, timestamp: t + 10 });
  });

  test('0: the first record', async () => {
    const topic = await written([10, 20]);
    expect(await listOffsets(cluster(), topic, 0)).toMatchObject({ offset: 0, timestamp: t + 10 });
  });

  test('after the last record: none, and no error', async () => {
    const topic = await written([10, 20]);
    expect(await find(topic, 21)).toMatchObject(none);
  });

  test('in an empty partition: none, and no error', async () => {
    const topic = await written();
    expect(await find(topic, 0)).toMatchObject(none);
  });

  test('that several records have: the first of them', async () => {
    const topic = await written([10, 20, 20], [20]);
    expect(await find(topic, 20)).toMatchObject({ offset: 1 });
  });
});

describe('timestamps that go back', () => {
  test('inside a batch: the first record that is late enough', async () => {
    const topic = await written([50, 10, 60, 20]);
    expect(await find(topic, 20)).toMatchObject({ offset: 0, timestamp: t + 50 });
    expect(await find(topic, 55)).toMatchObject({ offset: 2, timestamp: t + 60 });
  });

  test('from batch to batch: the first batch that has one late enough', async () => {
    const topic = await written([100, 90], [10, 20], [110]);
    expect(await find(topic, 15)).toMatchObject({ offset: 0, timestamp: t + 100 });
    expect(await find(topic, 95)).toMatchObject({ offset: 0, timestamp: t + 100 });
    expect(await find(topic, 101)).toMatchObject({ offset: 4, timestamp: t + 110 });
  });

  test('a late batch of old records is not found by a time before it', async () => {
    const topic = await written([100], [10], [20]);
    expect(await find(topic, 101)).toMatchObject(none);
  });
});

describe.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('a batch compressed with %s', (codec) => {
  test('the record inside it is found', async () => {
    const topic = await written([1, 2]);
    await write(topic, codec, [10, 20, 30], [40, 50]);
    expect(await find(topic, 15)).toMatchObject({ error: 'NONE', offset: 3, timestamp: t + 20 });
    expect(await find(topic, 50)).toMatchObject({ error: 'NONE', offset: 6, timestamp: t + 50 });
  });
});

test('records before the start of the log are not found', async () => {
  const topic = await written([10, 20, 30], [40]);
  await deleteRecords(cluster(), topic, 3);
  expect(await find(topic, 5)).toMatchObject({ error: 'NONE', offset: 3, timestamp: t + 40 });
});

test('a record before a start inside its batch is still found by its time', async () => {
  const topic = await written([10, 20, 30], [40]);
  await deleteRecords(cluster(), topic, 2);
  expect(await find(topic, 5)).toMatchObject({ error: 'NONE', offset: 2, timestamp: t + 30 });
});

test('records are found across segments', async () => {
  const topic = await cluster().topic({ configs: { 'segment.bytes': '1048576' } });
  const half = 'x'.repeat(600_000);
  for (const ms of [10, 20, 30]) {
    await topic.produce(batch([{ value: half, timestamp: t + ms }]));
  }
  expect(await find(topic, 15)).toMatchObject({ offset: 1, timestamp: t + 20 });
  expect(await find(topic, 25)).toMatchObject({ offset: 2, timestamp: t + 30 });
  expect(await listOffsets(cluster(), topic, -3)).toMatchObject({ offset: 2, timestamp: t + 30 });
});

test('LogAppendTime: the first record of the batch that was stamped with it', async () => {
  const topic = await cluster().topic({ configs: { 'message.timestamp.type': 'LogAppendTime' } });
  const records = batch([
    { value: 'a', timestamp: 1 },
    { value: 'b', timestamp: 2 },
  ]);
  const { logAppendTimeMs } = await topic.produce(records);
  expect(await listOffsets(cluster(), topic, logAppendTimeMs)).toMatchObject({
    offset: 0,
    timestamp: logAppendTimeMs,
  });
  expect(await listOffsets(cluster(), topic, logAppendTimeMs + 1)).toMatchObject(none);
});
