import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import { Group } from '../harness/group.ts';
import type { Topic } from '../harness/topic.ts';
import { Transactional } from '../harness/transaction.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

async function cast(generation: 1 | 2 = 2) {
  const topic = await cluster().topic();
  const group = await Group.make(cluster());
  return { topic, group, producer: await Transactional.ready(cluster(), generation) };
}

/** What a consumer asks before it goes on where a transaction may have been (KIP-447). */
async function stable(group: Group, topic: Topic) {
  const asked = { groupId: group.id, topics: [{ name: topic.name, partitionIndexes: [0] }] };
  const body = { groups: [asked], requireStable: true };
  const reply = await cluster().request(apis.OffsetFetch, 9, body, group.coordinator);
  const { errorCode, committedOffset } = reply.groups[0]!.topics[0]!.partitions[0]!;
  return errorCode === 0 ? committedOffset : errorName(errorCode);
}

describe.each([1, 2] as const)('generation %d', (generation) => {
  test('an offset counts when its transaction is committed', async () => {
    const { topic, group, producer } = await cast(generation);
    await group.commit(topic, 3);
    await producer.offsetCommitted(group, topic, 7);
    expect((await group.committed(topic)).offset).toBe(3);
    expect(await stable(group, topic)).toBe('UNSTABLE_OFFSET_COMMIT');
    await producer.ended(true);
    expect((await group.committed(topic)).offset).toBe(7);
    expect(await stable(group, topic)).toBe(7);
  });

  test('and never when it is aborted', async () => {
    const { topic, group, producer } = await cast(generation);
    await producer.offsetCommitted(group, topic, 7);
    expect(await stable(group, topic)).toBe('UNSTABLE_OFFSET_COMMIT');
    await producer.ended(false);
    expect(await stable(group, topic)).toBe(-1);
    expect((await group.committed(topic)).offset).toBe(-1);
  });

  test('what is committed meanwhile, and later, stays', async () => {
    const { topic, group, producer } = await cast(generation);
    await producer.offsetCommitted(group, topic, 7);
    await group.commit(topic, 9);
    await producer.ended(true);
    expect((await group.committed(topic)).offset).toBe(9);
  });

  test('only members of the group, where it has some', async () => {
    const { topic, group, producer } = await cast(generation);
    const client = await group.client();
    await client.alone();
    const { memberId, generationId } = client;
    if (generation === 1) await producer.addOffsets(group.id);
    const commit = (options: { memberId?: string; generationId?: number }) =>
      producer.commitOffset(group, topic, 1, options);
    expect(await commit({ memberId, generationId: generationId + 1 })).toBe('ILLEGAL_GENERATION');
    expect(await commit({ memberId: 'nobody', generationId })).toBe('UNKNOWN_MEMBER_ID');
    expect(await commit({ memberId, generationId })).toBe('NONE');
    // Who says nothing of a member is let through, as before KIP-447.
    expect(await commit({})).toBe('NONE');
    await producer.ended(true);
  });

  test('a group that is not there has no generation', async () => {
    const { topic, group, producer } = await cast(generation);
    if (generation === 1) await producer.addOffsets(group.id);
    const reply = await producer.commitOffset(group, topic, 1, { generationId: 1, memberId: 'm' });
    expect(reply).toBe('ILLEGAL_GENERATION');
    await producer.ended(false);
  });
});

test.each([
  [3, 'INVALID_TXN_STATE'],
  [4, 'TRANSACTION_ABORTABLE'],
])('version %d of a group that was not added is %s', async (version, error) => {
  const { topic, group, producer } = await cast(1);
  expect(await producer.commitOffset(group, topic, 1, { version })).toBe(error);
});

test('version 5 adds the group', async () => {
  const { topic, group, producer } = await cast();
  expect(await producer.commitOffset(group, topic, 1)).toBe('NONE');
  const { topics } = await producer.describe();
  expect(topics).toMatchObject([{ topic: '__consumer_offsets' }]);
});

test('an epoch that the coordinator does not know', async () => {
  const { topic, group, producer } = await cast();
  const reply = await producer.commitOffset(group, topic, 1, { epoch: 5 });
  expect(reply).toBe('INVALID_PRODUCER_EPOCH');
});

test('offsets and records of one transaction', async () => {
  const { topic, group, producer } = await cast();
  await producer.write(topic, ['out']);
  await producer.offsetCommitted(group, topic, 12);
  await producer.ended(true);
  expect(await stable(group, topic)).toBe(12);
  expect((await topic.fetch({ isolationLevel: 1 })).lastStableOffset).toBe(2);
});
