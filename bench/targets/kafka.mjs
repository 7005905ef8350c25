// Apache Kafka in its best case: every node broker and controller at once, logs in memory, no
// fsync, the compiler and the collector that a server has.
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readClasspath } from '../build.mjs';
import { launch, run } from '../processes.mjs';
import { likeKafka, openSession } from './session.mjs';

const logging = fileURLToPath(
  new URL('../../scripts/real-kafka/log4j2.properties', import.meta.url),
);

let folder;
/** Made with the first cluster and gone with this process. */
function ownFolder() {
  if (folder === undefined) {
    const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    folder = mkdtempSync(join(parent, 'odradek-bench-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
  return folder;
}

/** Ports that nobody listens on. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, '127.0.0.1'));
  const ports = [];
  for (const server of servers) {
    if (!server.listening) await once(server, 'listening');
    ports.push(server.address().port);
  }
  for (const server of servers) server.close();
  return ports;
}

function properties(id, { brokers, ports, data }) {
  const factor = Math.min(brokers, 3);
  const voter = (index) => `${index + 1}@127.0.0.1:${ports[brokers + index]}`;
  const voters = Array.from({ length: brokers }, (_, index) => voter(index));
  const plain = `PLAINTEXT://127.0.0.1:${ports[id - 1]}`;
  return [
    'process.roles=broker,controller',
    `node.id=${id}`,
    `listeners=${plain},CONTROLLER://127.0.0.1:${ports[brokers + id - 1]}`,
    `advertised.listeners=${plain}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    `controller.quorum.voters=${voters}`,
    `log.dirs=${data}/${id}`,
    `offsets.topic.replication.factor=${factor}`,
    `transaction.state.log.replication.factor=${factor}`,
    `share.coordinator.state.topic.replication.factor=${factor}`,
    'group.initial.rebalance.delay.ms=0',
    'log.segment.delete.delay.ms=1000', // or the deleted topics of earlier rounds fill the memory
  ].join('\n');
}

const java = (heap) => [
  `-Xmx${heap}`,
  '-XX:+UseG1GC',
  `-Dlog4j2.configurationFile=${logging}`,
  '-cp',
  readClasspath('kafka.classpath'),
];

/** Formatting takes a JVM per node, so it is done once; a start copies the result. */
async function formatted(brokers) {
  const data = join(ownFolder(), `formatted-${brokers}`);
  if (existsSync(data)) return data;
  mkdirSync(data);
  const ports = await freePorts(2 * brokers);
  for (let id = 1; id <= brokers; id++) {
    const file = join(ownFolder(), 'format.properties');
    writeFileSync(file, properties(id, { brokers, ports, data }));
    const tool = [...java('256m'), 'kafka.tools.StorageTool', 'format'];
    await run('java', [...tool, '-t', 'b2RyYWRlay1iZW5jaC1rYQ', '-c', file]);
  }
  return data;
}

let clusters = 0;

async function start(brokers) {
  const template = await formatted(brokers);
  const ports = await freePorts(2 * brokers);
  const data = join(ownFolder(), `cluster-${++clusters}`);
  cpSync(template, data, { recursive: true });
  for (let id = 1; id <= brokers; id++) {
    writeFileSync(`${data}/${id}.properties`, properties(id, { brokers, ports, data }));
  }
  const begin = performance.now();
  const nodes = Array.from({ length: brokers }, (_, index) =>
    launch('java', [...java('512m'), 'kafka.Kafka', `${data}/${index + 1}.properties`]),
  );
  for (const { child } of nodes) child.stdout.resume();
  const end = async () => {
    await Promise.all(nodes.map((node) => node.end()));
    rmSync(data, { recursive: true, force: true });
  };
  const addresses = ports.slice(0, brokers).map((port) => `127.0.0.1:${port}`);
  const hasEnded = () => nodes.some((node) => node.hasEnded());
  const pids = nodes.map(({ child }) => child.pid);
  return openSession({ brokers, begin, addresses, pids, end, hasEnded, ...likeKafka });
}

export const kafka = {
  title: 'Apache Kafka 4.3.1',
  skips: 'nothing; logs in memory, no fsync (its default), warmed by the round that is dropped',
  needs: ['kafka.classpath'],
  /** A warm JVM is its best case: it lives through all rounds of a scenario. */
  staysWarm: true,
  start,
};
