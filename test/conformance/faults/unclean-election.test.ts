import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { incrementalAlterConfigs } from '../harness/configs.ts';
import { election, electLeaders, partitionOf } from '../harness/control.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import { offsetForLeaderEpoch } from '../harness/offset-for-leader-epoch.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

// What an unclean election costs: a write that one replica alone had, though it was acknowledged.

const cluster = useCluster();
/** Never touched; it is asked about the others. */
let witness: number;
let first: number;
let second: number;
let byRequest: Topic;
let byConfig: Topic;
const down = new Set<number>();

async function crash(brokerId: number): Promise<void> {
  down.add(brokerId);
  await cluster().control.crash(brokerId);
}

async function restart(brokerId: number): Promise<void> {
  await cluster().control.restart(brokerId);
  down.delete(brokerId);
}

type Shown = Awaited<ReturnType<typeof partitionOf>>;

const shows = ({ name }: Topic, what: string, condition: (partition: Shown) => boolean) =>
  until(what, async () => {
    const partition = await partitionOf(cluster(), name, 0, witness);
    return condition(partition) ? partition : undefined;
  });

const electUnclean = async ({ name }: Topic) => {
  const wantedOf = [[name, 0] as const];
  const options = { brokerId: witness };
  const { results } = await electLeaders(cluster(), election.unclean, wantedOf, options);
  return results[0]!.partitions[0]!;
};

/** `second` misses the second record; then `first` goes as well, and with it the only copy. */
beforeAll(async () => {
  [witness, first, second] = cluster().brokerIds as [number, number, number];
  byRequest = await cluster().topic({ replicas: [[first, second]] });
  byConfig = await cluster().topic({ replicas: [[first, second]] });
  const both = [byRequest, byConfig];
  for (const topic of both) await topic.produce(values('kept'));
  await crash(second);
  for (const topic of both) {
    await shows(topic, 'it is out of sync', ({ isrNodes }) => isrNodes.length === 1);
    await cluster().untilApplied(first);
    expect(await topic.produce(values('lost'))).toMatchObject({ error: 'NONE', baseOffset: 1 });
  }
  await crash(first);
  for (const topic of both) await shows(topic, 'nobody leads', ({ leaderId }) => leaderId === -1);
});

afterAll(async () => {
  for (const brokerId of down) await restart(brokerId);
});

test('while all replicas are down not even an unclean election finds a leader', async () => {
  expect(await electUnclean(byRequest)).toMatchObject({
    error: 'ELIGIBLE_LEADERS_NOT_AVAILABLE',
    errorMessage: 'Eligible topic partition leaders are not available.',
  });
  const all = await electLeaders(cluster(), election.unclean, null, { brokerId: witness });
  const results = all.results.filter(({ topic }) => topic === byRequest.name);
  expect(results).toMatchObject([{ partitions: [{ error: 'ELIGIBLE_LEADERS_NOT_AVAILABLE' }] }]);
});

test('who is not in sync leads when it comes back only where the topic allows that', async () => {
  const configs = [['unclean.leader.election.enable', 'true'] as const];
  const changed = [{ name: byConfig.name, configs }];
  await incrementalAlterConfigs(cluster(), changed, { brokerId: witness });
  await restart(second);
  const led = await shows(byConfig, 'it leads', ({ leaderId }) => leaderId === second);
  expect(led).toMatchObject({ leaderEpoch: 2, isrNodes: [second], eligibleLeaderReplicas: [] });
  expect(await partitionOf(cluster(), byRequest.name, 0, witness)).toMatchObject({
    ...{ leaderId: -1, leaderEpoch: 1, isrNodes: [] },
    ...{ eligibleLeaderReplicas: [first], offlineReplicas: [first] },
  });
});

test('elsewhere it does once an unclean election is asked for', async () => {
  expect(await electUnclean(byRequest)).toMatchObject({ error: 'NONE', errorMessage: null });
  const led = await shows(byRequest, 'it leads', ({ leaderId }) => leaderId === second);
  expect(led).toMatchObject({ leaderEpoch: 2, isrNodes: [second], eligibleLeaderReplicas: [] });
});

describe('afterwards', () => {
  beforeAll(async () => {
    for (const topic of [byRequest, byConfig]) {
      await until('it serves', async () => {
        const { error } = await topic.listOffset(-1, 0, 7, second);
        return error === 'NONE' ? true : undefined;
      });
    }
  });

  test('the write is gone, and another one takes its offset', async () => {
    for (const topic of [byRequest, byConfig]) {
      const options = { brokerId: second };
      expect(await topic.produce(values('new'), options)).toMatchObject({ baseOffset: 1 });
      const { batches } = await topic.fetch(options);
      const texts = batches.flatMap(({ records }) => records.map(({ value }) => value));
      expect(texts).toEqual(['kept', 'new']);
    }
  });

  test('a reader that has read it is told where its copy parts from the log', async () => {
    const options = { brokerId: second };
    const end = await offsetForLeaderEpoch(cluster(), byRequest, 0, options);
    expect(end).toMatchObject({ error: 'NONE', leaderEpoch: 0, endOffset: 1 });
    const topics = [wanted(byRequest, { offset: 2, lastFetchedEpoch: 0 })];
    const { entries } = await fetchMany(cluster(), topics, {}, second);
    expect(entries[0]).toMatchObject({
      error: 'NONE',
      divergingEpoch: { epoch: 0, endOffset: 1 },
      values: [],
    });
  });

  test('the old leader gives it up when it follows', async () => {
    await restart(first);
    for (const topic of [byRequest, byConfig]) {
      await topic.untilInSync([first, second], 0, witness);
      const texts = await until('it knows what is committed', async () => {
        const found = await topic.fetch({ brokerId: first });
        if (found.highWatermark < 2) return undefined;
        return found.batches.flatMap(({ records }) => records.map(({ value }) => value));
      });
      expect(texts).toEqual(['kept', 'new']);
    }
  });
});
