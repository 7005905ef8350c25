import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const limitMs = 3_000_000;
/** What node-rdkafka's package brings; librdkafka itself is in no registry that has its tests. */
const source = { package: 'node-rdkafka@3.6.1', file: 'node-rdkafka-3.6.1.tgz' };
const library = (folder) => join(folder, 'package/deps/librdkafka');

/** Unpacks and compiles librdkafka and its tests, which takes minutes. */
async function prepare(folder, command) {
  const cwd = library(folder);
  if (existsSync(join(cwd, 'tests/test-runner'))) return;
  mkdirSync(folder, { recursive: true });
  await command(['npm', 'pack', '--silent', source.package], { cwd: folder });
  await command(['tar', 'xzf', source.file, 'package/deps/librdkafka'], { cwd: folder });
  await command(['./configure', '--disable-gssapi'], { cwd });
  await command(['make', '-j2', 'libs'], { cwd });
  await command(['make', '-j2', '-C', 'tests', 'build'], { cwd });
}

/**
 * The tests 0001 to 0100 that speak to a broker, by their table in test.c: its flag LOCAL is for
 * those that do not. A number stands for one test or for a few, and is what can be asked for.
 */
async function tests(folder, _command, bootstrapServers) {
  const cwd = join(library(folder), 'tests');
  const config = `metadata.broker.list=${bootstrapServers}\ntest.topic.random=true\n`;
  writeFileSync(join(cwd, 'test.conf'), config);
  const table = readFileSync(join(cwd, 'test.c'), 'utf8');
  const entries = [...table.matchAll(/_TEST\((0\d{3})_\w+,\s*([^,)]*)/g)];
  const remote = entries.filter(([, number, flags]) => {
    return number >= '0001' && number <= '0100' && !flags.includes('TEST_F_LOCAL');
  });
  const numbers = [...new Set(remote.map(([, number]) => number))];
  return numbers.map((number) => ({
    name: number,
    command: ['sh', '-c', './test-runner -p1 -K -L 2>&1'],
    cwd,
    env: { TESTS: number, TEST_KAFKA_VERSION: '4.3.1', LD_LIBRARY_PATH: '../src:../src-cpp' },
  }));
}

const begun = /=== Running test (\S+) ===/g;
const ended = /=== Test (\S+) (PASSED|FAILED|SKIPPED) ===/g;
const left = /\[(\w+) *\/[^\]]*\] WARN: SKIPPING TEST/g;

/** The exit status says nothing: what began and did not end has failed. */
function verdicts({ stdout }) {
  return Object.fromEntries([
    ...[...stdout.matchAll(begun)].map(([, name]) => [name, 'failed']),
    ...[...stdout.matchAll(left)].map(([, name]) => [name, 'skipped']),
    ...[...stdout.matchAll(ended)].map(([, name, verdict]) => [name, verdict.toLowerCase()]),
  ]);
}

/** librdkafka's own tests: three brokers that create topics of four partitions. */
export const librdkafka = {
  name: 'librdkafka',
  client: 'librdkafka',
  version: '2.12.0',
  needs: ['npm', 'make', 'gcc', 'g++', 'python3'],
  apt: ['libssl-dev', 'libzstd-dev', 'zlib1g-dev'],
  cluster: {
    brokers: 3,
    port: 9292,
    config: { 'num.partitions': '4', 'default.replication.factor': '3' },
  },
  limitMs,
  prepare,
  tests,
  verdicts,
};
