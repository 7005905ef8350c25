import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startCluster, version } from '../../dist/index.js';

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
    stop: () => undefined,
  };
}

/** One cluster for all: it takes ten seconds to start. */
export function realKafka() {
  const env = { ...process.env, KAFKA_PORT: process.env.KAFKA_PORT ?? '29192' };
  const stop = () => void spawnSync(script, ['stop'], { stdio: 'inherit', env });
  stop(); // what a killed run may have left on this port
  const { status, stdout } = spawnSync(script, ['start', '3'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  if (status !== 0) throw new Error('Apache Kafka does not start here');
  const pom = readFileSync(path('../../scripts/real-kafka/pom.xml'), 'utf8');
  const bootstrapServers = stdout.toString().trim();
  return {
    id: 'apache-kafka',
    title: `Apache Kafka ${/<version>(\d+\.\d+\.\d+)</.exec(pom)?.[1]}`,
    env: { REAL: '1' },
    cluster: async () => ({ bootstrapServers, requests: () => undefined, close: () => undefined }),
    stop,
  };
}
