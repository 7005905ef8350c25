import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startCluster, version } from '../../dist/index.js';
import { runCommand } from '../runner/processes.mjs';

/** Against what the suites run: each target gives a whole suite one cluster, as that wants it. */

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const script = path('../../scripts/real-kafka/real-kafka');
const tools = path('../../scripts/kafka-tools/kafka-tools');
const pom = readFileSync(path('../../scripts/real-kafka/pom.xml'), 'utf8');

/** @typedef {import('./index.mjs').Wanted} Wanted */

export const odradek = {
  id: 'odradek',
  title: `Odradek ${version}`,
  /** @param {Wanted} wanted */
  start: ({ brokers, port, config }) =>
    startCluster({ brokers, port, config, advertise: 'localhost' }),
};

export const apacheKafka = {
  id: 'apache-kafka',
  title: `Apache Kafka ${/<version>(\d+\.\d+\.\d+)</.exec(pom)?.[1]}`,
  /** @param {Wanted} wanted */
  async start({ brokers, port, config, kafkaConfig, afterStart }, log) {
    const env = { KAFKA_PORT: String(port) };
    const close = () => void spawnSync(script, ['stop'], { env: { ...process.env, ...env } });
    close(); // what a killed run may have left on this port
    process.on('exit', close);
    const settings = Object.entries({ ...config, ...kafkaConfig }).map((pair) => pair.join('='));
    const start = [script, 'start', String(brokers), ...settings];
    const { status, stdout } = await runCommand(start, { env, log, limitMs: 180_000 });
    if (status !== 0) throw new Error(`Apache Kafka does not start here; see ${log}`);
    if (afterStart !== undefined) {
      await runCommand([tools, ...afterStart], { log, limitMs: 180_000 });
    }
    return { bootstrapServers: stdout.trim(), close };
  },
};

/** No cluster at all: what passes then needs none, and says nothing about one. */
export const nobody = {
  id: 'nobody',
  title: 'no broker',
  /** @param {Wanted} wanted */
  start: async ({ port }) => ({ bootstrapServers: `localhost:${port}`, close: () => undefined }),
};
