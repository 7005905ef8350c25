import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { deleteRecords } from '../harness/delete-records.ts';
import { errorName } from '../harness/error-name.ts';
import { listOffsets, place } from '../harness/list-offsets.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

/** Two batches: offsets 0 to 2 and 3 to 4. */
async function fiveRecords(configs?: Record<string, string>, replicationFactor = 1) {
  const topic = await cluster().topic({ configs: configs ?? {}, replicationFactor });
  await topic.produce(values('a', 'b', 'c'));
  await topic.produce(values('d', 'e'));
  return topic;
}

const earliest = async (topic: Parameters<typeof listOffsets>[1]) =>
  (await listOffsets(cluster(), topic, place.earliest)).offset;

describe('the start of the log moves', () => {
  test.each([0, 1, 2])('version %d: to the offset', async (version) => {
    const topic = await fiveRecords();
    expect(await deleteRecords(cluster(), topic, 3, { version })).toEqual({
      error: 'NONE',
      partitionIndex: 0,
      lowWatermark: 3,
    });
    expect(await earliest(topic)).toBe(3);
    expect(await topic.fetch({ offset: 3 })).toMatchObject({ error: 'NONE', logStartOffset: 3 });
  });

  test('into a batch: that batch is still read whole', async () => {
    const topic = await fiveRecords();
    expect(await deleteRecords(cluster(), topic, 1)).toMatchObject({ lowWatermark: 1 });
    expect(await earliest(topic)).toBe(1);
    const { batches } = await topic.fetch({ offset: 1 });
    expect(batches.map(({ baseOffset }) => baseOffset)).toEqual([0, 3]);
  });

  test('-1: to the high watermark, and the log is empty', async () => {
    const topic = await fiveRecords();
    expect(await deleteRecords(cluster(), topic, -1)).toMatchObject({
      error: 'NONE',
      lowWatermark: 5,
    });
    expect(await earliest(topic)).toBe(5);
    expect(await topic.fetch({ offset: 5 })).toMatchObject({
      error: 'NONE',
      highWatermark: 5,
      batches: [],
    });
    expect((await topic.produce(values('f'))).baseOffset).toBe(5);
  });

  test('the high watermark itself is the same as -1', async () => {
    const topic = await fiveRecords();
    expect(await deleteRecords(cluster(), topic, 5)).toMatchObject({
      error: 'NONE',
      lowWatermark: 5,
    });
  });

  test('never back: a lower offset changes nothing and tells where the start is', async () => {
    const topic = await fiveRecords();
    await deleteRecords(cluster(), topic, 3);
    expect(await deleteRecords(cluster(), topic, 1)).toMatchObject({
      error: 'NONE',
      lowWatermark: 3,
    });
    expect(await earliest(topic)).toBe(3);
  });

  test('-1 in an empty partition is 0', async () => {
    const topic = await cluster().topic();
    expect(await deleteRecords(cluster(), topic, -1)).toMatchObject({
      error: 'NONE',
      lowWatermark: 0,
    });
  });

  test('on all replicas', async () => {
    const topic = await fiveRecords({}, 3);
    expect(await deleteRecords(cluster(), topic, 3)).toMatchObject({
      error: 'NONE',
      lowWatermark: 3,
    });
    const brokerId = await topic.notLeader();
    const options = { brokerId, replicaId: -2 };
    expect(await listOffsets(cluster(), topic, place.earliest, options)).toMatchObject({
      error: 'NONE',
      offset: 3,
    });
  });

  test('a fetch below it is OFFSET_OUT_OF_RANGE', async () => {
    const topic = await fiveRecords();
    await deleteRecords(cluster(), topic, 3);
    for (const offset of [0, 2]) {
      expect(await topic.fetch({ offset })).toMatchObject({ error: 'OFFSET_OUT_OF_RANGE' });
    }
  });

  test('a produce tells it', async () => {
    const topic = await fiveRecords();
    await deleteRecords(cluster(), topic, 3);
    expect(await topic.produce(values('f'))).toMatchObject({ baseOffset: 5, logStartOffset: 3 });
  });
});

