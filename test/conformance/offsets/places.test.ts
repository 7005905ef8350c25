import { describe, expect, test } from 'vitest';
import { batch, values } from '../harness/batch.ts';
import { deleteRecords } from '../harness/delete-records.ts';
import { type ListOffsetsOptions, listOffsets, place } from '../harness/list-offsets.ts';
import type { Topic } from '../harness/topic.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const t = Date.now() - 3_600_000;

const list = (topic: Topic, timestamp: number, options?: ListOffsetsOptions) =>
  listOffsets(cluster(), topic, timestamp, options);

/** Offsets 0 to 4; the record with the greatest timestamp is at 1. */
async function fiveRecords() {
  const topic = await cluster().topic();
  await topic.produce(
    batch([
      { value: 'a', timestamp: t + 10 },
      { value: 'b', timestamp: t + 90 },
      { value: 'c', timestamp: t + 20 },
    ]),
  );
  await topic.produce(
    batch([
      { value: 'd', timestamp: t + 30 },
      { value: 'e', timestamp: t + 40 },
    ]),
  );
  return topic;
}

const unknown = { timestamp: -1, offset: -1, leaderEpoch: -1 };

describe('latest', () => {
  test('is the offset after the last record, without a timestamp', async () => {
    const topic = await fiveRecords();
    expect(await list(topic, place.latest)).toMatchObject({
      error: 'NONE',
      offset: 5,
      timestamp: -1,
      leaderEpoch: 0,
    });
  });

  test('of an empty partition is 0', async () => {
    const topic = await cluster().topic();
    expect(await list(topic, place.latest)).toMatchObject({ error: 'NONE', offset: 0 });
  });

  test('of a replicated partition is what is committed', async () => {
    const topic = await cluster().topic({ replicationFactor: 3 });
    await topic.produce(values('a', 'b'));
    expect(await list(topic, place.latest)).toMatchObject({ error: 'NONE', offset: 2 });
  });

  test('without transactions is the same for read_committed', async () => {
    const topic = await fiveRecords();
    const reply = await list(topic, place.latest, { isolationLevel: 1 });
    expect(reply).toMatchObject({ error: 'NONE', offset: 5, timestamp: -1 });
  });
});

describe('earliest', () => {
  test('is the start of the log, without a timestamp', async () => {
    const topic = await fiveRecords();
    expect(await list(topic, place.earliest)).toMatchObject({
      error: 'NONE',
      offset: 0,
      timestamp: -1,
      leaderEpoch: 0,
    });
  });

  test('of an empty partition is 0', async () => {
    const topic = await cluster().topic();
    expect(await list(topic, place.earliest)).toMatchObject({ error: 'NONE', offset: 0 });
  });

  test('of an empty partition has the epoch of its leader', async () => {
    const topic = await cluster().topic();
    expect(await list(topic, place.earliest)).toMatchObject({ leaderEpoch: 0 });
  });

  test('follows DeleteRecords', async () => {
    const topic = await fiveRecords();
    await deleteRecords(cluster(), topic, 2);
    expect(await list(topic, place.earliest)).toMatchObject({ error: 'NONE', offset: 2 });
    expect(await list(topic, place.earliestLocal)).toMatchObject({ error: 'NONE', offset: 2 });
  });
});

describe('greatest timestamp', () => {
  test('is the record that has it, with that timestamp', async () => {
    const topic = await fiveRecords();
    expect(await list(topic, place.maxTimestamp)).toMatchObject({
      error: 'NONE',
      offset: 1,
      timestamp: t + 90,
      leaderEpoch: 0,
    });
  });

  test('the first record wins where several have it', async () => {
    const topic = await cluster().topic();
    const same = [t, t + 5, t + 5].map((timestamp) => ({ value: 'x', timestamp }));
    await topic.produce(batch(same));
    await topic.produce(batch(same));
    expect(await list(topic, place.maxTimestamp)).toMatchObject({ offset: 1, timestamp: t + 5 });
  });

  test('of an empty partition is -1 and no error', async () => {
    const topic = await cluster().topic();
    expect(await list(topic, place.maxTimestamp)).toMatchObject({ error: 'NONE', ...unknown });
  });

  test('is found inside a compressed batch', async () => {
    const topic = await cluster().topic();
    const records = [5, 50, 20].map((ms) => ({ value: 'x', timestamp: t + ms }));
    await topic.produce(batch(records, { codec: 'gzip' }));
    const reply = await list(topic, place.maxTimestamp);
    expect(reply).toMatchObject({ offset: 1, timestamp: t + 50 });
  });
});

describe('tiered storage, where there is none', () => {
  test('earliest local is the start of the log', async () => {
    const topic = await fiveRecords();
    expect(await list(topic, place.earliestLocal)).toMatchObject({
      error: 'NONE',
      offset: 0,
      timestamp: -1,
      leaderEpoch: 0,
    });
  });

  test('latest tiered is -1', async () => {
    const topic = await fiveRecords();
    expect(await list(topic, place.latestTiered)).toMatchObject({ error: 'NONE', ...unknown });
  });

  test('earliest not yet tiered is -1', async () => {
    const topic = await fiveRecords();
    expect(await list(topic, place.earliestPendingUpload)).toMatchObject({
      error: 'NONE',
      ...unknown,
    });
  });
});

describe('a place that the version does not know is UNSUPPORTED_VERSION', () => {
  test.each([
    ['greatest timestamp', place.maxTimestamp, 6],
    ['earliest local', place.earliestLocal, 7],
    ['latest tiered', place.latestTiered, 8],
    ['earliest not yet tiered', place.earliestPendingUpload, 10],
  ])('%s (%d) at version %d', async (_, timestamp, version) => {
    const topic = await cluster().topic();
    const reply = await list(topic, timestamp, { version });
    expect(reply).toMatchObject({ error: 'UNSUPPORTED_VERSION', ...unknown });
    expect(await list(topic, timestamp, { version: version + 1 })).toMatchObject({ error: 'NONE' });
  });

  test.each([-7, -100])('%d, which does not exist', async (timestamp) => {
    const topic = await cluster().topic();
    const reply = await list(topic, timestamp);
    expect(reply).toMatchObject({ error: 'UNSUPPORTED_VERSION', ...unknown });
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])('version %d finds the same', async (version) => {
  const topic = await fiveRecords();
  const leaderEpoch = version >= 4 ? 0 : -1;
  const latest = await list(topic, place.latest, { version });
  expect(latest).toMatchObject({ error: 'NONE', offset: 5, timestamp: -1, leaderEpoch });
  const byTime = await list(topic, t + 30, { version });
  expect(byTime).toMatchObject({ error: 'NONE', offset: 1, timestamp: t + 90, leaderEpoch });
});
