import { once } from 'node:events';
import { createServer } from 'node:http';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { RunningCli, runCli } from './run-cli.ts';

interface Partition {
  readonly leader: number;
  readonly highWatermark: number;
  readonly isr: readonly number[];
}

/** What of the answers is looked at here. */
interface State {
  readonly activeController: number;
  readonly partitions: readonly [Partition];
  readonly now: Partition & readonly unknown[];
}

async function startCli(...args: string[]) {
  const cli = new RunningCli(['-p', '0', '--json', ...args]);
  const [line] = await cli.linesUpTo('{');
  const { bootstrapServers, adminUrl } = JSON.parse(line!) as {
    bootstrapServers: string;
    adminUrl: string;
  };
  const admin = new URL(adminUrl).port;
  const run = (command: string) => runCli(command.split(' '), { ODRADEK_ADMIN: admin });
  const state = async (command: string) =>
    JSON.parse((await run(`${command} --json`)).stdout) as State;
  return { cli, brokers: bootstrapServers.split(','), adminUrl, run, state };
}

/** A port where nothing listens, and one where something does that is no cluster. */
async function strangers() {
  const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const portOf = (one: typeof server) => String((one.address() as { port: number }).port);
  const ports = { strange: portOf(server), closed: portOf(closed) };
  closed.close();
  return { ...ports, [Symbol.dispose]: () => server.close() };
}

