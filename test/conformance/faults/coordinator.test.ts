import { expect, test } from 'vitest';
import { Group } from '../harness/group.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

/** The same group at the broker that coordinates it now. */
async function atNext(group: Group): Promise<Group> {
  return await until('another broker coordinates', async () => {
    const next = await Group.make(cluster(), group.id, otherThan(group.coordinator));
    return next.coordinator === group.coordinator ? undefined : next;
  });
}

const otherThan = (brokerId: number): number => cluster().brokerIds.find((id) => id !== brokerId)!;

test('the next coordinator has members, assignments and offsets', async () => {
  const group = await Group.make(cluster());
  const topic = await cluster().topic({ replicas: [cluster().brokerIds] });
  const client = await group.client();
  await client.alone({ sessionTimeoutMs: 60_000 });
  const { memberId, generationId } = client;
  expect(await group.commit(topic, 42, { memberId, generationId })).toBe('NONE');
  await cluster().control.crash(group.coordinator);
  const next = await atNext(group);
  try {
    const again = await next.client();
    Object.assign(again, { memberId, generationId });
    expect(await again.heartbeat()).toBe('NONE');
    expect(await again.sync()).toMatchObject({ error: 'NONE', assignment: 'all' });
    expect(await next.committed(topic)).toMatchObject({ error: 'NONE', offset: 42 });
    expect(await next.commit(topic, 43, { memberId, generationId })).toBe('NONE');
    expect((await next.describe()).members).toMatchObject([{ memberId }]);
  } finally {
    await cluster().control.restart(group.coordinator);
  }
});

test('a join that waits when its coordinator goes in good order is sent on', async () => {
  const group = await Group.make(cluster());
  const [one, two] = [await group.client(), await group.client()];
  await one.alone({ sessionTimeoutMs: 60_000 });
  await two.join();
  const joining = two.join().catch(({ message }) => ({ error: String(message) }));
  await group.untilState('PreparingRebalance');
  await cluster().control.shutdown(group.coordinator);
  try {
    expect(['NOT_COORDINATOR', 'connection closed']).toContain((await joining).error);
    const next = await atNext(group);
    const again = await next.client();
    Object.assign(again, { memberId: one.memberId, generationId: 1 });
    expect(await again.heartbeat()).toBe('NONE');
  } finally {
    await cluster().control.restart(group.coordinator);
  }
});