describe('errors leave the log as it was', () => {
  test.each([6, 100])(
    'an offset above the high watermark (%d) is OFFSET_OUT_OF_RANGE',
    async (offset) => {
      const topic = await fiveRecords();
      expect(await deleteRecords(cluster(), topic, offset)).toEqual({
        error: 'OFFSET_OUT_OF_RANGE',
        partitionIndex: 0,
        lowWatermark: -1,
      });
      expect(await earliest(topic)).toBe(0);
    },
  );

  test.each([-2, -100])('%d is OFFSET_OUT_OF_RANGE', async (offset) => {
    const topic = await fiveRecords();
    expect(await deleteRecords(cluster(), topic, offset)).toMatchObject({
      error: 'OFFSET_OUT_OF_RANGE',
      lowWatermark: -1,
    });
    expect(await earliest(topic)).toBe(0);
  });

  test('a topic that is only compacted is POLICY_VIOLATION', async () => {
    const topic = await cluster().topic({ configs: { 'cleanup.policy': 'compact' } });
    expect(await deleteRecords(cluster(), topic, -1)).toMatchObject({
      error: 'POLICY_VIOLATION',
      lowWatermark: -1,
    });
  });

  test('a topic that is compacted and deleted is not', async () => {
    const topic = await cluster().topic({ configs: { 'cleanup.policy': 'compact,delete' } });
    expect(await deleteRecords(cluster(), topic, -1)).toMatchObject({ error: 'NONE' });
  });

  test('an unknown topic is UNKNOWN_TOPIC_OR_PARTITION', async () => {
    const name = 'conformance-no-such-topic';
    const reply = await cluster().request(apis.DeleteRecords, 2, {
      topics: [{ name, partitions: [{ partitionIndex: 0, offset: 0 }] }],
      timeoutMs: 30_000,
    });
    const { errorCode, lowWatermark } = reply.topics[0]!.partitions[0]!;
    expect(reply.topics[0]!.name).toBe(name);
    expect([errorName(errorCode), lowWatermark]).toEqual(['UNKNOWN_TOPIC_OR_PARTITION', -1]);
  });

  test('an unknown partition is UNKNOWN_TOPIC_OR_PARTITION', async () => {
    const topic = await cluster().topic();
    const options = { partition: 4, brokerId: await topic.leader() };
    expect(await deleteRecords(cluster(), topic, 0, options)).toMatchObject({
      error: 'UNKNOWN_TOPIC_OR_PARTITION',
      partitionIndex: 4,
      lowWatermark: -1,
    });
  });

  test('a follower is NOT_LEADER_OR_FOLLOWER', async () => {
    const topic = await fiveRecords({}, 3);
    const options = { brokerId: await topic.notLeader() };
    expect(await deleteRecords(cluster(), topic, 3, options)).toMatchObject({
      error: 'NOT_LEADER_OR_FOLLOWER',
      lowWatermark: -1,
    });
    expect(await earliest(topic)).toBe(0);
  });

  test('a broker without a replica is NOT_LEADER_OR_FOLLOWER', async () => {
    const topic = await fiveRecords();
    const options = { brokerId: await topic.notLeader() };
    expect(await deleteRecords(cluster(), topic, 3, options)).toMatchObject({
      error: 'NOT_LEADER_OR_FOLLOWER',
    });
  });

  test('one bad partition does not keep the others', async () => {
    const topic = await fiveRecords();
    const reply = await cluster().request(
      apis.DeleteRecords,
      2,
      {
        topics: [
          {
            name: topic.name,
            partitions: [
              { partitionIndex: 0, offset: 2 },
              { partitionIndex: 9, offset: 2 },
            ],
          },
        ],
        timeoutMs: 30_000,
      },
      await topic.leader(),
    );
    const got = reply.topics[0]!.partitions.map((one) => [
      one.partitionIndex,
      errorName(one.errorCode),
      one.lowWatermark,
    ]);
    expect(got.sort()).toEqual([
      [0, 'NONE', 2],
      [9, 'UNKNOWN_TOPIC_OR_PARTITION', -1],
    ]);
  });

  test('no topics at all: an empty reply', async () => {
    const reply = await cluster().request(apis.DeleteRecords, 2, { topics: [], timeoutMs: 1000 });
    expect(reply).toMatchObject({ throttleTimeMs: 0, topics: [] });
  });
});