describe('verbs against a running cluster', () => {
  test('a client writes on while brokers crash, from the command line and over HTTP', async () => {
    const { cli, brokers, adminUrl, run, state } = await startCli('-t', 'orders:1:3');
    await using _running = cli;
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
    const producer = kafka.producer({ idempotent: true });
    await producer.connect();
    const send = (value: string) => producer.send({ topic: 'orders', messages: [{ value }] });
    await send('before');

    const [{ leader }] = (await state('status')).partitions;
    const crashed = await run(`crash ${leader} --lose unflushed`);
    expect(crashed).toMatchObject({ code: 0, stderr: '' });
    expect(crashed.stdout).toContain(`broker ${leader}: running → stopped, fenced\n`);
    expect(crashed.stdout).toMatch(new RegExp(`orders-0 leader: ${leader} → \\d`));
    await send('without it');

    const restarted = await fetch(`${adminUrl}/api/v1/brokers/${leader}/restart`, {
      method: 'POST',
    });
    expect(await restarted.json()).toMatchObject({ now: { id: leader, state: 'running' } });
    const elected = await state(`elect orders:0 ${leader}`);
    expect(elected.now.leader).toBe(leader);
    await send('with it');
    await producer.disconnect();

    const [{ highWatermark, isr }] = (await state('status')).partitions;
    expect([highWatermark, isr.length]).toEqual([3, 3]);
    expect((await cli.interrupt()).code).toBe(0);
  });

  test('every command answers for a person and as JSON', async () => {
    const { cli, run, state } = await startCli('-t', 'orders:1:3', '--controllers', '3');
    await using _running = cli;
    const told = async (command: string) => {
      const { code, stdout, stderr } = await run(command);
      expect([command, code, stderr]).toEqual([command, 0, '']);
      return stdout;
    };
    const status = await told('status');
    for (const head of ['BROKER ', 'CONTROLLER ', 'PARTITION ']) expect(status).toContain(head);
    expect(status).toContain('every link is healthy');
    expect(status).toMatch(/^orders:0 +\d +0 +\d,\d,\d/m);
    expect(await told('controller')).toMatch(/^300\d +running +yes +leader/m);

    expect(await told('cut 1 2 --plane replication')).toContain(
      'link 2 → 1 (replication): healthy → cut',
    );
    const slow = await told('slow 1 clients --latency 5 --jitter 2 --loss 0.1 --one-way');
    expect(slow).toContain('link 1 → clients (client): healthy → latency 5 ms, jitter 2 ms');
    expect((await state('isolate 3 --keep client,controller')).now).toHaveLength(7);
    expect(await told('heal')).toContain('every link is healthy');

    expect(await told('add-broker --rack b --config num.partitions=2')).toMatch(
      /^4 .* b +running/m,
    );
    expect((await state('reassign orders:0 4,1,2')).now).toMatchObject({
      adding: [],
      replicas: [{ broker: 4 }, { broker: 1 }, { broker: 2 }],
    });
    expect(await told('remove-broker 4')).toContain('broker 4: running → none');
    expect(await told('pause 3')).toContain('broker 3: running → paused');
    expect(await told('resume 3')).toMatch(/broker 3: paused.* → running/);
    expect(await told('resume 3')).toContain('nothing has changed');
    expect(await told('shutdown 1')).toContain('broker 1: running → stopped, fenced');
    expect(await told('restart 1')).toContain('→ running');
    const { activeController } = await state('status');
    expect(await told(`crash ${activeController}`)).toContain(
      `controller ${activeController}: running → stopped`,
    );
  });

  test('a group is waited for and shown', async () => {
    const { cli, brokers, run, state } = await startCli('-t', 'orders:2:3');
    await using _running = cli;
    const kafka = new Kafka({ brokers, clientId: 'app', logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: 'billing', maxWaitTimeInMs: 100 });
    const waiting = run('wait-until-stable billing --members 1 --within 20000');
    await consumer.connect();
    await consumer.subscribe({ topic: 'orders', fromBeginning: true });
    await consumer.run({ eachMessage: async () => undefined, autoCommitThreshold: 1 });
    const stable = await waiting;
    expect([stable.code, stable.stderr]).toEqual([0, '']);
    expect(stable.stdout).toMatch(/^group billing state: \w+ → Stable$|^nothing has changed$/m);
    expect(stable.stdout).toMatch(/^app-\S+ +- +app +\/127.0.0.1 +orders:0 orders:1$/m);
    expect(stable.stdout).toMatch(/^orders:1 +- +0 +0 +app-\S+$/m);

    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: 'orders', messages: [{ value: 'v', partition: 0 }] });
    await producer.disconnect();
    const committed = 'wait-for-commit billing orders --partition 0 --committed-offset 1';
    expect((await state(`${committed} --within 20000`)).now).toMatchObject({ lag: 0 });
    const { stdout } = await run('wait-for-lag billing 0 --topic orders');
    expect(stdout).toMatch(/^GROUP +TYPE.*\nbilling +classic +consumer +Stable +\d +1 +1 +0$/m);
    expect(stdout).toMatch(/^orders:0 +1 +1 +0 +app-\S+$/m);
    expect((await run('groups')).stdout).toMatch(/^billing +classic +consumer +Stable/m);
    const late = await run('wait-for-lag biling 0 --within 1');
    expect([late.code, late.stdout]).toEqual([1, '']);
    expect(late.stderr).toMatch(/^odradek: E_TIMEOUT: .* As it is, .*; did you mean 'billing'\?\n/);
    await consumer.disconnect();
  });

  test.each<[string, RegExp, number]>([
    ['group none', /^odradek: E_UNKNOWN_GROUP: there is no group 'none'; there are none \(/, 1],
    ['wait-for-commit g t --committed-offset 1', /E_BAD_OPTION: committedOffset needs a partit/, 2],
    ['crash 9', /^odradek: E_UNKNOWN_BROKER: there is no broker 9, only 1 \(.*\n$/, 1],
    ['elect none:0', /^odradek: E_UNKNOWN_TOPIC: there is no topic 'none'/, 1],
    ['crash 3000 --lose all', /^odradek: E_UNKNOWN_OPTION: crashController has no 'lose'/, 2],
    ['slow 1 clients', /^odradek: E_BAD_OPTION: slow needs one of latencyMs, jitterMs, loss /, 2],
    ['reassign orders:0 1,2', /^odradek: E_CHANGE_REFUSED: .*INVALID_REPLICA_ASSIGNMENT/, 1],
  ])('%s: one line that says why not', async (command, text, code) => {
    const { cli, run } = await startCli('-n', '1', '-t', 'orders:1:1');
    await using _running = cli;
    expect(await run(command)).toMatchObject({
      code,
      stdout: '',
      stderr: expect.stringMatching(text),
    });
  });
});

