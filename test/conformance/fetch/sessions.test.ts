import { describe, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { deleteRecords } from '../harness/delete-records.ts';
import { FetchSession } from '../harness/fetch-session.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import type { Topic } from '../harness/topic.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

/**
 * Partitions led by the first broker, one value `p0`, `p1` … in each, and a session that has read
 * them.
 */
async function opened(partitions: number, version?: number) {
  const brokerId = cluster().brokerIds[0]!;
  const topic = await cluster().topic({
    replicas: Array.from({ length: partitions }, () => [brokerId]),
  });
  for (let partition = 0; partition < partitions; partition++) {
    await topic.produce(values(`p${partition}`), { partition });
  }
  const connection = await cluster().connect(brokerId);
  const topics = [wanted(topic, ...from(0, partitions))];
  const full = await FetchSession.open(connection, topics, version);
  return { topic, connection, full, session: full.session };
}

/** Partitions 0, 1, … each at this offset. */
function from(offset: number, partitions: number) {
  return Array.from({ length: partitions }, (_, partition) => ({ partition, offset }));
}

/** Moves a session of `opened` past what it has read. */
async function readOn(session: FetchSession, topic: Topic, partitions: number) {
  return await session.next([wanted(topic, ...from(1, partitions))]);
}

describe('a session', () => {
  test.each([7, 12, 13, 18])('version %d: a full fetch with epoch 0 opens one', async (version) => {
    const { full } = await opened(2, version);
    expect(full.error).toBe('NONE');
    expect(full.sessionId).not.toBe(0);
    expect(full.entries).toMatchObject([
      { partition: 0, values: ['p0'] },
      { partition: 1, values: ['p1'] },
    ]);
  });

  test('a full fetch answers partitions without records as well', async () => {
    const topic = await cluster().topic();
    const connection = await cluster().connect(await topic.leader());
    const full = await FetchSession.open(connection, [wanted(topic)]);
    expect(full.entries).toMatchObject([{ partition: 0, error: 'NONE', values: [] }]);
  });

  test('a fetch with epoch -1 opens none', async () => {
    const topic = await cluster().topic();
    const brokerId = await topic.leader();
    const reply = await fetchMany(cluster(), [wanted(topic)], { sessionEpoch: -1 }, brokerId);
    expect(reply).toMatchObject({ error: 'NONE', sessionId: 0 });
  });

  test('two sessions have different ids', async () => {
    const [one, other] = [await opened(1), await opened(1)];
    expect(one.session.id).not.toBe(other.session.id);
  });

  test('is known on every connection to the broker', async () => {
    const { session, topic } = await opened(1);
    const elsewhere = await cluster().connect(cluster().brokerIds[0]!);
    const reply = await fetchMany(elsewhere, [], { sessionId: session.id, sessionEpoch: 1 });
    expect(reply).toMatchObject({ error: 'NONE', sessionId: session.id });
    expect(reply.entries).toMatchObject([{ topicId: topic.id, values: ['p0'] }]);
  });
});

describe('an incremental fetch', () => {
  test('an empty one repeats what the session asks for: the same records again', async () => {
    const { session } = await opened(2);
    const { entries } = await session.next();
    expect(entries.map(({ partition }) => partition).sort()).toEqual([0, 1]);
  });

  test('brings no entry when nothing is new', async () => {
    const { session, topic } = await opened(3);
    await readOn(session, topic, 3);
    expect(await session.next()).toMatchObject({
      error: 'NONE',
      sessionId: session.id,
      entries: [],
    });
  });

  test('brings only the partition with new records', async () => {
    const { session, topic } = await opened(3);
    await readOn(session, topic, 3);
    await topic.produce(values('new'), { partition: 1 });
    const { entries } = await session.next();
    expect(entries).toMatchObject([{ partition: 1, values: ['new'], highWatermark: 2 }]);
  });

  test('waits for records of any partition of the session', async () => {
    const { session, topic } = await opened(3);
    await readOn(session, topic, 3);
    const waiting = session.next([], { maxWaitMs: 60_000 });
    await topic.produce(values('new'), { partition: 2 });
    expect((await waiting).entries).toMatchObject([{ partition: 2, values: ['new'] }]);
  });

  test('a changed offset is kept for the fetches after it', async () => {
    const { session, topic } = await opened(1);
    await topic.produce(values('x'));
    await session.next([wanted(topic, { offset: 1 })]);
    expect((await session.next()).entries[0]!.values).toEqual(['x']);
  });

  test('a partition that is named again without news brings no entry', async () => {
    const { session, topic } = await opened(2);
    await readOn(session, topic, 2);
    const { entries } = await session.next([wanted(topic, { partition: 0, offset: 1 })]);
    expect(entries).toEqual([]);
  });

  test('a partition can be added', async () => {
    const { session, topic } = await opened(1);
    await readOn(session, topic, 1);
    const brokerId = cluster().brokerIds[0]!;
    const other = await cluster().topic({ replicas: [[brokerId]] });
    const { entries } = await session.next([wanted(other)]);
    expect(entries).toMatchObject([{ topicId: other.id, error: 'NONE', values: [] }]);
    await other.produce(values('later'));
    expect((await session.next()).entries).toMatchObject([
      { topicId: other.id, values: ['later'] },
    ]);
  });

  test('a forgotten partition is not read any more', async () => {
    const { session, topic } = await opened(2);
    await session.next([wanted(topic, ...from(1, 2))], { forget: [[topic, 0]] });
    await topic.produce(values('unseen'), { partition: 0 });
    await topic.produce(values('seen'), { partition: 1 });
    const { entries } = await session.next();
    expect(entries).toMatchObject([{ partition: 1, values: ['seen'] }]);
  });

  test('a partition that was not in the session can be forgotten', async () => {
    const { session, topic } = await opened(1);
    expect(await session.next([], { forget: [[topic, 5]] })).toMatchObject({ error: 'NONE' });
  });

  test('names every partition forgotten: the session is closed', async () => {
    const { session, topic } = await opened(1);
    const reply = await session.next([], { forget: [[topic, 0]], maxWaitMs: 60_000 });
    expect(reply).toMatchObject({ error: 'NONE', sessionId: 0, entries: [] });
    expect(await session.next()).toMatchObject({ error: 'FETCH_SESSION_ID_NOT_FOUND' });
  });

  test('a moved log start offset is news', async () => {
    const { session, topic } = await opened(2);
    await readOn(session, topic, 2);
    await deleteRecords(cluster(), topic, 1, { partition: 1 });
    const { entries } = await session.next();
    expect(entries).toMatchObject([{ partition: 1, logStartOffset: 1, values: [] }]);
    expect((await session.next()).entries).toEqual([]);
  });
});

describe('order in a session', () => {
  test('a partition that was served goes behind the others', async () => {
    const { session } = await opened(3);
    const served: number[] = [];
    for (let round = 0; round < 6; round++) {
      const { entries } = await session.next([], { maxBytes: 1 });
      served.push(
        ...entries.flatMap(({ partition, values: got }) => (got.length ? [partition] : [])),
      );
    }
    expect(served).toEqual([0, 1, 2, 0, 1, 2]);
  });
});

describe('errors in a session', () => {
  test('an error is reported again in every fetch', async () => {
    const { session, topic } = await opened(1);
    await session.next([wanted(topic, { offset: 99 })]);
    for (let round = 0; round < 2; round++) {
      const { entries } = await session.next();
      expect(entries).toMatchObject([{ partition: 0, error: 'OFFSET_OUT_OF_RANGE' }]);
    }
  });

  test('a partition is reported once it is healthy again, even without records', async () => {
    const { session, topic } = await opened(1);
    await session.next([wanted(topic, { offset: 99 })]);
    const { entries } = await session.next([wanted(topic, { offset: 1 })]);
    expect(entries).toMatchObject([{ partition: 0, error: 'NONE', values: [], highWatermark: 1 }]);
    expect((await session.next()).entries).toEqual([]);
  });

  test('an unknown partition is reported in every fetch', async () => {
    const { session, topic } = await opened(1);
    await session.next([wanted(topic, { offset: 1 }, { partition: 5 })]);
    const { entries } = await session.next();
    expect(entries).toMatchObject([{ partition: 5, error: 'UNKNOWN_TOPIC_OR_PARTITION' }]);
  });

  test('an unknown topic id is reported in every fetch', async () => {
    const { session, topic } = await opened(1);
    await readOn(session, topic, 1);
    await session.next([wanted({ name: '', id: 'b2RyYWRlay1ub3QtdGhlcg' })]);
    const { entries } = await session.next();
    expect(entries).toMatchObject([{ partition: 0, error: 'UNKNOWN_TOPIC_ID' }]);
  });
});
