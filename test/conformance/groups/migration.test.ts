import { expect, test } from 'vitest';
import { ConsumerGroup } from '../harness/consumer-group.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

// Groups with members of both protocols, and on the way from one to the other (KIP-848).

const cluster = useCluster();

interface Topic {
  readonly name: string;
  readonly id: string;
}

const int32 = (value: number): string => `\0\0\0${String.fromCharCode(value)}`;
const int16 = (value: number): string => `\0${String.fromCharCode(value)}`;

const partitionsOf = ({ name }: Topic, partitions: readonly number[]): string =>
  [int32(1), int16(name.length), name, int32(partitions.length), ...partitions.map(int32)].join('');

/** What a consumer of the classic protocol says of itself, at version 1 and without user data. */
const subscription = (topic: Topic, owned: readonly number[] = []): string =>
  [
    ...[int16(1), int32(1), int16(topic.name.length), topic.name, int32(0)],
    owned.length === 0 ? int32(0) : partitionsOf(topic, owned),
  ].join('');

const assignment = (topic: Topic, partitions: readonly number[]): string =>
  int16(1) + partitionsOf(topic, partitions) + int32(0);

/** The partitions of the one topic in an assignment; none without it. */
function partitionsIn(bytes: string, { name }: Topic): number[] {
  const at = bytes.indexOf(name);
  if (at < 0) return [];
  const count = bytes.charCodeAt(at + name.length + 3);
  const first = at + name.length + 4;
  return Array.from({ length: count }, (_, index) => bytes.charCodeAt(first + 4 * index + 3));
}

async function made(partitions = 2) {
  const topic = await cluster().topic({ partitions });
  const consumers = await ConsumerGroup.make(cluster());
  const classic = await consumers.group.client();
  const owning = (...owned: number[]) => ({
    ...{ protocolType: 'consumer', protocols: { range: subscription(topic, owned) } },
  });
  return { topic, consumers, classic, owning, terms: owning() };
}

/** Until it is told to join again. */
const untilRebalance = (classic: { heartbeat(): Promise<string> }) =>
  until('the classic member has to join', async () =>
    (await classic.heartbeat()) === 'REBALANCE_IN_PROGRESS' ? true : undefined,
  );

test('with a member of the new protocol a classic group becomes a consumer group', async () => {
  const { topic, consumers, classic, terms, owning } = await made();
  await classic.enter(terms);
  await classic.sync({ [classic.memberId]: assignment(topic, [0, 1]) }, terms);
  const member = consumers.member();
  expect(await member.join([topic])).toMatchObject({ error: 'NONE', memberEpoch: 2 });
  const described = await consumers.describe();
  expect(described).toMatchObject({ groupEpoch: 2, groupState: 'Reconciling' });
  const types = described.members.map(({ memberId, memberType }) => [memberId, memberType]);
  expect(Object.fromEntries(types)).toEqual({ [classic.memberId]: 0, [member.memberId]: 1 });
  await untilRebalance(classic);
  expect(await classic.join(owning(0, 1))).toMatchObject({
    ...{ error: 'NONE', generationId: 1, leader: '', members: [] },
    ...{ protocolType: 'consumer', protocolName: 'range', skipAssignment: false },
  });
  const synced = await classic.sync({}, terms);
  const kept = partitionsIn(synced.assignment, topic);
  expect(kept).toHaveLength(1);
  // It has given up the rest when it joins again and does not own it any more.
  await untilRebalance(classic);
  expect((await classic.join(owning(...kept))).generationId).toBe(2);
  expect(partitionsIn((await classic.sync({}, terms)).assignment, topic)).toEqual(kept);
  expect(await classic.heartbeat()).toBe('NONE');
  await member.step();
  expect(member.partitions(topic)).toBe(String(1 - kept[0]!));
  expect(await consumers.state()).toBe('Stable');
});

test('with the last member of the new protocol gone, it is a classic group again', async () => {
  const { topic, consumers, classic, terms } = await made();
  const member = consumers.member();
  await member.join([topic]);
  await classic.enter(terms);
  expect((await consumers.describe()).error).toBe('NONE');
  await member.leave();
  expect((await consumers.describe()).error).toBe('GROUP_ID_NOT_FOUND');
  expect(await consumers.group.describe()).toMatchObject({
    ...{ error: 'NONE', groupState: 'PreparingRebalance', protocolType: 'consumer' },
  });
  const { groupState, members } = await consumers.group.describe();
  expect([groupState, members.map(({ memberId }) => memberId)]).toEqual([
    'PreparingRebalance',
    [classic.memberId],
  ]);
  const joined = await classic.join(terms);
  expect(joined).toMatchObject({ error: 'NONE', leader: classic.memberId });
  await classic.sync({ [classic.memberId]: assignment(topic, [0, 1]) }, terms);
  await consumers.group.untilState('Stable');
});

