import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startCluster, version } from '../../dist/index.js';
import { runCommand } from './processes.mjs';

/**
 * Against what the programs run. `cluster()` gives one of three brokers to one program:
 * `{ bootstrapServers, requests(), close() }`; `requests` is undefined where nobody counts them.
 */

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const script = path('../../scripts/real-kafka/real-kafka');

/** A cluster of its own for each program, so that each one's requests are counted apart. */
export function odradek() {
  return {
    id: 'odradek',
    title: `Odradek ${version}`,
    env: {},
    cluster: async () => {
      const cluster = await startCluster();
      return {
        bootstrapServers: cluster.bootstrapServers,
        requests: () => cluster.brokers.flatMap(({ requests }) => requests),
        close: () => cluster.close(),
      };
    },
  };
}

/** One cluster for all, as it takes ten seconds to start; it is gone when this process ends. */
export async function realKafka(log) {
  const env = { KAFKA_PORT: process.env.KAFKA_PORT ?? '29192' };
  const stop = () => spawnSync(script, ['stop'], { env: { ...process.env, ...env } });
  stop(); // what a killed run may have left on this port
  process.on('exit', stop);
  const start = { env, log, limitMs: 180_000 };
  const { status, stdout } = await runCommand([script, 'start', '3'], start);
  if (status !== 0) throw new Error(`Apache Kafka does not start here; see ${log}`);
  const pom = readFileSync(path('../../scripts/real-kafka/pom.xml'), 'utf8');
  const bootstrapServers = stdout.trim();
  return {
    id: 'apache-kafka',
    title: `Apache Kafka ${/<version>(\d+\.\d+\.\d+)</.exec(pom)?.[1]}`,
    env: { REAL: '1' },
    cluster: async () => ({ bootstrapServers, requests: () => undefined, close: () => undefined }),
  };
}
