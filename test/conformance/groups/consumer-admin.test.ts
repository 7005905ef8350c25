import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { ConsumerGroup } from '../harness/consumer-group.ts';
import { errorName } from '../harness/error-name.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const newGroup = () => ConsumerGroup.make(cluster());

test('a group is described with its epochs, members and assignments', async () => {
  const topic = await cluster().topic({ partitions: 2 });
  const group = await newGroup();
  const member = group.member('i');
  await member.join([topic], { rackId: 'here' });
  const partitions = { topicId: topic.id, topicName: topic.name, partitions: [0, 1] };
  const assignment = { topicPartitions: [partitions] };
  const described = await group.describe();
  expect(described).toMatchObject({
    ...{ error: 'NONE', errorMessage: null, groupState: 'Stable' },
    ...{ groupEpoch: 2, assignmentEpoch: 2, assignorName: 'uniform' },
    authorizedOperations: -2147483648,
    members: [
      {
        ...{ memberId: member.memberId, instanceId: 'i', rackId: 'here', memberEpoch: 2 },
        ...{ clientId: 'conformance', subscribedTopicNames: [topic.name] },
        ...{ subscribedTopicRegex: '', assignment, targetAssignment: assignment, memberType: 1 },
      },
    ],
  });
  expect(described.members[0]!.clientHost).toMatch(/^\/(127\.0\.0\.1|::1)/);
  expect((await group.describe(0, true)).authorizedOperations).toBe(3400);
});

test('a group that is not there is GROUP_ID_NOT_FOUND', async () => {
  const group = await newGroup();
  expect(await group.describe()).toMatchObject({
    ...{ error: 'GROUP_ID_NOT_FOUND', errorMessage: `Group ${group.group.id} not found.` },
    ...{ groupState: '', members: [] },
  });
});

test('a classic group is none', async () => {
  const group = await newGroup();
  await (await group.group.client()).alone();
  expect(await group.describe()).toMatchObject({
    ...{ error: 'GROUP_ID_NOT_FOUND' },
    errorMessage: `Group ${group.group.id} is not a consumer group.`,
  });
});

test('nor is a consumer group a classic one', async () => {
  const group = await newGroup();
  await group.member().join([await cluster().topic()]);
  expect(await group.group.describe(6)).toMatchObject({
    ...{ error: 'GROUP_ID_NOT_FOUND', groupState: 'Dead' },
    errorMessage: `Group ${group.group.id} is not a classic group.`,
  });
});

test('groups are listed by state and type', async () => {
  const group = await newGroup();
  const member = group.member();
  await member.join([await cluster().topic()]);
  const list = async (statesFilter: string[], typesFilter: string[]) => {
    const body = { statesFilter, typesFilter };
    const { coordinator, id } = group.group;
    const { groups } = await cluster().request(apis.ListGroups, 5, body, coordinator);
    return groups.filter(({ groupId }) => groupId === id);
  };
  const entry = { protocolType: 'consumer', groupState: 'Stable', groupType: 'consumer' };
  expect(await list([], ['consumer'])).toMatchObject([entry]);
  expect(await list(['stable'], [])).toMatchObject([entry]);
  expect(await list([], ['classic'])).toEqual([]);
  await member.leave();
  expect(await list(['Empty'], ['Consumer'])).toMatchObject([{ groupState: 'Empty' }]);
});

test('only an empty group can be deleted', async () => {
  const group = await newGroup();
  const member = group.member();
  await member.join([await cluster().topic()]);
  const remove = async () => {
    const { id, coordinator } = group.group;
    const body = { groupsNames: [id] };
    const reply = await cluster().request(apis.DeleteGroups, 2, body, coordinator);
    return errorName(reply.results[0]!.errorCode);
  };
  expect(await remove()).toBe('NON_EMPTY_GROUP');
  await member.leave();
  expect(await remove()).toBe('NONE');
  expect((await group.describe()).error).toBe('GROUP_ID_NOT_FOUND');
});

test('offsets of a topic that somebody is subscribed to cannot be deleted', async () => {
  const topic = await cluster().topic();
  const group = await newGroup();
  const member = group.member();
  await member.join([topic]);
  const { memberId } = member;
  await group.group.commit(topic, 1, { memberId, generationId: 2 });
  const remove = async () => {
    const { id, coordinator } = group.group;
    const topics = [{ name: topic.name, partitions: [{ partitionIndex: 0 }] }];
    const body = { groupId: id, topics };
    const reply = await cluster().request(apis.OffsetDelete, 0, body, coordinator);
    return errorName(reply.errorCode || reply.topics[0]!.partitions[0]!.errorCode);
  };
  expect(await remove()).toBe('GROUP_SUBSCRIBED_TO_TOPIC');
  await member.leave();
  expect(await remove()).toBe('NONE');
});
