import { describe, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

/** What an entry with an error holds. */
const nothing = {
  highWatermark: -1,
  lastStableOffset: -1,
  logStartOffset: -1,
  divergingEpoch: null,
  preferredReadReplica: -1,
  values: [],
};

const missing = { name: 'conformance-no-such-topic', id: 'b2RyYWRlay1ub3QtdGhlcg' };

describe('a topic or partition that is not there', () => {
  test('an unknown name is UNKNOWN_TOPIC_OR_PARTITION', async () => {
    const { entries } = await fetchMany(cluster(), [wanted(missing)], { version: 12 });
    expect(entries).toMatchObject([
      { topic: missing.name, partition: 0, error: 'UNKNOWN_TOPIC_OR_PARTITION', ...nothing },
    ]);
  });

  test('an unknown id is UNKNOWN_TOPIC_ID', async () => {
    const { entries } = await fetchMany(cluster(), [wanted(missing)]);
    expect(entries).toMatchObject([
      { topicId: missing.id, partition: 0, error: 'UNKNOWN_TOPIC_ID', ...nothing },
    ]);
  });

  test('an unknown id does not keep a known one from being read', async () => {
    const topic = await cluster().topic();
    await topic.produce(values('a'));
    const topics = [wanted(missing), wanted(topic)];
    const { entries } = await fetchMany(cluster(), topics, {}, await topic.leader());
    expect(entries).toHaveLength(2);
    expect(entries).toContainEqual(expect.objectContaining({ topicId: topic.id, values: ['a'] }));
  });

  test.each([12, 13])(
    'version %d: an unknown partition is UNKNOWN_TOPIC_OR_PARTITION',
    async (version) => {
      const topic = await cluster().topic();
      const topics = [wanted(topic, { partition: 7 })];
      const { entries } = await fetchMany(cluster(), topics, { version }, await topic.leader());
      expect(entries).toMatchObject([
        { partition: 7, error: 'UNKNOWN_TOPIC_OR_PARTITION', ...nothing },
      ]);
    },
  );

  test('an error is answered at once, however long the request would wait', async () => {
    const { entries } = await fetchMany(cluster(), [wanted(missing)], { maxWaitMs: 60_000 });
    expect(entries).toMatchObject([{ error: 'UNKNOWN_TOPIC_ID' }]);
  });
});

describe('a broker that does not lead the partition', () => {
  test.each([4, 10])('version %d: a follower is NOT_LEADER_OR_FOLLOWER', async (version) => {
    const topic = await cluster().topic({ replicationFactor: 3 });
    const reply = await topic.fetch({ version, brokerId: await topic.notLeader() });
    expect(reply).toMatchObject({
      error: 'NOT_LEADER_OR_FOLLOWER',
      highWatermark: -1,
      lastStableOffset: -1,
      logStartOffset: -1,
      batches: [],
    });
  });

  test.each([11, 12, 18])(
    'version %d: a follower is read up to its high watermark',
    async (version) => {
      const topic = await cluster().topic({ replicationFactor: 3 });
      await topic.produce(values('a', 'b'));
      const brokerId = await topic.notLeader();
      const reply = await until('the follower knows the high watermark', async () => {
        const found = await topic.fetch({ version, brokerId });
        return found.highWatermark === 2 ? found : undefined;
      });
      expect(reply).toMatchObject({ error: 'NONE', lastStableOffset: 2, logStartOffset: 0 });
      expect(reply.batches.flatMap(({ records }) => records)).toMatchObject([
        { offset: 0, value: 'a' },
        { offset: 1, value: 'b' },
      ]);
    },
  );

  test('every follower learns the last high watermark, though no more is written', async () => {
    const topic = await cluster().topic({ replicationFactor: 3 });
    for (const text of ['a', 'b']) await topic.produce(values(text));
    for (const brokerId of cluster().brokerIds) {
      await until(`broker ${brokerId} knows the high watermark`, async () => {
        const { highWatermark } = await topic.fetch({ brokerId });
        return highWatermark === 2 ? true : undefined;
      });
    }
  });

  test('a fetch at a follower is woken when the high watermark comes to it', async () => {
    const topic = await cluster().topic({ replicationFactor: 3 });
    const connection = await cluster().connect(await topic.notLeader());
    const waiting = fetchMany(connection, [wanted(topic)], { maxWaitMs: 60_000 });
    await topic.produce(values('a'));
    expect((await waiting).entries).toMatchObject([{ error: 'NONE', values: ['a'] }]);
  });

  test.each([4, 11, 12, 18])(
    'version %d: a broker without a replica is NOT_LEADER_OR_FOLLOWER',
    async (version) => {
      const topic = await cluster().topic();
      const brokerId = await topic.notLeader();
      const topics = [wanted(topic)];
      const { entries } = await fetchMany(cluster(), topics, { version }, brokerId);
      expect(entries).toMatchObject([{ error: 'NOT_LEADER_OR_FOLLOWER', ...nothing }]);
    },
  );

  test.each([16, 17, 18])(
    'version %d says who leads, at which epoch and where',
    async (version) => {
      const topic = await cluster().topic();
      const [leaderId, brokerId] = [await topic.leader(), await topic.notLeader()];
      const reply = await fetchMany(cluster(), [wanted(topic)], { version }, brokerId);
      expect(reply.entries).toMatchObject([{ currentLeader: { leaderId, leaderEpoch: 0 } }]);
      expect(reply.nodeEndpoints).toMatchObject([
        { nodeId: leaderId, ...cluster().address(leaderId) },
      ]);
    },
  );

  test.each([12, 15])('version %d does not', async (version) => {
    const topic = await cluster().topic();
    const brokerId = await topic.notLeader();
    const reply = await fetchMany(cluster(), [wanted(topic)], { version }, brokerId);
    expect(reply.entries).toMatchObject([{ currentLeader: null }]);
    expect(reply.nodeEndpoints).toEqual([]);
  });

  test('partitions with the same leader share its endpoint', async () => {
    const [first, other] = cluster().brokerIds;
    const topic = await cluster().topic({ replicas: [[first!], [first!]] });
    const topics = [wanted(topic, { partition: 0 }, { partition: 1 })];
    const reply = await fetchMany(cluster(), topics, {}, other);
    expect(reply.nodeEndpoints.map(({ nodeId }) => nodeId)).toEqual([first]);
  });

  test('a success carries no hint', async () => {
    const topic = await cluster().topic();
    const reply = await fetchMany(cluster(), [wanted(topic)], {}, await topic.leader());
    expect(reply.entries).toMatchObject([{ error: 'NONE', currentLeader: null }]);
    expect(reply.nodeEndpoints).toEqual([]);
  });
});
