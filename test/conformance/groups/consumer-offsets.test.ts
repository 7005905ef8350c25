import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { ConsumerGroup } from '../harness/consumer-group.ts';
import { errorName } from '../harness/error-name.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

async function joined(partitions = 1) {
  const topic = await cluster().topic({ partitions });
  const consumers = await ConsumerGroup.make(cluster());
  const member = consumers.member();
  await member.join([topic]);
  const { memberId } = member;
  const commit = (generationId: number, options = {}) =>
    consumers.group.commit(topic, 5, { memberId, generationId, ...options });
  return { topic, consumers, member, commit };
}

test('a member commits with its epoch', async () => {
  const { topic, consumers, commit } = await joined();
  expect(await commit(2)).toBe('NONE');
  expect(await consumers.group.committed(topic)).toMatchObject({ error: 'NONE', offset: 5 });
});

test('a newer epoch, or one from before the partition was its own, is stale', async () => {
  const { commit } = await joined();
  expect(await commit(3)).toBe('STALE_MEMBER_EPOCH');
  expect(await commit(1)).toBe('STALE_MEMBER_EPOCH');
});

test('an older epoch will do for what the member has had since', async () => {
  const { topic, consumers, member, commit } = await joined(2);
  const other = consumers.member();
  await other.join([topic]);
  await until('both have one', async () => {
    for (const one of [member, other]) await one.step();
    return other.partitions(topic) === '' ? undefined : true;
  });
  expect(member.memberEpoch).toBe(3);
  const kept = Number(member.partitions(topic));
  expect(await commit(2, { partition: kept })).toBe('NONE');
  expect(await commit(2, { partition: 1 - kept })).toBe('STALE_MEMBER_EPOCH');
});

test('nobody else commits while there are members', async () => {
  const { consumers, topic, commit } = await joined();
  expect(await consumers.group.commit(topic, 1)).toBe('UNKNOWN_MEMBER_ID');
  expect(await commit(2, { memberId: 'stranger' })).toBe('UNKNOWN_MEMBER_ID');
});

test('a member needs version 9', async () => {
  const { commit } = await joined();
  expect(await commit(2, { version: 8 })).toBe('UNSUPPORTED_VERSION');
});

test('a member that says its epoch is only told its offsets at that epoch', async () => {
  const { topic, consumers, member } = await joined();
  const ask = async (memberId: string, memberEpoch: number) => {
    const topics = [{ name: topic.name, partitionIndexes: [0] }];
    const body = { groups: [{ groupId: consumers.group.id, memberId, memberEpoch, topics }] };
    const reply = await cluster().request(apis.OffsetFetch, 9, body, consumers.group.coordinator);
    return errorName(reply.groups[0]!.errorCode);
  };
  expect(await ask(member.memberId, 2)).toBe('NONE');
  expect(await ask(member.memberId, 1)).toBe('STALE_MEMBER_EPOCH');
  expect(await ask(member.memberId, 3)).toBe('STALE_MEMBER_EPOCH');
  expect(await ask('stranger', 2)).toBe('UNKNOWN_MEMBER_ID');
});

test('offsets stay when everybody has left', async () => {
  const { topic, consumers, member, commit } = await joined();
  await commit(2);
  await member.leave();
  expect(await consumers.group.committed(topic)).toMatchObject({ error: 'NONE', offset: 5 });
  expect(await consumers.group.commit(topic, 9)).toBe('NONE');
});
