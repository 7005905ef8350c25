import { expect, test } from 'vitest';
import { Group } from '../harness/group.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const newGroup = () => Group.make(cluster());

test('the leader gets what it assigned to itself, and gets it again', async () => {
  const client = await (await newGroup()).client();
  const { synced } = await client.alone();
  expect(synced).toMatchObject({ error: 'NONE', assignment: 'all', protocolName: 'range' });
  expect(await client.sync()).toMatchObject({ error: 'NONE', assignment: 'all' });
});

test('a member that the leader forgets gets nothing', async () => {
  const client = await (await newGroup()).client();
  await client.enter();
  expect(await client.sync({})).toMatchObject({ error: 'NONE', assignment: '' });
});

test('an unknown member, an old generation and another protocol are refused', async () => {
  const client = await (await newGroup()).client();
  await client.enter();
  expect((await client.sync({}, { memberId: 'stranger' })).error).toBe('UNKNOWN_MEMBER_ID');
  expect((await client.sync({}, { generationId: 7 })).error).toBe('ILLEGAL_GENERATION');
  const typed = await client.sync({}, { protocolType: 'connect' });
  expect(typed.error).toBe('INCONSISTENT_GROUP_PROTOCOL');
  const named = await client.sync({}, { protocolName: 'sticky' });
  expect(named.error).toBe('INCONSISTENT_GROUP_PROTOCOL');
});

test('a group that does not exist has no members', async () => {
  const client = await (await newGroup()).client();
  client.generationId = 1;
  expect((await client.sync({}, { memberId: 'one' })).error).toBe('UNKNOWN_MEMBER_ID');
  expect(await client.heartbeat({ memberId: 'one' })).toBe('UNKNOWN_MEMBER_ID');
  expect(await client.leave('one')).toBe('UNKNOWN_MEMBER_ID');
});

test('heartbeats are well after the join and after the sync', async () => {
  const client = await (await newGroup()).client();
  await client.enter();
  expect(await client.heartbeat()).toBe('NONE');
  await client.sync({ [client.memberId]: 'all' });
  expect(await client.heartbeat()).toBe('NONE');
  expect(await client.heartbeat({ generationId: 0 })).toBe('ILLEGAL_GENERATION');
  expect(await client.heartbeat({ memberId: 'stranger' })).toBe('UNKNOWN_MEMBER_ID');
});

test('while members join, a sync is told to join as well', async () => {
  const group = await newGroup();
  const [one, two] = [await group.client(), await group.client()];
  await one.alone();
  await two.join();
  const joining = two.join();
  await group.untilState('PreparingRebalance');
  expect((await one.sync()).error).toBe('REBALANCE_IN_PROGRESS');
  await one.join();
  await joining;
});

test('a waiting sync is told when another member joins', async () => {
  const group = await newGroup();
  const [one, two, three] = [await group.client(), await group.client(), await group.client()];
  await one.alone();
  await two.join();
  const joining = two.join();
  await group.untilState('PreparingRebalance');
  await one.join();
  await joining;
  const syncing = two.sync();
  await three.join();
  const third = three.join();
  expect((await syncing).error).toBe('REBALANCE_IN_PROGRESS');
  await Promise.all([one.join(), two.join(), third]);
});

test('who leaves starts a rebalance, and the last to leave an empty group', async () => {
  const group = await newGroup();
  const [one, two] = [await group.client(), await group.client()];
  await one.alone();
  await two.join();
  const joining = two.join();
  await group.untilState('PreparingRebalance');
  await one.join();
  await joining;
  expect(await two.leave()).toBe('NONE');
  expect(await two.leave()).toBe('UNKNOWN_MEMBER_ID');
  expect(await one.heartbeat()).toBe('REBALANCE_IN_PROGRESS');
  expect(await one.leave()).toBe('NONE');
  await group.untilState('Empty');
  expect(await one.heartbeat()).toBe('UNKNOWN_MEMBER_ID');
});

test('a member id that was only given out can be given back', async () => {
  const client = await (await newGroup()).client();
  await client.join();
  expect(await client.leave()).toBe('NONE');
  expect((await client.join()).error).toBe('UNKNOWN_MEMBER_ID');
});
