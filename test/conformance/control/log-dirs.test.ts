import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { errorName } from '../harness/error-name.ts';
import type { Topic } from '../harness/topic.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

type Wanted = readonly { readonly topic: string; readonly partitions: readonly number[] }[];

async function logDir(brokerId: number, topics: Wanted | null, version = 5) {
  const reply = await cluster().request(apis.DescribeLogDirs, version, { topics }, brokerId);
  expect(reply.errorCode).toBe(0);
  expect(reply.results).toHaveLength(1);
  const [dir] = reply.results;
  const byIndex = (one: { partitionIndex: number }, other: typeof one) =>
    one.partitionIndex - other.partitionIndex;
  const topicsInOrder = dir!.topics.map(({ name, partitions }) => ({
    name,
    partitions: [...partitions].sort(byIndex),
  }));
  return { ...dir!, topics: topicsInOrder };
}

const named = ({ name: topic }: Topic, ...partitions: number[]) => [{ topic, partitions }];

test.each([1, 2, 3, 4, 5])(
  'DescribeLogDirs %d: what a broker holds of a topic',
  async (version) => {
    const topic = await cluster().topic({
      replicas: [
        [1, 2],
        [1, 3],
      ],
    });
    await topic.produce(values('a'));
    const size = (await topic.fetch()).bytes.length;
    const dir = await logDir(1, named(topic, 0, 1, 9), version);
    expect(errorName(dir.errorCode)).toBe('NONE');
    expect(dir.topics).toEqual([
      {
        name: topic.name,
        partitions: [
          { partitionIndex: 0, partitionSize: size, offsetLag: 0, isFutureKey: false },
          { partitionIndex: 1, partitionSize: 0, offsetLag: 0, isFutureKey: false },
        ],
      },
    ]);
    const other = await logDir(3, named(topic, 0, 1), version);
    expect(other.topics[0]!.partitions.map(({ partitionIndex }) => partitionIndex)).toEqual([1]);
  },
);

test('with no topics named it is none, with null it is all', async () => {
  const topic = await cluster().topic({ replicas: [[1]] });
  expect((await logDir(1, [])).topics).toEqual([]);
  const names = (await logDir(1, null)).topics.map(({ name }) => name);
  expect(names).toContain(topic.name);
  expect((await logDir(2, null)).topics.map(({ name }) => name)).not.toContain(topic.name);
});

test('a replica may be told to lie where it lies, and nowhere else', async () => {
  const topic = await cluster().topic({
    replicas: [
      [1, 2],
      [1, 3],
    ],
  });
  const move = async (path: string) => {
    const topics = [
      { name: topic.name, partitions: [0, 1, 9] },
      { name: 'not-there', partitions: [0] },
    ];
    const body = { dirs: [{ path, topics }] };
    const { results } = await cluster().request(apis.AlterReplicaLogDirs, 2, body, 2);
    const answers = results.flatMap(({ topicName, partitions }) =>
      partitions.map(({ partitionIndex, errorCode }) => {
        return [`${topicName}-${partitionIndex}`, errorName(errorCode)];
      }),
    );
    return Object.fromEntries(answers);
  };
  const { name } = topic;
  expect(await move('/no/such/directory')).toEqual({
    ...Object.fromEntries([0, 1, 9].map((index) => [`${name}-${index}`, 'LOG_DIR_NOT_FOUND'])),
    'not-there-0': 'LOG_DIR_NOT_FOUND',
  });
  const { logDir: path } = await logDir(2, []);
  expect(await move(path)).toEqual({
    [`${name}-0`]: 'NONE',
    [`${name}-1`]: 'REPLICA_NOT_AVAILABLE',
    [`${name}-9`]: 'UNKNOWN_TOPIC_OR_PARTITION',
    'not-there-0': 'UNKNOWN_TOPIC_OR_PARTITION',
  });
});
