import { describe, expect, test } from 'vitest';
import { values } from '../harness/batch.ts';
import { FetchSession } from '../harness/fetch-session.ts';
import { fetchMany, wanted } from '../harness/fetching.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

async function opened(version?: number) {
  const topic = await cluster().topic();
  await topic.produce(values('a'));
  const connection = await cluster().connect(await topic.leader());
  const { session } = await FetchSession.open(connection, [wanted(topic)], version);
  return { topic, connection, session };
}

const refused = { sessionId: 0, entries: [], nodeEndpoints: [] };

describe('the epoch of an incremental fetch', () => {
  test.each([2, 7, 0x7fffffff])(
    '%d where 1 is due is INVALID_FETCH_SESSION_EPOCH',
    async (epoch) => {
      const { session } = await opened();
      expect(await session.send(epoch)).toMatchObject({
        ...refused,
        error: 'INVALID_FETCH_SESSION_EPOCH',
      });
    },
  );

  test('the same one again is INVALID_FETCH_SESSION_EPOCH', async () => {
    const { session } = await opened();
    await session.next();
    expect(await session.send(1)).toMatchObject({ error: 'INVALID_FETCH_SESSION_EPOCH' });
  });

  test('after a wrong one the right one is still accepted', async () => {
    const { session } = await opened();
    await session.send(5);
    expect(await session.next()).toMatchObject({ error: 'NONE', sessionId: session.id });
  });

  test.each([-2, -7])('%d is INVALID_FETCH_SESSION_EPOCH', async (epoch) => {
    const { session } = await opened();
    expect(await session.send(epoch)).toMatchObject({ error: 'INVALID_FETCH_SESSION_EPOCH' });
  });
});

describe('a session id that the broker does not have', () => {
  test('is FETCH_SESSION_ID_NOT_FOUND', async () => {
    const { connection } = await opened();
    const reply = await fetchMany(connection, [], { sessionId: 12345, sessionEpoch: 1 });
    expect(reply).toMatchObject({ ...refused, error: 'FETCH_SESSION_ID_NOT_FOUND' });
  });

  test('id 0 is no session either', async () => {
    const { connection } = await opened();
    const reply = await fetchMany(connection, [], { sessionId: 0, sessionEpoch: 1 });
    expect(reply).toMatchObject({ ...refused, error: 'FETCH_SESSION_ID_NOT_FOUND' });
  });

  test('another broker does not have it', async () => {
    const { session, topic } = await opened();
    const elsewhere = await cluster().connect(await topic.notLeader());
    const reply = await fetchMany(elsewhere, [], { sessionId: session.id, sessionEpoch: 1 });
    expect(reply).toMatchObject({ error: 'FETCH_SESSION_ID_NOT_FOUND' });
  });
});

describe('closing a session', () => {
  test('epoch -1 with its id closes it and fetches without one', async () => {
    const { session, topic } = await opened();
    expect(await session.send(-1, [wanted(topic)])).toMatchObject({
      error: 'NONE',
      sessionId: 0,
      entries: [{ values: ['a'] }],
    });
    expect(await session.next()).toMatchObject({ error: 'FETCH_SESSION_ID_NOT_FOUND' });
  });

  test('epoch -1 without partitions only closes it', async () => {
    const { session } = await opened();
    expect(await session.send(-1)).toMatchObject({ error: 'NONE', sessionId: 0, entries: [] });
    expect(await session.next()).toMatchObject({ error: 'FETCH_SESSION_ID_NOT_FOUND' });
  });

  test('epoch -1 with an unknown id is no error', async () => {
    const { connection } = await opened();
    const reply = await fetchMany(connection, [], { sessionId: 12345, sessionEpoch: -1 });
    expect(reply).toMatchObject({ error: 'NONE', sessionId: 0 });
  });

  test('epoch 0 with its id replaces it by a new one', async () => {
    const { session, topic } = await opened();
    const reply = await session.send(0, [wanted(topic)]);
    expect(reply).toMatchObject({ error: 'NONE', entries: [{ values: ['a'] }] });
    expect([0, session.id]).not.toContain(reply.sessionId);
    expect(await session.next()).toMatchObject({ error: 'FETCH_SESSION_ID_NOT_FOUND' });
  });

  test('epoch 0 with an unknown id opens one', async () => {
    const { connection, topic } = await opened();
    const options = { sessionId: 12345, sessionEpoch: 0 };
    const reply = await fetchMany(connection, [wanted(topic)], options);
    expect(reply.error).toBe('NONE');
    expect(reply.sessionId).not.toBe(0);
  });

  test('a full fetch without partitions opens one, which the next fetch closes', async () => {
    const { connection } = await opened();
    const { session, ...reply } = await FetchSession.open(connection, []);
    expect(reply.error).toBe('NONE');
    expect(reply.sessionId).not.toBe(0);
    expect(await session.next()).toMatchObject({ error: 'NONE', sessionId: 0, entries: [] });
    expect(await session.next()).toMatchObject({ error: 'FETCH_SESSION_ID_NOT_FOUND' });
  });

  test('a session without partitions can be given some', async () => {
    const { connection, topic } = await opened();
    const { session } = await FetchSession.open(connection, []);
    const reply = await session.next([wanted(topic)]);
    expect(reply).toMatchObject({
      error: 'NONE',
      sessionId: session.id,
      entries: [{ values: ['a'] }],
    });
  });

  test('the connection closing does not close it', async () => {
    const { session, connection, topic } = await opened();
    await connection.close();
    const again = await cluster().connect(await topic.leader());
    const reply = await fetchMany(again, [], { sessionId: session.id, sessionEpoch: 1 });
    expect(reply).toMatchObject({ error: 'NONE', sessionId: session.id });
  });
});

describe('topic names and topic ids in one session', () => {
  test('a session of names is not continued with ids', async () => {
    const { session, topic } = await opened(12);
    const reply = await session.send(1, [wanted(topic)], { version: 13 });
    expect(reply).toMatchObject({ ...refused, error: 'FETCH_SESSION_TOPIC_ID_ERROR' });
  });

  test('a session of ids is not continued with names', async () => {
    const { session, topic } = await opened(13);
    const reply = await session.send(1, [wanted(topic)], { version: 12 });
    expect(reply).toMatchObject({ ...refused, error: 'FETCH_SESSION_TOPIC_ID_ERROR' });
  });

  test('not even without topics', async () => {
    const { session } = await opened(12);
    const reply = await session.send(1, [], { version: 13 });
    expect(reply).toMatchObject({ error: 'FETCH_SESSION_TOPIC_ID_ERROR' });
  });

  test('a session may go on with another version of the same kind', async () => {
    const { session } = await opened(13);
    expect(await session.send(1, [], { version: 18 })).toMatchObject({ error: 'NONE' });
  });
});
