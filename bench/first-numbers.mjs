// The figures of the first release, as ratios taken in one run with the sides interleaved:
// cold start, start in a warm process, and produce beside a broker that throws the bytes away.
// Usage: npm run build && node bench/first-numbers.mjs [ROUNDS]
// RDKAFKA_PERFORMANCE=path of librdkafka's rdkafka_performance (bench/README.md says how to get it)
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

const rounds = Number(process.argv[2] ?? 5);
const cli = fileURLToPath(new URL('../dist/cli.cjs', import.meta.url));
const nullBroker = fileURLToPath(new URL('null-broker.mjs', import.meta.url));

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const show = (name, values, digits = 2) => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const text = [median(values), low, high].map((value) => value.toFixed(digits));
  console.log(`${name.padEnd(46)} ${text[0]}  [${text[1]}..${text[2]}]`);
};

/** Starts a process and waits for its first line. */
async function start(args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, line };
}

async function stop({ child }) {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Metadata v1 for no topic, and the first byte of its answer. */
async function askMetadata(port) {
  const socket = net.connect(port, '127.0.0.1');
  const body = Buffer.from('0003000100000001ffff00000000', 'hex');
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  socket.write(Buffer.concat([size, body]));
  await once(socket, 'data');
  socket.destroy();
}

async function coldStart(brokers) {
  const begin = performance.now();
  const started = await start([cli, '-n', String(brokers), '-p', '0', '--json']);
  await askMetadata(JSON.parse(started.line).brokers[0].port);
  const ms = performance.now() - begin;
  await stop(started);
  return ms;
}

function bareNode() {
  const begin = performance.now();
  execFileSync(process.execPath, ['-e', '0']);
  return performance.now() - begin;
}

async function warmStart() {
  const { startCluster } = await import('../dist/index.js');
  const times = [];
  for (let turn = 0; turn < 20; turn++) {
    const begin = performance.now();
    const cluster = await startCluster({ brokers: 3 });
    times.push(performance.now() - begin);
    await cluster.close();
  }
  return times.slice(5);
}

function produce(port) {
  const args = ['-P', '-t', 'bench', '-p', '0', '-s', '100', '-c', '2000000', '-a', '1'];
  const more = ['-b', `127.0.0.1:${port}`, '-X', 'linger.ms=5'];
  const options = { encoding: 'utf8', timeout: 120_000, stdio: ['ignore', 'pipe', 'pipe'] };
  const output = execFileSync(process.env.RDKAFKA_PERFORMANCE, [...args, ...more], options);
  return Number(/(\d+) msgs\/s/.exec(output.trim().split('\n').at(-1))[1]);
}

const ratios = { one: [], three: [], produce: [] };
for (let round = 0; round <= rounds; round++) {
  const bare = bareNode();
  const one = (await coldStart(1)) / bare;
  const three = (await coldStart(3)) / bare;
  if (round === 0) continue; // the first round warms the disk's cache
  ratios.one.push(one);
  ratios.three.push(three);
}
show('cold start to Metadata ÷ node -e 0, 1 broker', ratios.one);
show('cold start to Metadata ÷ node -e 0, 3 brokers', ratios.three);
show('startCluster of 3 brokers, warm process, ms', await warmStart());

if (process.env.RDKAFKA_PERFORMANCE === undefined) {
  console.log('produce: absent, RDKAFKA_PERFORMANCE is not set');
} else {
  for (let round = 0; round <= rounds; round++) {
    const thrown = await start([nullBroker, '0']);
    const ceiling = produce(Number(thrown.line));
    await stop(thrown);
    const ours = await start([cli, '-n', '1', '-p', '0', '-t', 'bench:1:1', '--json']);
    const rate = produce(JSON.parse(ours.line).brokers[0].port);
    await stop(ours);
    if (round > 0) ratios.produce.push(rate / ceiling);
  }
  show('produce 100 B acks=1 ÷ thrown away', ratios.produce);
}
