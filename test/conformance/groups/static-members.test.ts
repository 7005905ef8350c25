import { expect, test } from 'vitest';
import { Group } from '../harness/group.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const newGroup = () => Group.make(cluster());
const instance = { instanceId: 'one' };

test('a static member comes back without a rebalance; its old id is fenced', async () => {
  const group = await newGroup();
  const [before, after] = [await group.client(), await group.client()];
  await before.alone(instance);
  const joined = await after.join(instance);
  expect(joined).toMatchObject({ error: 'NONE', generationId: 1, skipAssignment: true });
  expect(joined.leader).toBe(joined.memberId);
  expect(joined.memberId).not.toBe(before.memberId);
  expect(await after.sync({}, instance)).toMatchObject({ error: 'NONE', assignment: 'all' });
  expect(await before.heartbeat(instance)).toBe('FENCED_INSTANCE_ID');
  expect((await before.sync({}, instance)).error).toBe('FENCED_INSTANCE_ID');
  expect((await before.join(instance)).error).toBe('FENCED_INSTANCE_ID');
});

test('before version 9 it is told who led, so that it does not assign', async () => {
  const group = await newGroup();
  const [before, after] = [await group.client(), await group.client()];
  await before.alone(instance);
  const joined = await after.join({ ...instance, version: 8 });
  expect(joined).toMatchObject({ error: 'NONE', generationId: 1, members: [] });
  expect(joined.leader).toBe(before.memberId);
});

test('a static member that likes another protocol starts a rebalance', async () => {
  const group = await newGroup();
  const [before, after] = [await group.client(), await group.client()];
  await before.alone({ ...instance, protocols: { range: '', other: '' } });
  const joined = await after.join({ ...instance, protocols: { other: '' } });
  expect(joined).toMatchObject({ error: 'NONE', generationId: 2, protocolName: 'other' });
});

test('a static member may be removed by its instance id alone', async () => {
  const group = await newGroup();
  const client = await group.client();
  await client.alone(instance);
  expect(await client.leave('', 'two')).toBe('UNKNOWN_MEMBER_ID');
  expect(await client.leave('other', 'one')).toBe('FENCED_INSTANCE_ID');
  expect(await client.leave('', 'one')).toBe('NONE');
  await group.untilState('Empty');
});

test('a commit of a fenced member is refused', async () => {
  const group = await newGroup();
  const topic = await cluster().topic();
  const [before, after] = [await group.client(), await group.client()];
  await before.alone(instance);
  await after.join(instance);
  const { memberId } = before;
  const member = { memberId, generationId: 1, instanceId: 'one' };
  expect(await group.commit(topic, 5, member)).toBe('FENCED_INSTANCE_ID');
});

test('a static member is described with its instance id', async () => {
  const group = await newGroup();
  const client = await group.client();
  await client.alone(instance);
  const { members } = await group.describe();
  expect(members).toMatchObject([{ memberId: client.memberId, groupInstanceId: 'one' }]);
});
