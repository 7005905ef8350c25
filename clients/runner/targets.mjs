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

/**
 * One cluster for all, as it takes ten seconds to start; it is gone when this process ends. Configs
 * are `key=value`; `command` does what scripts/real-kafka can.
 */
export async function realKafka(log, configs = []) {
  const env = { KAFKA_PORT: process.env.KAFKA_PORT ?? '29192' };
  const stop = () => spawnSync(script, ['stop'], { env: { ...process.env, ...env } });
  stop(); // what a killed run may have left on this port
  process.on('exit', stop);
  const command = async (...words) => {
    const done = await runCommand([script, ...words], { env, log, limitMs: 180_000 });
    if (done.status === 0) return done.stdout.trim();
    throw new Error(`'real-kafka ${words.join(' ')}' failed; see ${log}`);
  };
  const bootstrapServers = await command('start', '3', ...configs);
  const pom = readFileSync(path('../../scripts/real-kafka/pom.xml'), 'utf8');
  return {
    id: 'apache-kafka',
    title: `Apache Kafka ${/<version>(\d+\.\d+\.\d+)</.exec(pom)?.[1]}`,
    env: { REAL: '1' },
    command,
    cluster: async () => ({ bootstrapServers, requests: () => undefined, close: () => undefined }),
  };
}
