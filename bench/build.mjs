// What the bench needs and npm does not install: built once into bench/build, at pinned versions.
// A part that cannot be built here says why; what needs it is reported as absent.
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = `${here}build/`;
const librdkafka = `${folder}package/deps/librdkafka`;
const minutes = 60_000;

/** The path of a built part. */
export const build = (name) => folder + name;

/** Only this package carries librdkafka with its examples. */
async function unpackLibrdkafka() {
  const inFolder = { cwd: folder, timeoutMs: 5 * minutes };
  await run('npm', ['pack', '--silent', 'node-rdkafka@3.6.1'], inFolder);
  await run('tar', ['xzf', 'node-rdkafka-3.6.1.tgz', 'package/deps/librdkafka'], inFolder);
  const there = { cwd: librdkafka, timeoutMs: 15 * minutes };
  const without = ['sasl', 'ssl', 'curl', 'zstd'].map((part) => `--disable-${part}`);
  await run('./configure', without, there);
  await run('make', ['-j2', 'libs'], there);
}

const classpath = (pom, file) => {
  const args = ['-q', '-B', '-f', fileURLToPath(new URL(`../scripts/${pom}`, import.meta.url))];
  const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${build(file)}`];
  return run('mvn', [...args, ...goal], { timeoutMs: 10 * minutes });
};

const goProgram = (name) =>
  run('go', ['build', '-o', build(name), '.'], {
    cwd: `${here}native/${name}`,
    timeoutMs: 10 * minutes,
  });

/** In the order in which they need each other; a part is there when its file is. */
const parts = {
  'package/deps/librdkafka/src/librdkafka.a': unpackLibrdkafka,
  async rdkafka_performance() {
    const make = ['-C', 'examples', 'rdkafka_performance'];
    await run('make', make, { cwd: librdkafka, timeoutMs: 5 * minutes });
    await run('cp', ['examples/rdkafka_performance', folder], { cwd: librdkafka });
  },
  async mock() {
    const libraries = ['src/librdkafka.a', '-lm', '-lz', '-lpthread', '-ldl'];
    const args = ['-O2', '-Wall', '-Isrc', `${here}native/mock.c`, ...libraries];
    await run('gcc', [...args, '-o', build('mock')], { cwd: librdkafka });
  },
  wake: () => run('gcc', ['-O2', '-Wall', `${here}native/wake.c`, '-o', build('wake')]),
  kfake: () => goProgram('kfake'),
  transactions: () => goProgram('transactions'),
  'kafka.classpath': () => classpath('real-kafka/pom.xml', 'kafka.classpath'),
  'kafka-tools.classpath': () => classpath('kafka-tools/pom.xml', 'kafka-tools.classpath'),
};

const sources = {
  ...{ mock: 'mock.c', wake: 'wake.c' },
  ...{ kfake: 'kfake/main.go', transactions: 'transactions/main.go' },
};
const timeOf = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const isBuilt = (name) =>
  timeOf(build(name)) > (name in sources ? timeOf(`${here}native/${sources[name]}`) : 0);

/** Builds what is missing or older than its source; gives the parts that cannot be built here, with the reason. */
export async function buildAll(say) {
  mkdirSync(folder, { recursive: true });
  const missing = {};
  for (const [name, make] of Object.entries(parts)) {
    if (isBuilt(name)) continue;
    say(`building ${name}`);
    try {
      await make();
    } catch (error) {
      missing[name] = error.message.split('\n')[0];
      say(`  ${missing[name]}`);
    }
  }
  return missing;
}

export const readClasspath = (name) => readFileSync(build(name), 'utf8').trim();
