import { expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

// KIP-392, with RackAwareReplicaSelector; broker n stands in rack-n.

const cluster = useCluster();

/** A topic on brokers 1 and 2, and a fetch of it from broker 1 by who stands in a rack. */
async function readFrom(rackId: string, options: { offset?: number; version?: number } = {}) {
  const topic = await cluster().topic({ replicas: [[1, 2]] });
  await topic.produce(values('a', 'b'));
  const { offset = 0, ...rest } = options;
  const asked = { rackId, maxWaitMs: 10_000, minBytes: 1_000_000, ...rest };
  // Broker 1 learns how far broker 2 is when that fetches again.
  return await until('it is known that broker 2 has it', async () => {
    const { entries } = await fetchMany(cluster(), [wanted(topic, { offset })], asked, 1);
    const [entry] = entries;
    const isLeader = rackId !== 'rack-2' || (options.version ?? 18) < 11;
    return isLeader || entry!.preferredReadReplica >= 0 ? entry! : undefined;
  });
}

test.each([11, 12, 13, 18])(
  'Fetch %d: the leader refers to a replica nearby, at once',
  async (version) => {
    const entry = await readFrom('rack-2', { version });
    expect(entry).toMatchObject({
      ...{ error: 'NONE', preferredReadReplica: 2, values: [] },
      ...{ highWatermark: 2, logStartOffset: 0 },
    });
  },
);

test('it does so at the end of the log, too', async () => {
  expect(await readFrom('rack-2', { offset: 2 })).toMatchObject({ preferredReadReplica: 2 });
});

test('who stands with the leader, elsewhere or nowhere reads from the leader', async () => {
  for (const rackId of ['rack-1', 'rack-3', 'no-such-rack', '']) {
    const topic = await cluster().topic({ replicas: [[1, 2]] });
    await topic.produce(values('a'));
    const { entries } = await fetchMany(cluster(), [wanted(topic)], { rackId }, 1);
    expect(entries[0], rackId).toMatchObject({ preferredReadReplica: -1, values: ['a'] });
  }
});

test('a follower serves what it knows to be committed, and refers to nobody', async () => {
  const topic = await cluster().topic({ replicas: [[1, 2]] });
  await topic.produce(values('a'));
  const entry = await until('broker 2 knows that it is committed', async () => {
    const { entries } = await fetchMany(cluster(), [wanted(topic)], { rackId: 'rack-1' }, 2);
    return entries[0]!.values.length > 0 ? entries[0]! : undefined;
  });
  expect(entry).toMatchObject({ error: 'NONE', values: ['a'], preferredReadReplica: -1 });
});

test('an older reader must go to the leader', async () => {
  const topic = await cluster().topic({ replicas: [[1, 2]] });
  const { entries } = await fetchMany(cluster(), [wanted(topic)], { version: 10 }, 2);
  expect(entries[0]).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER' });
});

test('beyond the end of a follower there is nothing: OFFSET_OUT_OF_RANGE', async () => {
  const topic = await cluster().topic({ replicas: [[1, 2]] });
  const { entries } = await fetchMany(cluster(), [wanted(topic, { offset: 9 })], {}, 2);
  expect(entries[0]).toMatchObject({ error: 'OFFSET_OUT_OF_RANGE' });
});

test('in a session a referral is told each time', async () => {
  const topic = await cluster().topic({ replicas: [[1, 2]] });
  await topic.produce(values('a'));
  const opened = await until('it is referred', async () => {
    const options = { rackId: 'rack-2', sessionEpoch: 0 };
    const reply = await fetchMany(cluster(), [wanted(topic)], options, 1);
    return reply.entries[0]!.preferredReadReplica === 2 ? reply : undefined;
  });
  const { sessionId } = opened;
  const options = { rackId: 'rack-2', sessionId, sessionEpoch: 1 };
  const { entries } = await fetchMany(cluster(), [], options, 1);
  expect(entries).toMatchObject([{ preferredReadReplica: 2, values: [] }]);
});
