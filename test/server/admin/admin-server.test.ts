import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ClusterOptions, type KafkaCluster, startCluster } from '../../../src/index.ts';
import { answers, changes } from '../../../src/server/admin/answers.ts';
import { problemOf } from '../../../src/server/admin/kind.ts';
import { failure, openApi } from '../../../src/server/admin/open-api.ts';
import { verbs } from '../../../src/server/admin/verbs.ts';

/** What an answer may have in it. */
interface Body {
  readonly error: { readonly code: string; readonly message: string };
  readonly changes: unknown;
  readonly now: unknown;
}

const topics = { orders: { partitions: 2, replicationFactor: 3 } };

async function startWithAdmin(options: ClusterOptions = {}) {
  const cluster = await startCluster({ topics, admin: 0, ...options });
  onTestFinished(() => cluster.close());
  const ask = async (method: string, path: string, body?: unknown) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${cluster.adminUrl}/api/v1${path}`, { method, ...sent });
    return { status: response.status, body: (await response.json()) as Body };
  };
  return { cluster, ask };
}

type Call = readonly [name: string, method: string, path: string, body?: unknown];

/** While the group `a/b` has a member. */
const groupCalls: readonly Call[] = [
  ['groups', 'GET', '/groups'],
  ['waitUntilStable', 'POST', '/groups/a%2Fb/wait-until-stable', { members: 1, withinMs: 20_000 }],
  ['group', 'GET', '/groups/a%2Fb'],
  ['waitForLag', 'POST', '/groups/a%2Fb/wait-for-lag', { lag: 0, topic: 'orders' }],
  ['waitForCommit', 'POST', '/groups/a%2Fb/wait-for-commit', { topic: 'orders', partition: 1 }],
];

/** One call of every other verb, in an order in which each can be carried out. */
const calls: readonly Call[] = [
  ['status', 'GET', '/cluster'],
  ['broker', 'GET', '/brokers/1'],
  ['controllers', 'GET', '/controllers'],
  ['partition', 'GET', '/partitions/orders/0'],
  ['crash', 'POST', '/brokers/1/crash', { lose: 'all' }],
  ['restart', 'POST', '/brokers/1/restart'],
  ['pause', 'POST', '/brokers/2/pause'],
  ['resume', 'POST', '/brokers/2/resume', {}],
  ['shutdown', 'POST', '/brokers/3/shutdown'],
  ['restart', 'POST', '/brokers/3/restart'],
  ['pauseController', 'POST', '/controllers/3000/pause'],
  ['resumeController', 'POST', '/controllers/3000/resume'],
  ['crashController', 'POST', '/controllers/3000/crash'],
  ['restartController', 'POST', '/controllers/3000/restart'],
  ['shutdownController', 'POST', '/controllers/3000/shutdown'],
  ['restartController', 'POST', '/controllers/3000/restart'],
  ['addBroker', 'POST', '/brokers', { rack: 'b', config: { 'num.partitions': '4' } }],
  ['reassign', 'POST', '/partitions/orders/0/reassign', { replicas: [1, 4] }],
  ['elect', 'POST', '/partitions/orders/0/elect', { to: 4 }],
  ['removeBroker', 'DELETE', '/brokers/4'],
  ['link', 'POST', '/links', { from: 'clients', to: 1, latencyMs: 3 }],
  ['cut', 'POST', '/links/cut', { one: 1, other: 2, plane: 'replication' }],
  ['slow', 'POST', '/links/slow', { one: 1, other: 3, jitterMs: 2, loss: 0.1 }],
  ['isolate', 'POST', '/links/isolate', { node: 3, keep: ['client'] }],
  ['heal', 'POST', '/heal'],
];

async function startConsumer(cluster: KafkaCluster, groupId: string): Promise<Consumer> {
  const kafka = new Kafka({ brokers: cluster.brokerList, logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders' });
  await consumer.run({ eachMessage: async () => undefined });
  return consumer;
}

test('every verb is carried out, and answers what the OpenAPI file says', async () => {
  const { cluster, ask } = await startWithAdmin();
  const carryOut = async ([name, method, path, sent]: Call) => {
    const { status, body } = await ask(method, path, sent);
    expect([name, status, body.error]).toEqual([name, 200, undefined]);
    const answer = answers[verbs.find((verb) => verb.name === name)!.answer];
    const now = method === 'GET' ? body : body.now;
    expect([name, problemOf(answer, now)]).toEqual([name, undefined]);
    if (method !== 'GET') expect(problemOf(changes, body.changes)).toBeUndefined();
  };
  const names = [...groupCalls, ...calls].map(([name]) => name);
  expect(new Set(names)).toEqual(new Set(verbs.map(({ name }) => name)));
  const consumer = await startConsumer(cluster, 'a/b');
  for (const call of groupCalls) await carryOut(call);
  await consumer.disconnect();
  for (const call of calls) await carryOut(call);
});

describe('the OpenAPI file', () => {
  test('is what the table of verbs says, and what a cluster serves', async () => {
    const document = `${JSON.stringify(openApi(verbs), null, 2)}\n`;
    await expect(document).toMatchFileSnapshot('../../../docs/openapi.json');
    const { ask } = await startWithAdmin({ brokers: 1, topics: {} });
    expect((await ask('GET', '/openapi.json')).body).toEqual(JSON.parse(document));
  });

  test('has every route there is, and no other', async () => {
    const { ask } = await startWithAdmin({ brokers: 1, topics: {} });
    for (const [path, methods] of Object.entries(openApi(verbs).paths)) {
      const { status, body } = await ask('PUT', path.replace(/\{\w+\}/g, '0'));
      expect([path, status]).toEqual([path, 405]);
      const allowed = Object.keys(methods).join(', ').toUpperCase();
      expect(body.error.message).toContain(`takes ${allowed}, not PUT`);
    }
  });
});

test('a wait for a group says what it has waited for', async () => {
  const { cluster, ask } = await startWithAdmin();
  const waiting = ask('POST', '/groups/billing/wait-until-stable', { withinMs: 20_000 });
  const consumer = await startConsumer(cluster, 'billing');
  const { body } = await waiting;
  const { id } = cluster.group('billing').coordinator!;
  expect(body.now).toMatchObject({ groupId: 'billing', state: 'Stable', coordinator: id });
  expect(body.changes).toEqual(
    expect.arrayContaining([
      { what: 'group billing state', was: 'unknown', now: 'Stable' },
      { what: 'group billing members', was: 'unknown', now: '1' },
      { what: 'group billing coordinator', was: 'unknown', now: String(id) },
    ]),
  );
  const { status, body: missed } = await ask('POST', '/groups/billing/wait-until-stable', {
    ...{ members: 2, withinMs: 1 },
  });
  expect([status, missed.error.code]).toEqual([504, 'E_TIMEOUT']);
  expect(missed.error.message).toContain("group 'billing' (classic) is Stable at broker");
  await consumer.disconnect();
});

test('it says what has changed', async () => {
  const { cluster, ask } = await startWithAdmin();
  const { leader } = cluster.partition('orders', 0);
  const { body } = await ask('POST', `/brokers/${leader!.id}/crash`);
  const now = cluster.partition('orders', 0).leader!.id;
  expect(body.changes).toEqual(
    expect.arrayContaining([
      { what: `broker ${leader!.id}`, was: 'running', now: 'stopped, fenced' },
      { what: 'orders-0 leader', was: String(leader!.id), now: String(now) },
      { what: 'orders-0 leader epoch', was: '0', now: '1' },
    ]),
  );
  expect(body.now).toMatchObject({ id: leader!.id, state: 'stopped', fenced: true });
});

describe('what cannot be done is refused with a code and a remedy', () => {
  test.each<[string, string, string, unknown, number, string, string]>([
    ['no group', 'GET', '/groups/none', undefined, 404, 'E_UNKNOWN_GROUP', "no group 'none'"],
    [
      'a lag that is none',
      'POST',
      '/groups/none/wait-for-lag',
      { lag: -1 },
      400,
      'E_BAD_OPTION',
      'waitForLag: lag must be a whole number from 0 on, not -1',
    ],
    ['no path', 'GET', '/nothing', undefined, 404, 'E_BAD_REQUEST', 'openapi.json'],
    ['no method', 'GET', '/heal', undefined, 405, 'E_BAD_REQUEST', 'takes POST, not GET'],
    ['no broker', 'POST', '/brokers/9/crash', {}, 404, 'E_UNKNOWN_BROKER', 'only 1, 2, 3'],
    ['no id', 'POST', '/brokers/x/crash', {}, 400, 'E_BAD_OPTION', "not 'x'"],
    ['no object', 'POST', '/brokers/1/crash', [1], 400, 'E_BAD_OPTION', 'must be an object'],
    ['no option', 'POST', '/brokers/1/crash', { loose: 1 }, 400, 'E_UNKNOWN_OPTION', "'lose'"],
    ['no value', 'POST', '/brokers/1/crash', { lose: 'x' }, 400, 'E_BAD_OPTION', 'unflushed'],
    ['not enough', 'POST', '/links/cut', { one: 1 }, 400, 'E_BAD_OPTION', 'other must be'],
    ['no topic', 'GET', '/partitions/none/0', undefined, 404, 'E_UNKNOWN_TOPIC', "'none'"],
    ['bad coding', 'GET', '/partitions/%zz/0', undefined, 400, 'E_BAD_REQUEST', '%zz'],
    [
      'refused by Kafka',
      'POST',
      '/partitions/orders/0/reassign',
      { replicas: [1, 9] },
      409,
      'E_CHANGE_REFUSED',
      'INVALID_REPLICA_ASSIGNMENT',
    ],
  ])('%s', async (_name, method, path, sent, status, code, text) => {
    const { ask } = await startWithAdmin();
    const answer = await ask(method, path, sent);
    expect(problemOf(failure, answer.body)).toBeUndefined();
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(answer.body.error.message).toContain(text);
  });

  test('a body that is no JSON, or too large', async () => {
    const { cluster } = await startWithAdmin({ brokers: 1, topics: {} });
    const send = async (body: string) => {
      const response = await fetch(`${cluster.adminUrl}/api/v1/heal`, { method: 'POST', body });
      return response.status;
    };
    expect(await send('{')).toBe(400);
    expect(await send(' '.repeat(70_000))).toBe(413);
  });

  test('a page of another site, or another name for this machine', async () => {
    const { cluster } = await startWithAdmin({ brokers: 1, topics: {} });
    const statusWith = async (headers: Record<string, string>) => {
      const sent = request(`${cluster.adminUrl}/api/v1/cluster`, { headers }).end();
      const [response] = await once(sent, 'response');
      response.resume();
      return response.statusCode;
    };
    const { host } = new URL(cluster.adminUrl!);
    expect(await statusWith({ origin: `http://${host}` })).toBe(200);
    expect(await statusWith({ origin: 'http://example.org' })).toBe(403);
    expect(await statusWith({ host: 'example.org' })).toBe(403);
  });
});

describe('the admin port', () => {
  test('is not there unless asked for, and goes with the cluster', async () => {
    const without = await startCluster({ brokers: 1 });
    expect(without.adminUrl).toBeUndefined();
    await without.close();
    const { cluster, ask } = await startWithAdmin({ brokers: 1, topics: {} });
    await cluster.reset();
    expect((await ask('GET', '/cluster')).status).toBe(200);
    await cluster.close();
    await expect(fetch(cluster.adminUrl!)).rejects.toThrow();
  });

  test('in use: the cluster does not start, and leaves nothing behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const started = startCluster({ brokers: 1, admin: port });
    await expect(started).rejects.toMatchObject({ code: 'E_PORT_IN_USE' });
    other.close();
  });
});
