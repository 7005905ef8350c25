import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { errorName } from '../harness/error-name.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const refused = { baseOffset: -1, logAppendTimeMs: -1, logStartOffset: -1 };

/** Produces one value to a topic by whatever name and id are given. */
async function produceTo(version: number, topic: { name?: string; topicId?: string }) {
  const reply = await cluster().request(apis.Produce, version, {
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ ...topic, partitionData: [{ index: 0, records: [values('a')] }] }],
  });
  const { errorCode, ...rest } = reply.responses[0]!.partitionResponses[0]!;
  return { error: errorName(errorCode), ...rest };
}

describe('by name, up to version 12', () => {
  test('an unknown topic is UNKNOWN_TOPIC_OR_PARTITION and is not created', async () => {
    const name = `conformance-missing-${process.pid}-${Date.now()}`;
    expect(await produceTo(12, { name })).toMatchObject({
      error: 'UNKNOWN_TOPIC_OR_PARTITION',
      ...refused,
    });
    const metadata = await cluster().request(apis.Metadata, 12, {
      topics: [{ name }],
      allowAutoTopicCreation: false,
    });
    expect(errorName(metadata.topics[0]!.errorCode)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  test('a name that no topic may have is UNKNOWN_TOPIC_OR_PARTITION as well', async () => {
    expect(await produceTo(12, { name: 'not/a/topic' })).toMatchObject({
      error: 'UNKNOWN_TOPIC_OR_PARTITION',
    });
  });

  test.each([3, 5, 8, 9, 12])('version %d writes', async (version) => {
    const topic = await cluster().topic();
    expect(await topic.produce(values('a'), { version })).toMatchObject({
      error: 'NONE',
      baseOffset: 0,
      logStartOffset: version >= 5 ? 0 : -1,
    });
  });

  test.each([1, 7, -1])('partition %d of one is UNKNOWN_TOPIC_OR_PARTITION', async (partition) => {
    const topic = await cluster().topic();
    const brokerId = await topic.leader();
    expect(await topic.produce(values('a'), { version: 12, partition, brokerId })).toMatchObject({
      error: 'UNKNOWN_TOPIC_OR_PARTITION',
      ...refused,
    });
  });
});

describe('by id, version 13', () => {
  test('the reply names the topic by its id', async () => {
    const topic = await cluster().topic();
    const reply = await cluster().request(
      apis.Produce,
      13,
      topic.produceRequest(values('a')),
      await topic.leader(),
    );
    expect(reply.responses).toMatchObject([
      { topicId: topic.id, partitionResponses: [{ index: 0, errorCode: 0, baseOffset: 0 }] },
    ]);
  });

  test('an unknown id is UNKNOWN_TOPIC_ID', async () => {
    expect(await produceTo(13, { topicId: 'b2RyYWRlay1ub3QtdGhlcg' })).toMatchObject({
      error: 'UNKNOWN_TOPIC_ID',
      ...refused,
    });
  });

  test('the zero id is UNKNOWN_TOPIC_ID', async () => {
    expect(await produceTo(13, {})).toMatchObject({ error: 'UNKNOWN_TOPIC_ID' });
  });

  test('an unknown partition of a known id is UNKNOWN_TOPIC_OR_PARTITION', async () => {
    const topic = await cluster().topic();
    const brokerId = await topic.leader();
    expect(await topic.produce(values('a'), { partition: 1, brokerId })).toMatchObject({
      error: 'UNKNOWN_TOPIC_OR_PARTITION',
    });
  });
});

describe('a broker that does not lead the partition', () => {
  test('a follower answers NOT_LEADER_OR_FOLLOWER and writes nothing', async () => {
    const topic = await cluster().topic({ replicationFactor: 3 });
    expect(await topic.produce(values('a'), { brokerId: await topic.notLeader() })).toMatchObject({
      error: 'NOT_LEADER_OR_FOLLOWER',
      ...refused,
    });
    expect(await topic.records()).toEqual([]);
  });

  test('a broker without a replica answers the same', async () => {
    const topic = await cluster().topic();
    expect(await topic.produce(values('a'), { brokerId: await topic.notLeader() })).toMatchObject({
      error: 'NOT_LEADER_OR_FOLLOWER',
      ...refused,
    });
  });

  test.each([10, 12, 13])(
    'version %d says who leads, at which epoch and where',
    async (version) => {
      const topic = await cluster().topic({ replicationFactor: 3 });
      const leaderId = await topic.leader();
      const reply = await topic.produce(values('a'), {
        version,
        brokerId: await topic.notLeader(),
      });
      expect(reply.currentLeader).toEqual({ leaderId, leaderEpoch: 0 });
      expect(reply.nodeEndpoints).toMatchObject([
        { nodeId: leaderId, ...cluster().address(leaderId) },
      ]);
    },
  );

  test('version 9 does not', async () => {
    const topic = await cluster().topic({ replicationFactor: 3 });
    const reply = await topic.produce(values('a'), {
      version: 9,
      brokerId: await topic.notLeader(),
    });
    expect(reply).toMatchObject({
      error: 'NOT_LEADER_OR_FOLLOWER',
      currentLeader: null,
      nodeEndpoints: [],
    });
  });

  test('a success carries no hint', async () => {
    const topic = await cluster().topic();
    expect(await topic.produce(values('a'))).toMatchObject({
      error: 'NONE',
      currentLeader: null,
      nodeEndpoints: [],
    });
  });
});

test('an internal topic is INVALID_TOPIC_EXCEPTION to a client', async () => {
  const name = '__consumer_offsets';
  const replicationFactor = 3;
  await cluster().request(apis.CreateTopics, 7, {
    topics: [{ name, numPartitions: 5, replicationFactor }],
    timeoutMs: 30_000,
  });
  // A broker that has not heard of the new topic yet says that there is none.
  const reply = await until('the topic is known', async () => {
    const answer = await produceTo(12, { name });
    return answer.error === 'UNKNOWN_TOPIC_OR_PARTITION' ? undefined : answer;
  });
  expect(reply).toMatchObject({ error: 'INVALID_TOPIC_EXCEPTION' });
});