test('when the last of the new protocol comes back as a classic static member, too', async () => {
  const { topic, consumers, classic, terms } = await made();
  const before = consumers.member('i');
  await before.join([topic]);
  await classic.enter(terms);
  await classic.sync({}, terms);
  await until('both have one', async () => {
    await before.step();
    if ((await classic.heartbeat()) === 'NONE') return undefined;
    await classic.join(terms);
    const { assignment: bytes } = await classic.sync({}, terms);
    return partitionsIn(bytes, topic).length === 1 ? true : undefined;
  });
  const held = before.owned[0]!.partitions;
  const after = await consumers.group.client();
  const joined = await after.join({ ...terms, instanceId: 'i' });
  const { generationId } = classic;
  expect(joined).toMatchObject({ error: 'NONE', generationId, leader: '', members: [] });
  expect((await consumers.describe()).error).toBe('GROUP_ID_NOT_FOUND');
  // Nobody has to join again: the generation goes on, with the assignments there are.
  expect(await consumers.group.describe()).toMatchObject({ groupState: 'Stable' });
  const synced = await after.sync({}, { ...terms, instanceId: 'i' });
  expect(partitionsIn(synced.assignment, topic)).toEqual(held);
  expect(await after.heartbeat({ instanceId: 'i' })).toBe('NONE');
  expect(await classic.heartbeat()).toBe('NONE');
  expect((await before.step()).error).toBe('GROUP_ID_NOT_FOUND');
});

test('if the target was behind then, everybody joins again', async () => {
  const { topic, consumers, classic, terms } = await made();
  const before = consumers.member('i');
  await before.join([topic]);
  await classic.enter(terms);
  const after = await consumers.group.client();
  // Nobody has had time for a target that knows the classic member.
  const joined = await after.join({ ...terms, instanceId: 'i' });
  expect(joined).toMatchObject({ error: 'NONE', generationId: 0 });
  expect(await consumers.group.describe()).toMatchObject({ groupState: 'PreparingRebalance' });
  const refused = await after.sync({}, { ...terms, instanceId: 'i' });
  expect(refused.error).toBe('ILLEGAL_GENERATION');
  const again = [after.join({ ...terms, instanceId: 'i' }), classic.join(terms)];
  for (const one of await Promise.all(again)) expect(one.error).toBe('NONE');
});

test('a classic member joins a consumer group: its epoch is its generation', async () => {
  const { topic, consumers, classic, terms } = await made(4);
  const member = consumers.member();
  await member.join([topic]);
  const first = await classic.join(terms);
  expect(first).toMatchObject({ error: 'MEMBER_ID_REQUIRED', generationId: -1 });
  const joined = await classic.join(terms);
  expect(joined).toMatchObject({ error: 'NONE', memberId: first.memberId, leader: '' });
  const synced = await classic.sync({}, terms);
  expect(partitionsIn(synced.assignment, topic)).toEqual([]);
  await until('the other gives two up', async () => {
    await member.step();
    return member.owned[0]!.partitions.length === 2 ? true : undefined;
  });
  await member.step();
  await until('the classic member has its share', async () => {
    if ((await classic.heartbeat()) === 'NONE') return undefined;
    await classic.join(terms);
    const { assignment: bytes } = await classic.sync({}, terms);
    return partitionsIn(bytes, topic).length === 2 ? true : undefined;
  });
  expect(classic.generationId).toBe(3);
});

test('what a classic member says to a consumer group is checked', async () => {
  const { topic, consumers, classic, terms } = await made();
  const member = consumers.member();
  await member.join([topic]);
  await classic.enter(terms);
  const { memberId, generationId } = classic;
  expect(await classic.heartbeat({ generationId: generationId + 1 })).toBe('ILLEGAL_GENERATION');
  expect(await classic.heartbeat({ memberId: 'stranger' })).toBe('UNKNOWN_MEMBER_ID');
  expect(await classic.heartbeat({ memberId: member.memberId })).toBe('UNKNOWN_MEMBER_ID');
  const other = { ...terms, protocolName: 'sticky' };
  expect((await classic.sync({}, other)).error).toBe('INCONSISTENT_GROUP_PROTOCOL');
  const stranger = await consumers.group.client();
  const typed = await stranger.join({ ...terms, protocolType: 'connect' });
  expect(typed.error).toBe('INCONSISTENT_GROUP_PROTOCOL');
  const named = await stranger.join({ ...terms, protocols: { sticky: subscription(topic) } });
  expect(named.error).toBe('INCONSISTENT_GROUP_PROTOCOL');
  expect(await stranger.leave('stranger')).toBe('UNKNOWN_MEMBER_ID');
  expect(await classic.leave(memberId)).toBe('NONE');
  expect((await consumers.describe()).members).toHaveLength(1);
});

test('a group of something else than consumers stays classic', async () => {
  const { topic, consumers, classic } = await made();
  await classic.alone();
  expect(await consumers.member().join([topic])).toMatchObject({
    error: 'GROUP_ID_NOT_FOUND',
    errorMessage:
      `Cannot upgrade classic group ${consumers.group.id} to consumer group because the group ` +
      'does not use the consumer embedded protocol.',
  });
});

test('an empty group is of the kind of whoever joins', async () => {
  const { topic, consumers, classic, terms } = await made();
  await consumers.group.commit(topic, 7);
  const member = consumers.member();
  expect((await member.join([topic])).error).toBe('NONE');
  expect(await consumers.group.committed(topic)).toMatchObject({ offset: 7 });
  await member.leave();
  expect((await classic.enter(terms)).generationId).toBe(1);
  await consumers.group.untilState('CompletingRebalance');
  expect(await consumers.group.committed(topic)).toMatchObject({ offset: 7 });
});
