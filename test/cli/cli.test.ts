import { once } from 'node:events';
import { createServer } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/version.ts';
import { RunningCli, runCli } from './run-cli.ts';

const colourStart = '\u001b[';
const quiet = ['-p', '0', '--json'];

/** What `describeCluster` says when asked at `bootstrapServers`. */
async function brokersAt(bootstrapServers: string) {
  const brokers = bootstrapServers.split(',');
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const cluster = await admin.describeCluster();
    const topics = await admin.fetchTopicMetadata();
    return { ...cluster, topics: topics.topics };
  } finally {
    await admin.disconnect();
  }
}

async function ready(cli: RunningCli) {
  const [line] = await cli.linesUpTo('{');
  return JSON.parse(line!) as {
    event: string;
    seed: number;
    clusterId: string;
    bootstrapServers: string;
    startupMs: number;
    brokers: { id: number; host: string; port: number; rack: string | null }[];
  };
}

describe('odradek', () => {
  test('prints a table, a line to paste and an export, and ends in good order', async () => {
    await using cli = new RunningCli(['-p', '0']);
    const lines = await cli.linesUpTo('export ');
    const bootstrap = lines.at(-1)!.replace('export KAFKA_BOOTSTRAP_SERVERS=', '');
    expect(lines[0]).toMatch(/^BROKER {2}KAFKA-ADDRESS +RACK$/);
    expect(lines.slice(1, 4).map((line) => line.split(/ +/).slice(0, 2))).toEqual(
      bootstrap.split(',').map((address, index) => [String(index + 1), address]),
    );
    expect(lines.at(-3)).toMatch(/^break it: npx odradek crash 1 --admin \d+$/);
    expect(lines.at(-2)).toBe(`try: kcat -b ${bootstrap} -L`);
    expect((await brokersAt(bootstrap)).brokers.map((each) => each.nodeId)).toEqual([1, 2, 3]);
    expect(await cli.interrupt()).toMatchObject({ code: 0, stderr: '' });
  });

  test('says in its first line of --json all that a program needs', async () => {
    await using cli = new RunningCli(['-n', '2', '--seed', '7', ...quiet]);
    const record = await ready(cli);
    expect(record).toEqual({
      event: 'ready',
      version,
      pid: cli.child.pid,
      startupMs: expect.any(Number),
      clusterId: expect.stringMatching(/^[\w-]{22}$/),
      seed: 7,
      bootstrapServers: record.brokers.map(({ host, port }) => `${host}:${port}`).join(','),
      brokers: [
        { id: 1, host: '127.0.0.1', port: expect.any(Number), rack: null },
        { id: 2, host: '127.0.0.1', port: expect.any(Number), rack: null },
      ],
      adminUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    });
    expect((await brokersAt(record.bootstrapServers)).clusterId).toBe(record.clusterId);
    expect((await cli.interrupt()).code).toBe(0);
  });

  test('-t creates topics, -c configures all brokers or one, node.id names the first', async () => {
    const topic = ['-t', 'orders:6:3,min.insync.replicas=2', '-t', 'plain'];
    const config = ['-c', 'node.id=10', '-c', 'num.partitions=4', '-c', '11:broker.rack=b'];
    await using cli = new RunningCli([...topic, ...config, ...quiet]);
    const record = await ready(cli);
    expect(record.brokers.map(({ id, rack }) => [id, rack])).toEqual([
      [10, null],
      [11, 'b'],
      [12, null],
    ]);
    const { topics } = await brokersAt(record.bootstrapServers);
    const shape = topics.map(({ name, partitions }) => [name, partitions.length]);
    expect(shape.sort()).toEqual([
      ['orders', 6],
      ['plain', 4],
    ]);
    const orders = topics.find(({ name }) => name === 'orders')!;
    expect(orders.partitions.every(({ replicas }) => replicas.length === 3)).toBe(true);
  });

  test('--advertise is what clients are told, counting up from the first broker', async () => {
    await using cli = new RunningCli(['--advertise', 'broker.example:7000', ...quiet]);
    const { bootstrapServers } = await ready(cli);
    const addresses = [0, 1, 2].map((index) => `broker.example:${7000 + index}`);
    expect(bootstrapServers).toBe(addresses.join(','));
  });

  test('takes its options from the environment, too', async () => {
    await using cli = new RunningCli(['--json'], { ODRADEK_BROKERS: '1', ODRADEK_PORT: '0' });
    expect((await ready(cli)).brokers).toHaveLength(1);
  });

  test('runs on when the reader of its ready line has gone', async () => {
    await using cli = new RunningCli(quiet);
    const { bootstrapServers } = await ready(cli);
    cli.child.stdout!.destroy();
    expect((await brokersAt(bootstrapServers)).brokers).toHaveLength(3);
  });

  test('warns on standard error of a config that has no effect here, and starts', async () => {
    const config = ['-c', 'num.io.threads=4', '-c', 'num.partitons=4'];
    await using cli = new RunningCli([...config, ...quiet]);
    await ready(cli);
    const { stderr } = await cli.interrupt();
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^odradek: warning: .*num\.io\.threads/),
      expect.stringMatching(/^odradek: warning: .*num\.partitons.*num\.partitions/),
    ]);
  });

  test('is coloured where asked for, and never with NO_COLOR', async () => {
    await using coloured = new RunningCli(['-p', '0'], { FORCE_COLOR: '1' });
    expect((await coloured.linesUpTo('export ')).join('\n')).toContain(colourStart);
    await using plain = new RunningCli(['-p', '0'], { NO_COLOR: '1' });
    expect((await plain.linesUpTo('export ')).join('\n')).not.toContain(colourStart);
  });
});

