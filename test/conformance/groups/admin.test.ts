import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import { Group } from '../harness/group.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const newGroup = () => Group.make(cluster());

test.each([0, 1, 2, 3, 4, 5])('version %d: a group that is not there is dead', async (version) => {
  const group = await newGroup();
  expect(await group.describe(version)).toMatchObject({
    error: 'NONE',
    groupState: 'Dead',
    protocolType: '',
    members: [],
  });
});

test('version 6 says that it is not there', async () => {
  const group = await newGroup();
  expect(await group.describe(6)).toMatchObject({
    error: 'GROUP_ID_NOT_FOUND',
    errorMessage: `Group ${group.id} not found.`,
    groupState: 'Dead',
  });
});

test('a stable group is described with metadata and assignments', async () => {
  const group = await newGroup();
  const client = await group.client();
  await client.alone();
  const described = await group.describe();
  expect(described).toMatchObject({
    error: 'NONE',
    groupState: 'Stable',
    protocolType: 'test',
    protocolData: 'range',
  });
  const [member] = described.members;
  expect(member).toMatchObject({ memberId: client.memberId, clientId: 'conformance' });
  expect(member!.clientHost).toMatch(/^\/(127\.0\.0\.1|::1)/);
  expect(String(member!.memberMetadata)).toBe('subscription');
  expect(String(member!.memberAssignment)).toBe('all');
});

test('before it is stable, a group is described without them', async () => {
  const group = await newGroup();
  const client = await group.client();
  await client.enter();
  // Kafka shows what its log has committed, and nothing is written for who joins.
  await group.untilState('CompletingRebalance');
  const described = await group.describe();
  expect(described).toMatchObject({ groupState: 'CompletingRebalance', protocolData: '' });
  expect(described.members[0]!.memberMetadata).toHaveLength(0);
});

test('what a client may do with a group is told on request', async () => {
  const group = await newGroup();
  await (await group.client()).alone();
  const ask = async (includeAuthorizedOperations: boolean) => {
    const body = { groups: [group.id], includeAuthorizedOperations };
    const reply = await cluster().request(apis.DescribeGroups, 5, body, group.coordinator);
    return reply.groups[0]!.authorizedOperations;
  };
  expect(await ask(false)).toBe(-2147483648);
  expect(await ask(true)).toBe(3400);
});

test('another broker is not the coordinator', async () => {
  const group = await newGroup();
  const other = cluster().brokerIds.find((id) => id !== group.coordinator)!;
  const described = await cluster().request(apis.DescribeGroups, 5, { groups: [group.id] }, other);
  expect(errorName(described.groups[0]!.errorCode)).toBe('NOT_COORDINATOR');
  const body = { groupId: group.id, memberId: 'one', generationId: 1 };
  const beat = await cluster().request(apis.Heartbeat, 4, body, other);
  expect(errorName(beat.errorCode)).toBe('NOT_COORDINATOR');
  const join = { groupId: group.id, sessionTimeoutMs: 30_000, protocolType: 'test' };
  const joined = await cluster().request(apis.JoinGroup, 9, join, other);
  expect(errorName(joined.errorCode)).toBe('NOT_COORDINATOR');
});

test('groups are listed with state and type, and filtered by them', async () => {
  const [stable, simple] = [await newGroup(), await newGroup()];
  await (await stable.client()).alone();
  await simple.commit(await cluster().topic(), 1);
  const list = async (statesFilter: string[], typesFilter: string[] = []) => {
    const found = [];
    for (const brokerId of cluster().brokerIds) {
      const body = { statesFilter, typesFilter };
      const reply = await cluster().request(apis.ListGroups, 5, body, brokerId);
      found.push(...reply.groups.filter(({ groupId }) => [stable.id, simple.id].includes(groupId)));
    }
    return found;
  };
  const stableEntry = {
    groupId: stable.id,
    protocolType: 'test',
    groupState: 'Stable',
    groupType: 'classic',
  };
  const simpleEntry = {
    groupId: simple.id,
    protocolType: '',
    groupState: 'Empty',
    groupType: 'classic',
  };
  expect(await list(['stable'])).toEqual([stableEntry]);
  expect(await list(['Empty'])).toEqual([simpleEntry]);
  expect(await list(['Dead'])).toEqual([]);
  expect(await list([], ['Classic'])).toHaveLength(2);
  expect(await list([], ['consumer'])).toEqual([]);
});

test.each([0, 1, 2])('version %d deletes what has no members', async (version) => {
  const [empty, used, missing] = [await newGroup(), await newGroup(), await newGroup()];
  const topic = await cluster().topic();
  await empty.commit(topic, 1);
  await (await used.client()).alone();
  const ask = async (group: Group) => {
    const body = { groupsNames: [group.id] };
    const reply = await cluster().request(apis.DeleteGroups, version, body, group.coordinator);
    return errorName(reply.results[0]!.errorCode);
  };
  expect(await ask(empty)).toBe('NONE');
  expect((await empty.committed(topic)).offset).toBe(-1);
  expect((await empty.describe()).groupState).toBe('Dead');
  expect(await ask(used)).toBe('NON_EMPTY_GROUP');
  expect(await ask(missing)).toBe('GROUP_ID_NOT_FOUND');
});

test.each([0, 1, 2, 3])('FindCoordinator %d names a broker', async (version) => {
  const group = await newGroup();
  const reply = await cluster().request(apis.FindCoordinator, version, { key: group.id });
  expect(reply).toMatchObject({ errorCode: 0, nodeId: group.coordinator });
  expect({ host: reply.host, port: reply.port }).toEqual(cluster().address(group.coordinator));
});

test.each([4, 5, 6])('FindCoordinator %d names one for each key', async (version) => {
  const group = await newGroup();
  const body = { coordinatorKeys: [group.id, 'another'] };
  const { coordinators } = await cluster().request(apis.FindCoordinator, version, body);
  expect(coordinators.map(({ key, errorCode }) => [key, errorCode])).toEqual([
    [group.id, 0],
    ['another', 0],
  ]);
  expect(coordinators[0]!.nodeId).toBe(group.coordinator);
});
