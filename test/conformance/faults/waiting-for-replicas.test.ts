import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { errorName } from '../harness/error-name.ts';
import type { Topic } from '../harness/topic.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
let leader: number;
let follower: number;

beforeAll(() => {
  [leader, follower] = cluster().brokerIds as [number, number];
});

afterAll(async () => {
  await cluster().control.restart(follower);
});

/** A topic of two replicas with one record that both have. */
async function topicOfTwo(minimum: number): Promise<Topic> {
  const topic = await cluster().topic({
    replicas: [[leader, follower]],
    configs: { 'min.insync.replicas': String(minimum) },
  });
  await topic.produce(values('before'));
  return topic;
}

/** Produces with acks=all on a connection of its own; tells the answer and how long it took. */
async function produceAlone(topic: Topic, timeoutMs: number) {
  const connection = await cluster().connect(leader);
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
  type Answer = ReturnType<typeof produceAlone>;
  let impatient: { topic: Topic; answer: Answer };
  let patient: { topic: Topic; answer: Answer };
  let strict: { topic: Topic; answer: Answer };
  let deleted: { topic: Topic; answer: Answer };
  let unread: Topic;

  /** The follower is gone for every test at once: its session takes its time to end. */
  beforeAll(async () => {
    const [one, two, three, four, five] = await Promise.all(
      [1, 1, 2, 2, 1].map((minimum) => topicOfTwo(minimum)),
    );
    unread = five!;
    await cluster().control.crash(follower);
    impatient = { topic: one!, answer: produceAlone(one!, 300) };
    patient = { topic: two!, answer: produceAlone(two!, 30_000) };
    strict = { topic: three!, answer: produceAlone(three!, 10_000) };
    deleted = { topic: four!, answer: produceAlone(four!, 30_000) };
  });

  test('what acks=1 writes cannot be read', async () => {
    expect(await unread.produce(values('slow'), { acks: 1 })).toMatchObject({ error: 'NONE' });
    expect(await unread.fetch()).toMatchObject({ highWatermark: 1 });
    expect(await textsOf(unread)).toEqual(['before']);
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
    await cluster().control.restart(follower);
    await strict.topic.untilInSync([leader, follower], 0, leader);
    const reply = await strict.topic.produce(values('next'));
    expect(reply).toMatchObject({ error: 'NONE', baseOffset: 2 });
    expect(await textsOf(strict.topic)).toEqual(['before', 'slow', 'next']);
  });
});

test('acks=all is answered when the follower comes back in time', async () => {
  const topic = await topicOfTwo(2);
  await cluster().control.crash(follower);
  const answer = produceAlone(topic, 60_000);
  await cluster().control.restart(follower);
  expect(await answer).toMatchObject({ error: 'NONE', baseOffset: 1 });
});
