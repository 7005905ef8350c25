// Where and with what a result was measured.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { run } from './processes.mjs';

const absent = () => 'absent';
const first = (pattern) => (text) => pattern.exec(text)?.[0] ?? 'unknown';

const pinned = (file, pattern) =>
  pattern.exec(readFileSync(new URL(file, import.meta.url), 'utf8'))[1];

/** Load averages are of the last minute. */
export const load = () => Number(os.loadavg()[0].toFixed(1));

export async function machine() {
  const java = run('java', ['-version']).then(first(/\d+\.\d+\.\d+/), absent);
  const go = run('go', ['version']).then(first(/\d+\.\d+(\.\d+)?/), absent);
  const commit = run('git', ['describe', '--always', '--dirty', '--exclude=*']);
  return {
    commit: await commit.then((text) => text.trim(), absent),
    processor: os.cpus()[0].model,
    cores: os.cpus().length,
    memoryGB: Math.round(os.totalmem() / 1e9),
    kernel: os.release(),
    node: process.versions.node,
    java: await java,
    go: await go,
    librdkafka: '2.12.0',
    kafka: pinned('../scripts/real-kafka/pom.xml', /<version>(\d+\.\d+\.\d+)<\/version>/),
    kfake: pinned('native/kfake/go.mod', /pkg\/kfake (\S+)/),
    kafkajs: pinned('../package.json', /"kafkajs": "([^"]+)"/),
  };
}