describe('verbs without a cluster', () => {
  test('nothing answers, or something else does: one line, exit code 1', async () => {
    using ports = await strangers();
    const none = await runCli(['status', '--admin', ports.closed]);
    expect(none.stderr).toMatch(
      /^odradek: E_NO_ADMIN: no cluster answers at [^\n]*--admin [^\n]*\n$/,
    );
    const strange = await runCli(['status', '--admin', `127.0.0.1:${ports.strange}`]);
    expect(strange.stderr).toMatch(/^odradek: E_NO_ADMIN: what answers at .* is not an Odradek/);
    expect([none.code, strange.code]).toEqual([1, 1]);
  });

  test.each<[string, RegExp]>([
    ['crash', /missing required argument 'node'/],
    ['crash x', /broker must be a whole number from 0 on, not 'x'/],
    ['crash 1 --lose half', /--lose must be nothing or unflushed or all, not 'half'/],
    ['crash 1 --losse all', /unknown option '--losse'.*--lose/],
    ['elect orders', /<topic:partition> must be like orders:0/],
    ['reassign orders:0 1,x', /replicas must be a list, each a whole number .* \[1,"x"\]/],
    ['wait-for-lag g', /missing required argument 'lag'/],
    ['wait-for-lag g x', /lag must be a whole number from 0 on, not 'x'/],
    ['cut 1', /missing required argument 'other'/],
    ['status --admin here', /--admin must be PORT or HOST:PORT, not 'here'/],
    ['crahs 1', /unknown command 'crahs'; did you mean 'crash'\?/],
    ['--admin here', /--admin must be a port, not 'here'/],
  ])('%s: one line, exit code 2', async (command, text) => {
    const { code, stdout, stderr } = await runCli(command.split(' '));
    expect(stderr).toMatch(/^odradek: [^\n]+\n$/);
    expect(stderr).toMatch(text);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('each has a page of help', async () => {
    const { code, stdout } = await runCli(['slow', '--help']);
    for (const text of ['<one> <other>', '--latency <ms>', '--one-way', '--admin <port>']) {
      expect(stdout).toContain(text);
    }
    expect(code).toBe(0);
  });
});

describe('the admin port of the command line', () => {
  test('is 8082, or any other where that is taken and nobody has asked for it', async () => {
    const other = createServer().on('error', () => undefined); // taken already: so much the better
    await new Promise((done) =>
      other.listen(8082, '127.0.0.1', done as () => void).on('error', done),
    );
    using ports = await strangers();
    await using cli = new RunningCli(['-n', '1', '-p', ports.closed, '--json']);
    const [line] = await cli.linesUpTo('{');
    const { adminUrl } = JSON.parse(line!) as { adminUrl: string };
    expect((await fetch(`${adminUrl}/api/v1/cluster`)).status).toBe(200);
    const { stderr } = await cli.interrupt();
    other.close();
    const { port } = new URL(adminUrl);
    expect(stderr).toBe(`odradek: warning: the admin port 8082 is in use; it is ${port} instead\n`);
    const asked = await runCli(['-n', '1', '-p', '0', '--admin', ports.strange]);
    expect([asked.code, asked.stdout]).toEqual([3, '']);
  });

  test('--no-admin: there is none', async () => {
    await using cli = new RunningCli(['-p', '0', '--no-admin', '--json']);
    const [line] = await cli.linesUpTo('{');
    expect(JSON.parse(line!)).toMatchObject({ event: 'ready', adminUrl: null });
  });
});
