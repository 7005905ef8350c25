import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import { Group } from '../harness/group.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const newGroup = () => Group.make(cluster());

test.each([2, 3, 4, 5, 6, 7, 8, 9, 10])('version %d commits without a member', async (version) => {
  const [group, topic] = [await newGroup(), await cluster().topic()];
  expect(await group.commit(topic, 42, { version, metadata: 'note' })).toBe('NONE');
  expect(await group.committed(topic)).toEqual({ error: 'NONE', offset: 42, metadata: 'note' });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('version %d fetches', async (version) => {
  const [group, topic] = [await newGroup(), await cluster().topic()];
  const nothing = { error: 'NONE', offset: -1, metadata: '' };
  expect(await group.committed(topic, { version })).toEqual(nothing);
  await group.commit(topic, 7);
  expect(await group.committed(topic, { version })).toEqual({ ...nothing, offset: 7 });
});

test('a later commit counts, even a smaller one, and a negative one is kept', async () => {
  const [group, topic] = [await newGroup(), await cluster().topic()];
  for (const offset of [10, 5, -1]) {
    expect(await group.commit(topic, offset)).toBe('NONE');
    expect((await group.committed(topic)).offset).toBe(offset);
  }
});

test('what is no topic or partition is told beside what is', async () => {
  const [group, topic] = [await newGroup(), await cluster().topic()];
  const partition = (partitionIndex: number) => ({ partitionIndex, committedOffset: 3 });
  const body = {
    groupId: group.id,
    topics: [
      { name: 'no-such-topic', partitions: [partition(0)] },
      { name: topic.name, partitions: [partition(0), partition(9)] },
    ],
  };
  const reply = await cluster().request(apis.OffsetCommit, 9, body, group.coordinator);
  const errors = reply.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, errorCode }) => [name, partitionIndex, errorName(errorCode)]),
  );
  // Kafka tells first what failed.
  expect(new Set(errors.map(String))).toEqual(
    new Set([
      'no-such-topic,0,UNKNOWN_TOPIC_OR_PARTITION',
      `${topic.name},0,NONE`,
      `${topic.name},9,UNKNOWN_TOPIC_OR_PARTITION`,
    ]),
  );
});

test('an unknown topic id is UNKNOWN_TOPIC_ID', async () => {
  const group = await newGroup();
  const nothing = { name: '', id: 'AAAAAAAAAAAAAAAAAAAAEg' };
  expect(await group.commit(nothing, 3, { version: 10 })).toBe('UNKNOWN_TOPIC_ID');
  expect(await group.committed(nothing, { version: 10 })).toMatchObject({
    error: 'UNKNOWN_TOPIC_ID',
    offset: -1,
  });
});

test('more metadata than offset.metadata.max.bytes is refused', async () => {
  const [group, topic] = [await newGroup(), await cluster().topic()];
  expect(await group.commit(topic, 3, { metadata: 'x'.repeat(4096) })).toBe('NONE');
  const more = await group.commit(topic, 4, { metadata: 'x'.repeat(4097) });
  expect(more).toBe('OFFSET_METADATA_TOO_LARGE');
  expect((await group.committed(topic)).offset).toBe(3);
});

test('a generation of a group that does not exist', async () => {
  const [group, topic] = [await newGroup(), await cluster().topic()];
  const member = { generationId: 1, memberId: 'one' };
  expect(await group.commit(topic, 3, { ...member, version: 8 })).toBe('ILLEGAL_GENERATION');
  expect(await group.commit(topic, 3, { ...member, version: 9 })).toBe('GROUP_ID_NOT_FOUND');
});

test('only members of its generation commit for a group that has members', async () => {
  const [group, topic] = [await newGroup(), await cluster().topic()];
  const client = await group.client();
  await client.enter();
  const { memberId } = client;
  expect(await group.commit(topic, 3, { memberId, generationId: 1 })).toBe('REBALANCE_IN_PROGRESS');
  await client.sync({ [memberId]: 'all' });
  expect(await group.commit(topic, 3)).toBe('UNKNOWN_MEMBER_ID');
  expect(await group.commit(topic, 3, { memberId, generationId: 2 })).toBe('ILLEGAL_GENERATION');
  const stranger = { memberId: 'stranger', generationId: 1 };
  expect(await group.commit(topic, 3, stranger)).toBe('UNKNOWN_MEMBER_ID');
  expect(await group.commit(topic, 3, { memberId, generationId: 1 })).toBe('NONE');
});

test('while members join, the generation before may still commit', async () => {
  const [group, topic] = [await newGroup(), await cluster().topic()];
  const [one, two] = [await group.client(), await group.client()];
  await one.alone();
  await two.join();
  const joining = two.join();
  await group.untilState('PreparingRebalance');
  const { memberId } = one;
  expect(await group.commit(topic, 3, { memberId, generationId: 1 })).toBe('NONE');
  await one.join();
  await joining;
});

test('all offsets of a group, when no topic is named', async () => {
  const group = await newGroup();
  const topics = [await cluster().topic(), await cluster().topic()];
  for (const [index, topic] of topics.entries()) await group.commit(topic, index);
  for (const version of [2, 7, 8, 10]) {
    const asked = version >= 8 ? { groups: [{ groupId: group.id, topics: null }] } : undefined;
    const body = asked ?? { groupId: group.id, topics: null };
    const reply = await cluster().request(apis.OffsetFetch, version, body, group.coordinator);
    const found = version >= 8 ? reply.groups[0]!.topics : reply.topics;
    expect(found.length).toBe(2);
  }
});

test('a deleted topic takes its offsets along', async () => {
  const [group, topic] = [await newGroup(), await cluster().topic()];
  const other = await cluster().topic();
  await group.commit(topic, 3);
  await group.commit(other, 4);
  await cluster().request(apis.DeleteTopics, 6, {
    topics: [{ name: topic.name }],
    timeoutMs: 30_000,
  });
  await until('the offset is gone', async () =>
    (await group.committed(topic)).offset === -1 ? true : undefined,
  );
  expect((await group.committed(other)).offset).toBe(4);
});

test('OffsetDelete deletes what the group does not consume', async () => {
  const [group, topic] = [await newGroup(), await cluster().topic({ partitions: 2 })];
  await group.commit(topic, 3);
  const topics = [
    { name: topic.name, partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] },
    { name: 'no-such-topic', partitions: [{ partitionIndex: 0 }] },
  ];
  const body = { groupId: group.id, topics };
  const reply = await cluster().request(apis.OffsetDelete, 0, body, group.coordinator);
  expect(reply.errorCode).toBe(0);
  const errors = new Map(
    reply.topics.map(({ name, partitions }) => [
      name,
      partitions.map(({ errorCode }) => errorName(errorCode)),
    ]),
  );
  expect(errors.get(topic.name)).toEqual(['NONE', 'NONE']);
  expect(errors.get('no-such-topic')).toEqual(['UNKNOWN_TOPIC_OR_PARTITION']);
  expect((await group.committed(topic)).offset).toBe(-1);
});

test('OffsetDelete of a group that is not there, or has members', async () => {
  const [group, topic] = [await newGroup(), await cluster().topic()];
  const body = {
    groupId: group.id,
    topics: [{ name: topic.name, partitions: [{ partitionIndex: 0 }] }],
  };
  const ask = async () => {
    const reply = await cluster().request(apis.OffsetDelete, 0, body, group.coordinator);
    return errorName(reply.errorCode);
  };
  expect(await ask()).toBe('GROUP_ID_NOT_FOUND');
  await (await group.client()).alone();
  expect(await ask()).toBe('NON_EMPTY_GROUP');
});