describe('odradek that does not start', () => {
  test('--help and --version are data: standard output, exit code 0', async () => {
    const help = await runCli(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    const flags = '-n, -p, --host --advertise -t, -c, --seed --admin --json -V,'.split(' ');
    expect(flags.filter((flag) => !help.stdout.includes(flag))).toEqual([]);
    expect(help.stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('an experiment is told', async () => {
    const told = await runCli(['experiment', 'hw-truncation-loss']);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toContain('✗ lost: m');
  });

  test.each<[string, string[], RegExp]>([
    [
      'an unknown experiment',
      ['experiment', 'hw-truncation-los'],
      /did you mean 'hw-truncation-loss'/,
    ],
    ['a misspelt option', ['--borkers', '2'], /unknown option '--borkers'.*--brokers/],
    ['an option without its value', ['--port'], /--port <port>' argument missing/],
    ['an unknown command', ['sstart'], /unknown command 'sstart'; did you mean 'start'\?/],
    ['too many arguments', ['start', 'now'], /too many arguments/],
    ['a number of brokers that is none', ['-n', 'three'], /'three' is invalid.*whole number/],
    ['no brokers', ['-n', '0'], /brokers must be a whole number from 1 to/],
    ['two controllers', ['--controllers', '2'], /controllers must be 1, 3 or 5, not 2/],
    [
      'combined nodes without brokers',
      ['-n', '1', '--controllers', '3', '--combined'],
      /as many brokers, not 1/,
    ],
    ['a port that is none', ['-p', '70000'], /port must be a whole number from 0 to/],
    ['ports beyond the last', ['-p', '65534'], /port must be a whole number from 0 to 65533/],
    ['a topic without a name', ['-t', ':3'], /NAME\[:PARTITIONS/],
    ['a topic with bad partitions', ['-t', 'a:x'], /'a:x' is invalid.*whole number/],
    ['a topic that Kafka refuses', ['-t', 'a:1:4'], /'a'.*INVALID_REPLICATION_FACTOR/],
    ['a topic with a bad name', ['-t', 'a b'], /'a b'.*INVALID_TOPIC/],
    ['a topic with a bad config', ['-t', 'a,min.insync.replicas=x'], /min\.insync\.replicas/],
    ['a config that is no pair', ['-c', 'num.partitions'], /num\.partitions/],
    ['a config with a bad value', ['-c', 'num.partitions=many'], /num\.partitions/],
    ['a config for a stranger', ['-c', '4:broker.rack=b'], /no broker 4, only 1, 2, 3/],
    ['an id that is none', ['-c', 'node.id=x'], /node\.id.*not 'x'/],
    ['an address that is none', ['--advertise', 'a:b'], /HOST or HOST:PORT, not 'a:b'/],
    ['a seed that is none', ['--seed', '-1'], /seed/],
  ])('%s: one line on standard error, exit code 2', async (_name, args, message) => {
    const { code, stdout, stderr } = await runCli([...args]);
    expect(stderr).toMatch(/^odradek: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('a bad value in the environment names the variable', async () => {
    const { code, stderr } = await runCli([], { ODRADEK_PORT: 'x' });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^odradek: .*ODRADEK_PORT.*\n$/)]);
  });

  test('a port in use: one line that names it, exit code 3', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, stdout, stderr } = await runCli(['-n', '1', '-p', String(port)]);
    other.close();
    expect(stderr).toMatch(/^odradek: [^\n]+\n$/);
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect([code, stdout]).toEqual([3, '']);
  });

  test('an address that this machine has not: one line, exit code 1', async () => {
    const { code, stderr } = await runCli(['--host', '192.0.2.1', '-p', '0']);
    expect(stderr).toMatch(/^odradek: E_CANNOT_LISTEN: [^\n]*192\.0\.2\.1[^\n]*\n$/);
    expect(code).toBe(1);
  });
});
