import { afterAll, beforeAll, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { election, electLeaders, partitionOf } from '../harness/control.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
let away: number;
let witness: number;
let content: Topic;
let needy: Topic;

/** A broker has ended in good order. */
beforeAll(async () => {
  [witness, , away] = cluster().brokerIds as [number, number, number];
  content = await cluster().topic({ replicas: [[witness, away]] });
  needy = await cluster().topic({ replicas: [[away, witness]] });
  await needy.produce(values('a'));
  await cluster().control.shutdown(away);
});

afterAll(async () => {
  await cluster().control.restart(away);
});

test('who shuts down hands over first: when it has ended, others lead already', async () => {
  expect(await partitionOf(cluster(), needy.name, 0, witness)).toMatchObject({
    ...{ leaderId: witness, leaderEpoch: 1, isrNodes: [witness], replicaNodes: [away, witness] },
  });
  expect(await needy.produce(values('b'))).toMatchObject({ error: 'NONE', baseOffset: 1 });
});

test('a preferred leader that is down cannot be elected', async () => {
  const wanted = [[needy.name, 0] as const];
  const { error, results } = await electLeaders(cluster(), election.preferred, wanted);
  expect(error).toBe('NONE');
  expect(results[0]!.partitions).toMatchObject([{ error: 'PREFERRED_LEADER_NOT_AVAILABLE' }]);
});

test('nor one that is back, but not in sync; then it can', async () => {
  await cluster().control.restart(away);
  const elected = await until('it is elected', async () => {
    const wanted = [[needy.name, 0] as const];
    const { results } = await electLeaders(cluster(), election.preferred, wanted);
    const [result] = results[0]!.partitions;
    if (result!.error === 'NONE') return result;
    expect(result!.error).toBe('PREFERRED_LEADER_NOT_AVAILABLE');
    return undefined;
  });
  expect(elected).toMatchObject({ partitionId: 0, errorMessage: null });
  const after = await until('it leads', async () => {
    const partition = await partitionOf(cluster(), needy.name, 0, witness);
    return partition.leaderId === away ? partition : undefined;
  });
  expect(after.leaderEpoch).toBe(2);
});

test('for all partitions, only those are answered that needed an election', async () => {
  await cluster().control.shutdown(away);
  await cluster().control.restart(away);
  await needy.untilInSync([away, witness], 0, witness);
  const { error, results } = await electLeaders(cluster(), election.preferred, null);
  expect(error).toBe('NONE');
  const of = (topic: Topic) => results.filter((one) => one.topic === topic.name);
  expect(of(needy)).toMatchObject([{ partitions: [{ partitionId: 0, error: 'NONE' }] }]);
  expect(of(content)).toEqual([{ topic: content.name, partitions: [] }]);
});
