import { expect, test } from 'vitest';
import { ConsumerGroup } from '../harness/consumer-group.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const newGroup = () => ConsumerGroup.make(cluster());

test('an instance id is taken while its member has not left', async () => {
  const topic = await cluster().topic();
  const group = await newGroup();
  const [one, two] = [group.member('i'), group.member('i')];
  await one.join([topic]);
  expect(await two.join([topic])).toMatchObject({
    error: 'UNRELEASED_INSTANCE_ID',
    errorMessage:
      `Static member ${two.memberId} with instance id i cannot join the group because the ` +
      `instance id is owned by ${one.memberId} member.`,
  });
});

test('who leaves for a while comes back to its partitions, and nobody is disturbed', async () => {
  const topic = await cluster().topic({ partitions: 3 });
  const group = await newGroup();
  const [one, two] = [group.member('i'), group.member('i')];
  await one.join([topic]);
  expect(await one.leave(-2)).toMatchObject({ error: 'NONE', memberEpoch: -2, assignment: null });
  expect((await group.describe()).members[0]).toMatchObject({ memberEpoch: -2 });
  const { groupEpoch } = await group.describe();
  expect(await two.join([topic])).toMatchObject({ error: 'NONE', memberEpoch: groupEpoch });
  expect(two.partitions(topic)).toBe('0 1 2');
  const described = await group.describe();
  expect(described).toMatchObject({ groupEpoch, groupState: 'Stable' });
  expect(described.members.map(({ memberId }) => memberId)).toEqual([two.memberId]);
});

test('whose instance id another has taken is fenced', async () => {
  const topic = await cluster().topic();
  const group = await newGroup();
  const [one, two] = [group.member('i'), group.member('i')];
  await one.join([topic]);
  await one.leave(-2);
  await two.join([topic]);
  const message = `Static member ${one.memberId} with instance id i was fenced by member`;
  const fenced = { error: 'FENCED_INSTANCE_ID', errorMessage: `${message} ${two.memberId}.` };
  expect(await one.beat({ memberEpoch: 2 })).toMatchObject(fenced);
  expect(await one.leave()).toMatchObject(fenced);
});

test('an instance id that nobody has is UNKNOWN_MEMBER_ID', async () => {
  const group = await newGroup();
  await group.member().join([await cluster().topic()]);
  expect(await group.member('i').beat({ memberEpoch: 2 })).toMatchObject({
    error: 'UNKNOWN_MEMBER_ID',
    errorMessage: 'Instance id i is unknown.',
  });
});

test('a static member that leaves for good is gone', async () => {
  const group = await newGroup();
  const member = group.member('i');
  await member.join([await cluster().topic()]);
  expect(await member.leave()).toMatchObject({ error: 'NONE', memberEpoch: -1 });
  expect(await group.state()).toBe('Empty');
});
