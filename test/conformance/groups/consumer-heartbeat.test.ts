import { describe, expect, test } from 'vitest';
import { ConsumerGroup } from '../harness/consumer-group.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const newGroup = () => ConsumerGroup.make(cluster());

describe('INVALID_REQUEST is', () => {
  const topics = [{ name: 't', id: '' }];

  test('no member id, from version 1 on', async () => {
    const member = (await newGroup()).member();
    expect(await member.join(topics, { memberId: '' })).toMatchObject({
      ...{ error: 'INVALID_REQUEST', errorMessage: "MemberId can't be empty." },
      ...{ memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null },
    });
  });

  test.each([
    ['an empty instance id', { instanceId: '' }, "InstanceId can't be empty."],
    ['an empty rack id', { rackId: ' ' }, "RackId can't be empty."],
    [
      'a join without rebalance timeout',
      { rebalanceTimeoutMs: -1 },
      'RebalanceTimeoutMs must be provided in first request.',
    ],
    [
      'a join that does not say what it owns',
      { topicPartitions: null },
      'TopicPartitions must be empty when (re-)joining.',
    ],
    [
      'a join that owns something',
      { topicPartitions: [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partitions: [0] }] },
      'TopicPartitions must be empty when (re-)joining.',
    ],
    [
      'a join without subscription',
      { subscribedTopicNames: null },
      'Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.',
    ],
    ['an epoch below -2', { memberEpoch: -3 }, 'MemberEpoch is invalid.'],
    ['epoch -2 of a dynamic member', { memberEpoch: -2 }, "InstanceId can't be null."],
  ])('%s', async (_, body, errorMessage) => {
    const member = (await newGroup()).member();
    expect(await member.join(topics, body)).toMatchObject({
      error: 'INVALID_REQUEST',
      errorMessage,
    });
  });
});

test('at version 0 the coordinator makes the member id', async () => {
  const topic = await cluster().topic();
  const member = (await newGroup()).member();
  const joined = await member.join([topic], { version: 0, memberId: '' });
  expect(joined.error).toBe('NONE');
  expect(joined.memberId).toMatch(/^[0-9A-Za-z_-]{22}$|^[0-9a-f-]{36}$/);
});

test('an assignor that is not there is UNSUPPORTED_ASSIGNOR', async () => {
  const member = (await newGroup()).member();
  expect(await member.join([{ name: 't', id: '' }], { serverAssignor: 'mine' })).toMatchObject({
    error: 'UNSUPPORTED_ASSIGNOR',
    errorMessage: 'ServerAssignor mine is not supported. Supported assignors: uniform, range.',
  });
});

test('whoever alone joins has everything', async () => {
  const topic = await cluster().topic({ partitions: 3 });
  const member = (await newGroup()).member();
  expect(await member.join([topic])).toMatchObject({
    ...{ error: 'NONE', errorMessage: null, memberId: member.memberId },
    ...{ memberEpoch: 2, heartbeatIntervalMs: 5000 },
    assignment: { topicPartitions: [{ topicId: topic.id, partitions: [0, 1, 2] }] },
  });
});

test('without news there is no assignment in the reply; to who says all there is', async () => {
  const topic = await cluster().topic({ partitions: 2 });
  const member = (await newGroup()).member();
  await member.join([topic]);
  expect(await member.beat()).toMatchObject({ error: 'NONE', memberEpoch: 2, assignment: null });
  expect((await member.step()).assignment).toBeNull();
  const all = { subscribedTopicNames: [topic.name], rebalanceTimeoutMs: 30_000 };
  expect((await member.step(all)).assignment).not.toBeNull();
});

test('an empty subscription is one', async () => {
  const member = (await newGroup()).member();
  expect(await member.join([])).toMatchObject({
    error: 'NONE',
    assignment: { topicPartitions: [] },
  });
});

test('a group that is not there is GROUP_ID_NOT_FOUND but to who joins', async () => {
  const group = await newGroup();
  const answer = { error: 'GROUP_ID_NOT_FOUND' };
  expect(await group.member().beat({ memberEpoch: 1 })).toMatchObject(answer);
  expect(await group.member().leave()).toMatchObject(answer);
});

test('a member that is not there is UNKNOWN_MEMBER_ID but when it joins', async () => {
  const group = await newGroup();
  await group.member().join([await cluster().topic()]);
  const stranger = group.member();
  expect(await stranger.beat({ memberEpoch: 1 })).toMatchObject({
    error: 'UNKNOWN_MEMBER_ID',
    errorMessage: `Member ${stranger.memberId} is not a member of group ${group.group.id}.`,
  });
  expect((await stranger.leave()).error).toBe('UNKNOWN_MEMBER_ID');
});

test('another epoch is FENCED_MEMBER_EPOCH', async () => {
  const member = (await newGroup()).member();
  await member.join([await cluster().topic()]);
  expect(await member.beat({ memberEpoch: 3 })).toMatchObject({
    error: 'FENCED_MEMBER_EPOCH',
    errorMessage:
      'The consumer group member has a greater member epoch (3) than the one known by the group ' +
      'coordinator (2). The member must abandon all its partitions and rejoin.',
  });
  expect(await member.beat({ memberEpoch: 1 })).toMatchObject({
    error: 'FENCED_MEMBER_EPOCH',
    errorMessage:
      'The consumer group member has a smaller member epoch (1) than the one known by the group ' +
      'coordinator (2). The member must abandon all its partitions and rejoin.',
  });
});

test('the epoch before is the reply that was lost, if it owns nothing else', async () => {
  const [one, two] = [await cluster().topic(), await cluster().topic()];
  const group = await newGroup();
  const member = group.member();
  await member.join([one]);
  const joined = await member.beat({ memberEpoch: 0, ...(await rejoin([one])) });
  expect(joined.error).toBe('NONE');
  const before = member.memberEpoch;
  const owned = member.owned;
  while (member.memberEpoch === before) {
    await member.step({ subscribedTopicNames: [one.name, two.name] });
  }
  const retry = await member.beat({ memberEpoch: before, topicPartitions: owned });
  expect(retry).toMatchObject({ error: 'NONE', memberEpoch: member.memberEpoch });
  const foreign = [{ topicId: one.id, partitions: [7] }];
  const fenced = await member.beat({ memberEpoch: before, topicPartitions: foreign });
  expect(fenced.error).toBe('FENCED_MEMBER_EPOCH');
  const silent = await member.beat({ memberEpoch: before });
  expect(silent.error).toBe('FENCED_MEMBER_EPOCH');
});

const rejoin = async (topics: readonly { name: string }[]) => ({
  ...{ rebalanceTimeoutMs: 30_000, topicPartitions: [] },
  subscribedTopicNames: topics.map(({ name }) => name),
});

test('who leaves is a member no more, and the reply says -1', async () => {
  const group = await newGroup();
  const member = group.member();
  await member.join([await cluster().topic()]);
  expect(await member.leave()).toMatchObject({
    ...{ error: 'NONE', memberId: member.memberId, memberEpoch: -1, assignment: null },
  });
  expect(await group.state()).toBe('Empty');
  expect((await member.beat({ memberEpoch: 2 })).error).toBe('UNKNOWN_MEMBER_ID');
});
