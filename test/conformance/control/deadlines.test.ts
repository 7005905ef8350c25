import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../../../src/protocol/api.ts';
import { apis } from '../../../src/protocol/messages/index.ts';
import { reassignments } from '../harness/control.ts';
import { newName } from '../harness/create-topics.ts';
import type { Loose } from '../harness/loose.ts';
import type { Topic } from '../harness/topic.ts';
import { useCluster } from '../harness/use-cluster.ts';

// What only the controller can decide, and has no time to.

const cluster = useCluster();
const timedOut = { errorCode: 7, errorMessage: null };
const noTopicId = 'AAAAAAAAAAAAAAAAAAAAAA';
let topic: Topic;

beforeAll(async () => {
  topic = await cluster().topic({ replicas: [[1, 2]] });
});

describe.each([0, -1])('with %d ms for it', (timeoutMs) => {
  const ask = <Q, S>(api: Api<Q, S>, body: Loose<NoInfer<Q>>) =>
    cluster().request(api, api.versions[1]!, body);

  test('a topic is not made, whether it could be or not', async () => {
    const name = newName();
    const topics = [name, 'no such name'].map((one) => ({
      ...{ name: one, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] },
    }));
    const reply = await ask(apis.CreateTopics, { topics, timeoutMs });
    const refused = { topicId: noTopicId, numPartitions: -1, replicationFactor: -1, configs: [] };
    expect(reply.topics).toMatchObject([
      { name, ...timedOut, ...refused },
      { name: 'no such name', ...timedOut, ...refused },
    ]);
    const { topics: found } = await cluster().request(apis.Metadata, 12, {
      topics: [{ name }],
      allowAutoTopicCreation: false,
    });
    expect(found).toMatchObject([{ errorCode: 3 }]);
  });

  test('none gets more partitions', async () => {
    const { name } = topic;
    const topics = [{ name, count: 2, assignments: null }];
    const { results } = await ask(apis.CreatePartitions, { topics, timeoutMs });
    expect(results).toEqual([{ name, ...timedOut }]);
    expect((await topic.describe()).partitions).toHaveLength(1);
  });

  test('none is deleted', async () => {
    const { name, id } = topic;
    const topics = [{ name }, { name: null, topicId: id }];
    const { responses } = await ask(apis.DeleteTopics, { topics, timeoutMs });
    expect(responses).toEqual([
      { name, topicId: noTopicId, ...timedOut },
      { name: null, topicId: id, ...timedOut },
    ]);
    expect(await topic.describe()).toMatchObject({ errorCode: 0 });
  });

  test('no leader is elected, nor is it looked for whom to elect', async () => {
    const topicPartitions = [
      { topic: topic.name, partitions: [0, 9] },
      { topic: 'not-there', partitions: [3] },
    ];
    for (const electionType of [0, 7]) {
      const body = { electionType, timeoutMs };
      const some = await ask(apis.ElectLeaders, { ...body, topicPartitions });
      expect(some).toMatchObject({
        errorCode: timedOut.errorCode,
        replicaElectionResults: topicPartitions.map(({ topic: name, partitions }) => ({
          topic: name,
          partitionResult: partitions.map((partitionId) => ({ partitionId, ...timedOut })),
        })),
      });
      const all = await ask(apis.ElectLeaders, { ...body, topicPartitions: null });
      expect(all).toMatchObject({ errorCode: 7, replicaElectionResults: [] });
    }
  });

  test('no partition moves', async () => {
    const { name } = topic;
    const partitions = [
      { partitionIndex: 0, replicas: [2, 1] },
      { partitionIndex: 9, replicas: null },
    ];
    const topics = [{ name, partitions }];
    const reply = await ask(apis.AlterPartitionReassignments, { topics, timeoutMs });
    expect(reply).toMatchObject({
      ...timedOut,
      responses: [
        {
          name,
          partitions: [
            { partitionIndex: 0, ...timedOut },
            { partitionIndex: 9, ...timedOut },
          ],
        },
      ],
    });
    const { partitions: shown } = await topic.describe();
    expect(shown).toMatchObject([{ replicaNodes: [1, 2] }]);
  });

  test('but which ones move is told', async () => {
    const reply = await ask(apis.ListPartitionReassignments, { topics: null, timeoutMs });
    expect(reply).toMatchObject({ errorCode: 0 });
    expect(await reassignments(cluster(), [[topic.name, 0]])).toMatchObject({ topics: [] });
  });
});
