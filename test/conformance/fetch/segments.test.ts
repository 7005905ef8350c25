import { expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const more = 'x'.repeat(600_000);

/** Three segments with one record of 600 kB each. */
async function threeSegments() {
  const topic = await cluster().topic({ configs: { 'segment.bytes': '1048576' } });
  for (let count = 0; count < 3; count++) await topic.produce(values(more));
  return topic;
}

test('a fetch brings records of one segment at a time', async () => {
  const topic = await threeSegments();
  for (const offset of [0, 1, 2]) {
    const { batches } = await topic.fetch({ offset });
    expect(batches.map(({ baseOffset }) => baseOffset)).toEqual([offset]);
  }
});

test('a fetch in an older segment does not wait for min_bytes', async () => {
  const topic = await threeSegments();
  const connection = await cluster().connect(await topic.leader());
  // It would wait longer than a test may take.
  const options = { minBytes: 1_000_000, maxWaitMs: 300_000 };
  const { entries } = await fetchMany(connection, [wanted(topic)], options);
  expect(entries[0]!.batches).toHaveLength(1);
});

test('a fetch at the end of the log is woken by a record in a new segment', async () => {
  const topic = await threeSegments();
  const connection = await cluster().connect(await topic.leader());
  const waiting = fetchMany(connection, [wanted(topic, { offset: 3 })], { maxWaitMs: 60_000 });
  await topic.produce(values(more));
  expect((await waiting).entries[0]!.batches.map(({ baseOffset }) => baseOffset)).toEqual([3]);
});
