import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import type { Connection } from '../harness/connection.ts';
import { reassign } from '../harness/control.ts';
import { errorName } from '../harness/error-name.ts';
import type { Topic } from '../harness/topic.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
let leader: number;
let follower: number;
let third: number;
let killed: Promise<void>;

beforeAll(() => {
  [leader, follower, third] = cluster().brokerIds as [number, number, number];
});

afterAll(restartFollower);

/**
 * Until its connections break. Whatever the tests do next they do before its session ends, and so
 * they do not wait until the program that kills it is sure.
 */
async function crashFollower(): Promise<void> {
  const connection = await cluster().connect(follower);
  killed = cluster().control.crash(follower);
  await connection.closed;
}

async function restartFollower(): Promise<void> {
  await killed;
  await cluster().control.restart(follower);
}

/** A topic with one record that all replicas have. */
async function topicOf(minimum: number, replicas: readonly number[]): Promise<Topic> {
  const topic = await cluster().topic({
    replicas: [replicas],
    configs: { 'min.insync.replicas': String(minimum) },
  });
  await topic.produce(values('before'));
  return topic;
}

/** A topic, of two replicas unless said, and a connection on which it can be written to at once. */
async function ready(minimum: number, replicas: readonly number[] = [leader, follower]) {
  const topic = await topicOf(minimum, replicas);
  return { topic, connection: await cluster().connect(leader) };
}

/** Produces with acks=all; the answer, when it comes, and how long it took. */
function waiting({ topic, connection }: Awaited<ReturnType<typeof ready>>, timeoutMs: number) {
  return { topic, answer: produceAlone(connection, topic, timeoutMs) };
}

async function produceAlone(connection: Connection, topic: Topic, timeoutMs: number) {
  const started = performance.now();
  const reply = await connection.request(
    apis.Produce,
    13,
    topic.produceRequest(values('slow'), { timeoutMs }),
  );
  const tookMs = performance.now() - started;
  const { errorCode, baseOffset } = reply.responses[0]!.partitionResponses[0]!;
  return { error: errorName(errorCode), baseOffset, tookMs };
}

const textsOf = async (topic: Topic) => (await topic.records()).map(({ value }) => value);

describe('while a follower that is in sync says nothing', () => {
  let impatient: ReturnType<typeof waiting>;
  let patient: ReturnType<typeof waiting>;
  let strict: ReturnType<typeof waiting>;
  let deleted: ReturnType<typeof waiting>;
  let moved: ReturnType<typeof waiting>;
  let unread: { error: string; highWatermark: number; texts: (string | null)[] };

  /** The follower is gone for every test at once: its session takes its time to end. */
  beforeAll(async () => {
    const [one, two, three, four, five] = await Promise.all(
      [1, 1, 2, 2, 1].map((minimum) => ready(minimum)),
    );
    const six = await ready(1, [leader, follower, third]);
    await crashFollower();
    impatient = waiting(one!, 300);
    patient = waiting(two!, 60_000);
    strict = waiting(three!, 10_000);
    deleted = waiting(four!, 60_000);
    moved = waiting(six, 60_000);
    await reassign(cluster(), moved.topic.name, [[0, [leader, follower]]]);
    const { topic } = five!;
    const { error } = await topic.produce(values('slow'), { acks: 1 });
    const { highWatermark } = await topic.fetch();
    unread = { error, highWatermark, texts: await textsOf(topic) };
  });

  test('what acks=1 writes cannot be read', () => {
    expect(unread).toEqual({ error: 'NONE', highWatermark: 1, texts: ['before'] });
  });

  test('acks=all waits on in a new epoch of the same leader', async () => {
    expect(await moved.answer).toMatchObject({ error: 'NONE', baseOffset: 1 });
    const { partitions } = await moved.topic.describe();
    expect(partitions).toMatchObject([{ leaderId: leader, leaderEpoch: 1 }]);
  });

  test('acks=all is UNKNOWN_TOPIC_OR_PARTITION as soon as the topic is deleted', async () => {
    await cluster().request(apis.DeleteTopics, 6, {
      topics: [{ name: deleted.topic.name }],
      timeoutMs: 30_000,
    });
    expect(await deleted.answer).toMatchObject({ error: 'UNKNOWN_TOPIC_OR_PARTITION' });
  });

  test('acks=all is REQUEST_TIMED_OUT after its timeout, and the record stays', async () => {
    const { topic } = impatient;
    const answer = await impatient.answer;
    expect(answer).toMatchObject({ error: 'REQUEST_TIMED_OUT', baseOffset: 1 });
    expect(answer.tookMs).toBeGreaterThanOrEqual(299);
    await topic.untilInSync([leader], 0, leader);
    expect(await topic.produce(values('next'))).toMatchObject({ error: 'NONE', baseOffset: 2 });
    expect(await textsOf(topic)).toEqual(['before', 'slow', 'next']);
  });

  test('acks=all is answered when the follower has left the in-sync set', async () => {
    expect(await patient.answer).toMatchObject({ error: 'NONE', baseOffset: 1 });
    expect(await patient.topic.fetch()).toMatchObject({ highWatermark: 2 });
  });

  test('acks=all is REQUEST_TIMED_OUT when too few are left: nothing is committed', async () => {
    expect(await strict.answer).toMatchObject({ error: 'REQUEST_TIMED_OUT' });
    await strict.topic.untilInSync([leader], 0, leader);
    expect(await strict.topic.fetch()).toMatchObject({ highWatermark: 1 });
  });

  test('and its record can be read when the follower is back', async () => {
    await restartFollower();
    await strict.topic.untilInSync([leader, follower], 0, leader);
    const reply = await strict.topic.produce(values('next'));
    expect(reply).toMatchObject({ error: 'NONE', baseOffset: 2 });
    expect(await textsOf(strict.topic)).toEqual(['before', 'slow', 'next']);
  });
});

test('acks=all is answered when the follower comes back in time', async () => {
  const two = await ready(2);
  await crashFollower();
  const { answer } = waiting(two, 120_000);
  await restartFollower();
  expect(await answer).toMatchObject({ error: 'NONE', baseOffset: 1 });
});
