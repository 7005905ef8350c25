import { describe, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

describe('without transactions', () => {
  test.each([4, 11, 12, 18])(
    'version %d: read_uncommitted has null for aborted transactions',
    async (version) => {
      const topic = await cluster().topic();
      await topic.produce(values('a'));
      const reply = await topic.fetch({ version, isolationLevel: 0 });
      expect(reply).toMatchObject({ error: 'NONE', abortedTransactions: null });
    },
  );

  test.each([4, 11, 12, 18])(
    'version %d: read_committed has an empty list of them and the same records',
    async (version) => {
      const topic = await cluster().topic();
      await topic.produce(values('a'));
      const reply = await topic.fetch({ version, isolationLevel: 1 });
      expect(reply).toMatchObject({
        error: 'NONE',
        abortedTransactions: [],
        highWatermark: 1,
        lastStableOffset: 1,
      });
      expect(reply.batches.flatMap(({ records }) => records)).toMatchObject([{ value: 'a' }]);
    },
  );

  test('read_committed at the end of the log has an empty list, too', async () => {
    const topic = await cluster().topic();
    expect(await topic.fetch({ isolationLevel: 1 })).toMatchObject({ abortedTransactions: [] });
  });
});

test.each([0, 1])('isolation level %d: empty records are not null', async (isolationLevel) => {
  const topic = await cluster().topic();
  const brokerId = await topic.leader();
  const { entries } = await fetchMany(cluster(), [wanted(topic)], { isolationLevel }, brokerId);
  expect(entries[0]!.records).not.toBeNull();
});

describe('the entry of an error', () => {
  test.each([
    [0, 12],
    [0, 18],
    [1, 12],
    [1, 18],
  ])('isolation level %d, version %d', async (isolationLevel, version) => {
    const topic = await cluster().topic();
    const topics = [wanted(topic, { offset: 5 })];
    const options = { isolationLevel, version };
    const { entries } = await fetchMany(cluster(), topics, options, await topic.leader());
    expect(entries[0]).toMatchObject({
      error: 'OFFSET_OUT_OF_RANGE',
      highWatermark: -1,
      lastStableOffset: -1,
      logStartOffset: -1,
      abortedTransactions: null,
      preferredReadReplica: -1,
    });
    expect(Buffer.concat(entries[0]!.records ?? [Buffer.from('null')]).toString()).toBe('');
  });

  test.each([12, 18])('an unknown partition, version %d', async (version) => {
    const topic = await cluster().topic();
    const topics = [wanted(topic, { partition: 3 })];
    const { entries } = await fetchMany(cluster(), topics, { version }, await topic.leader());
    expect(entries[0]).toMatchObject({ abortedTransactions: [], highWatermark: -1 });
    expect(Buffer.concat(entries[0]!.records ?? [Buffer.from('null')]).toString()).toBe('');
  });

  test('a broker without a replica', async () => {
    const topic = await cluster().topic();
    const { entries } = await fetchMany(cluster(), [wanted(topic)], {}, await topic.notLeader());
    expect(entries[0]).toMatchObject({ abortedTransactions: null, highWatermark: -1 });
  });

  test('an unknown topic id', async () => {
    const topics = [wanted({ name: '', id: 'b2RyYWRlay1ub3QtdGhlcg' })];
    const { entries } = await fetchMany(cluster(), topics);
    expect(entries[0]).toMatchObject({ abortedTransactions: [], highWatermark: -1 });
  });
});
