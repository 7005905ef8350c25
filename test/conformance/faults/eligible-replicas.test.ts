import { afterEach, beforeEach, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { incrementalAlterConfigs } from '../harness/configs.ts';
import { election, electLeaders, partitionOf } from '../harness/control.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

// KIP-966: whoever leaves an ISR that is below its minimum stays eligible to lead.

const cluster = useCluster();
/** Never touched; it is asked about the others. */
let witness: number;
let first: number;
let second: number;
let topic: Topic;
const down = new Set<number>();

async function end(how: 'crash' | 'shutdown', brokerId: number): Promise<void> {
  down.add(brokerId);
  await cluster().control[how](brokerId);
}

async function restart(brokerId: number): Promise<void> {
  await cluster().control.restart(brokerId);
  down.delete(brokerId);
}

/** Replicas of the topic on `first` and `second` alone, of which two must be in sync. */
beforeEach(async () => {
  [witness, first, second] = cluster().brokerIds as [number, number, number];
  topic = await cluster().topic({
    replicas: [[first, second]],
    configs: { 'min.insync.replicas': '2' },
  });
  await topic.produce(values('a'));
});

afterEach(async () => {
  for (const brokerId of down) await restart(brokerId);
  await until('all are back', async () => {
    const { isrNodes } = await partitionOf(cluster(), topic.name, 0, witness);
    return isrNodes.length === 2 ? true : undefined;
  });
});

type Shown = Awaited<ReturnType<typeof partitionOf>>;

const shows = (what: string, condition: (partition: Shown) => boolean) =>
  until(what, async () => {
    const partition = await partitionOf(cluster(), topic.name, 0, witness);
    return condition(partition) ? partition : undefined;
  });

const led = (by: number) => shows(`${by} leads`, ({ leaderId }) => leaderId === by);

/** Waits for the end of a broker's part in the ISR. */
const gone = (brokerId: number) =>
  shows(`${brokerId} is out of sync`, ({ isrNodes }) => !isrNodes.includes(brokerId));

test('who leaves an ISR below its minimum is eligible until it is back', async () => {
  await end('crash', second);
  expect(await gone(second)).toMatchObject({
    ...{ leaderId: first, leaderEpoch: 0, isrNodes: [first] },
    ...{ eligibleLeaderReplicas: [second], lastKnownElr: [] },
  });
  await restart(second);
  const back = await shows('it is in sync', ({ isrNodes }) => isrNodes.includes(second));
  expect(back).toMatchObject({ leaderId: first, eligibleLeaderReplicas: [], lastKnownElr: [] });
});

test('who is eligible leads when nobody is in sync, with all that was committed', async () => {
  await end('shutdown', second);
  expect(await gone(second)).toMatchObject({ eligibleLeaderReplicas: [second] });
  await topic.produce(values('not committed'), { acks: 1 });
  await end('crash', first);
  expect(await led(-1)).toMatchObject({
    ...{ error: 'NONE', leaderEpoch: 1, isrNodes: [] },
    ...{ eligibleLeaderReplicas: [first, second].sort(), lastKnownElr: [first] },
  });
  await restart(second);
  expect(await led(second)).toMatchObject({
    ...{ error: 'NONE', leaderEpoch: 2, isrNodes: [second] },
    ...{ eligibleLeaderReplicas: [first], lastKnownElr: [] },
  });
  await restart(first);
  await shows('both are in sync', ({ isrNodes }) => isrNodes.length === 2);
  const records = await until('it is served', async () => {
    const found = await topic.records();
    return found.length > 0 ? found : undefined;
  });
  expect(records.map(({ value }) => value)).toEqual(['a']);
});

test('who was killed is not, for it may have lost its log; the last leader then is', async () => {
  await end('crash', second);
  await gone(second);
  await end('crash', first);
  await led(-1);
  await restart(second);
  const without = await shows(
    'the eligible are fewer',
    ({ eligibleLeaderReplicas, offlineReplicas }) =>
      eligibleLeaderReplicas?.length === 1 && !offlineReplicas.includes(second),
  );
  expect(without).toMatchObject({
    ...{ leaderId: -1, isrNodes: [] },
    ...{ eligibleLeaderReplicas: [first], lastKnownElr: [first] },
  });
  await restart(first);
  expect(await led(first)).toMatchObject({ leaderEpoch: 2, eligibleLeaderReplicas: [] });
});

test('nobody leads who is neither: only an unclean election changes that', async () => {
  await end('crash', second);
  await gone(second);
  await end('crash', first);
  await led(-1);
  await restart(second);
  await shows('it is up', ({ offlineReplicas }) => !offlineReplicas.includes(second));
  const ask = async (type: number) => {
    const { results } = await electLeaders(cluster(), type, [[topic.name, 0]], {
      brokerId: witness,
    });
    return results[0]!.partitions[0]!;
  };
  expect(await ask(election.preferred)).toMatchObject({
    error: 'PREFERRED_LEADER_NOT_AVAILABLE',
    errorMessage: 'The preferred leader was not available.',
  });
  expect(await ask(election.unclean)).toMatchObject({ error: 'NONE' });
  expect(await led(second)).toMatchObject({
    ...{ leaderEpoch: 2, isrNodes: [second] },
    ...{ eligibleLeaderReplicas: [], lastKnownElr: [] },
  });
});

test('where the topic allows it, an unclean election comes by itself', async () => {
  const configs = [['unclean.leader.election.enable', 'true'] as const];
  await incrementalAlterConfigs(cluster(), [{ name: topic.name, configs }], { brokerId: witness });
  await end('crash', second);
  await gone(second);
  await end('crash', first);
  await led(-1);
  await restart(second);
  expect(await led(second)).toMatchObject({ isrNodes: [second], eligibleLeaderReplicas: [] });
});

test('with another minimum nobody is eligible of old', async () => {
  await end('crash', second);
  await gone(second);
  const configs = [['min.insync.replicas', '1'] as const];
  await incrementalAlterConfigs(cluster(), [{ name: topic.name, configs }], { brokerId: witness });
  const after = await shows('nobody is', ({ eligibleLeaderReplicas }) => {
    return eligibleLeaderReplicas?.length === 0;
  });
  expect(after).toMatchObject({ leaderId: first, isrNodes: [first] });
});
