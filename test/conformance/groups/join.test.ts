import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { Group } from '../harness/group.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const newGroup = () => Group.make(cluster());

test.each([4, 5, 6, 7, 8, 9])('version %d gives a member id first', async (version) => {
  const client = await (await newGroup()).client();
  const first = await client.join({ version });
  expect(first).toMatchObject({ error: 'MEMBER_ID_REQUIRED', generationId: -1, leader: '' });
  expect(first.memberId).toMatch(/^conformance-[0-9a-f-]{36}$/);
  const second = await client.join({ version });
  expect(second).toMatchObject({ error: 'NONE', generationId: 1, memberId: first.memberId });
});

test.each([0, 1, 2, 3])('version %d joins at once', async (version) => {
  const client = await (await newGroup()).client();
  const joined = await client.join({ version });
  expect(joined).toMatchObject({ error: 'NONE', generationId: 1, protocolName: 'range' });
  expect(joined.leader).toBe(joined.memberId);
});

test('a static member joins at once, and its id begins with its instance id', async () => {
  const client = await (await newGroup()).client();
  const joined = await client.join({ instanceId: 'one' });
  expect(joined).toMatchObject({ error: 'NONE', generationId: 1 });
  expect(joined.memberId).toMatch(/^one-[0-9a-f-]{36}$/);
});

test('the leader is told who is there, and with what', async () => {
  const client = await (await newGroup()).client();
  const joined = await client.enter({ protocols: { range: 'mine' } });
  const { memberId } = client;
  expect(joined.members).toEqual([{ memberId, groupInstanceId: null, metadata: 'mine' }]);
  expect(joined).toMatchObject({ protocolType: 'test', skipAssignment: false });
});

test('an empty group id is INVALID_GROUP_ID', async () => {
  const group = await newGroup();
  const body = { groupId: '', sessionTimeoutMs: 30_000 };
  const reply = await cluster().request(apis.JoinGroup, 9, body, group.coordinator);
  expect(reply).toMatchObject({ errorCode: 24, memberId: '' });
});

test.each([5999, 1_800_001])('a session timeout of %d is refused', async (sessionTimeoutMs) => {
  const client = await (await newGroup()).client();
  expect((await client.join({ sessionTimeoutMs })).error).toBe('INVALID_SESSION_TIMEOUT');
});

test('a member id that was never given out is unknown', async () => {
  const group = await newGroup();
  const client = await group.client();
  expect((await client.join({ memberId: 'stranger' })).error).toBe('UNKNOWN_MEMBER_ID');
  await client.enter({ memberId: '' });
  const other = await group.client();
  expect((await other.join({ memberId: 'stranger' })).error).toBe('UNKNOWN_MEMBER_ID');
});

test('no protocols, or no protocol type, are INCONSISTENT_GROUP_PROTOCOL', async () => {
  const client = await (await newGroup()).client();
  const none = await client.join({ protocols: {} });
  expect(none.error).toBe('INCONSISTENT_GROUP_PROTOCOL');
  const untyped = await client.join({ protocolType: '', memberId: '' });
  expect(untyped.error).toBe('INCONSISTENT_GROUP_PROTOCOL');
});

test('another protocol type, or nothing in common, is INCONSISTENT_GROUP_PROTOCOL', async () => {
  const group = await newGroup();
  await (await group.client()).alone();
  const other = await group.client();
  const typed = await other.join({ protocolType: 'connect' });
  expect(typed.error).toBe('INCONSISTENT_GROUP_PROTOCOL');
  const named = await other.join({ protocols: { sticky: '' }, memberId: '' });
  expect(named.error).toBe('INCONSISTENT_GROUP_PROTOCOL');
});

test('the protocol that most members like best wins', async () => {
  const group = await newGroup();
  const [one, two, three] = [await group.client(), await group.client(), await group.client()];
  const likesA = { protocols: { a: '', b: '' } };
  const likesB = { protocols: { b: '', a: '' } };
  await one.alone({ ...likesA });
  await two.join(likesB);
  await three.join(likesB);
  const joins = [two.join(likesB), three.join(likesB)];
  await group.untilState('PreparingRebalance');
  joins.push(one.join(likesA));
  for (const joined of await Promise.all(joins)) {
    expect(joined).toMatchObject({ error: 'NONE', protocolName: 'b' });
  }
});

test('only the leader of the generation is told the members', async () => {
  const group = await newGroup();
  const [one, two] = [await group.client(), await group.client()];
  await one.alone();
  await two.join();
  const joining = two.join();
  await group.untilState('PreparingRebalance');
  const leader = await one.join();
  const follower = await joining;
  expect(leader.members.map(({ memberId }) => memberId).sort()).toEqual(
    [one.memberId, two.memberId].sort(),
  );
  expect(follower).toMatchObject({ members: [], leader: one.memberId, generationId: 2 });
});

test('a follower that joins a stable group again with the same stays as it is', async () => {
  const group = await newGroup();
  const { follower, leader } = await twoMembers(group);
  const again = await follower.join();
  expect(again).toMatchObject({ error: 'NONE', generationId: 2, members: [] });
  expect(await leader.heartbeat()).toBe('NONE');
});

test('a follower that comes with something else starts a rebalance', async () => {
  const group = await newGroup();
  const { follower, leader } = await twoMembers(group);
  const joining = follower.join({ protocols: { range: 'changed' } });
  await group.untilState('PreparingRebalance');
  expect(await leader.heartbeat()).toBe('REBALANCE_IN_PROGRESS');
  await leader.join();
  expect(await joining).toMatchObject({ error: 'NONE', generationId: 3 });
});

test('the leader that joins a stable group again starts a rebalance', async () => {
  const group = await newGroup();
  const { follower, leader } = await twoMembers(group);
  const joining = leader.join();
  await group.untilState('PreparingRebalance');
  await follower.join();
  expect(await joining).toMatchObject({ error: 'NONE', generationId: 3 });
});

test('who does not join again in time is out', async () => {
  const group = await newGroup();
  const { follower, leader } = await twoMembers(group, { rebalanceTimeoutMs: 1000 });
  const joined = await leader.join({ rebalanceTimeoutMs: 1000 });
  expect(joined.members.map(({ memberId }) => memberId)).toEqual([leader.memberId]);
  expect(await follower.heartbeat()).toBe('UNKNOWN_MEMBER_ID');
});

/** A stable group of two, in generation 2. */
async function twoMembers(group: Group, options: { rebalanceTimeoutMs?: number } = {}) {
  const [leader, follower] = [await group.client(), await group.client()];
  await leader.alone(options);
  await follower.join(options);
  const joining = follower.join(options);
  await group.untilState('PreparingRebalance');
  await leader.join(options);
  await joining;
  const syncing = follower.sync();
  await leader.sync({ [leader.memberId]: 'a', [follower.memberId]: 'b' });
  await syncing;
  return { leader, follower };
}
