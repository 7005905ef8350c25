// npm run conformance [-- [--real] [vitest arguments]]: the conformance suite against Odradek, or with
// --real against Apache Kafka, which it starts, and stops whatever happens.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const script = path('real-kafka/real-kafka');
const vitest = path('../node_modules/vitest/vitest.mjs');
const config = path('../test/conformance/vitest.config.ts');

const args = process.argv.slice(2).filter((argument) => argument !== '--real');
const real = args.length < process.argv.length - 2;
const env = { ...process.env };

function stop() {
  spawnSync(script, ['stop'], { stdio: 'inherit', env });
}

if (real) {
  env.KAFKA_PORT ??= '29092';
  stop(); // what a killed run may have left on this port
  const started = spawnSync(script, ['start', '3'], { stdio: ['ignore', 'pipe', 'inherit'], env });
  if (started.status !== 0) {
    stop();
    process.exit(1);
  }
  env.KAFKA_BOOTSTRAP = started.stdout.toString().trim();
  env.KAFKA_CONTROL = script;
}

const suite = spawn(process.execPath, [vitest, 'run', '--config', config, ...args], {
  stdio: 'inherit',
  env,
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => suite.kill(signal));
suite.on('exit', (code) => {
  if (real) stop();
  process.exitCode = code ?? 1;
});
