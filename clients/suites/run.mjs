// npm run suites [-- [--real | --nobody] [--only TEST] [SUITE…]]: the tests that clients bring,
// against Odradek, Apache Kafka or no broker at all. README.md says the rest.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPackages, prepare } from '../runner/prepare.mjs';
import { killAll, runCommand } from '../runner/processes.mjs';
import { apacheKafka, nobody, odradek } from './clusters.mjs';
import { suites } from './index.mjs';
import { keep } from './results.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const { values: options, positionals: names } = parseArgs({
  options: {
    real: { type: 'boolean' },
    nobody: { type: 'boolean' },
    only: { type: 'string' },
  },
  allowPositionals: true,
});
const target = options.real ? apacheKafka : options.nobody ? nobody : odradek;

/** What needs no broker does not wait for one. */
const nobodyLimitMs = 10_000;

/** @param {import('./index.mjs').Suite} suite */
async function runSuite(suite) {
  const folder = path(`build/${suite.name}`);
  const log = path(`../../reports/suites/${suite.name}-${target.id}.log`);
  writeFileSync(log, '');
  const command = async (words, where) => {
    const done = await runCommand(words, { ...where, log, limitMs: 30 * 60_000 });
    if (done.status !== 0) throw new Error(`'${words.join(' ')}' failed; see ${log}`);
    return done;
  };
  const wanted = { needs: suite.needs, apt: suite.apt ?? [], prepare: [] };
  await installPackages([wanted], log);
  const missing = await prepare(wanted, log);
  if (missing !== undefined) throw new Error(missing.absent);
  await suite.prepare(folder, command);
  const cluster = await target.start(suite.cluster, log);
  try {
    const all = await suite.tests(folder, command, cluster.bootstrapServers);
    const tests = all.filter(({ name }) => new RegExp(options.only ?? '').test(name));
    console.log(`\n${suite.client} ${suite.version} on ${target.title}: ${tests.length} tests`);
    return await runTests(suite, tests, log);
  } finally {
    await cluster.close();
  }
}

/** One test at a time, in a process of its own. */
async function runTests(suite, tests, log) {
  const results = {};
  for (const [index, test] of tests.entries()) {
    const started = performance.now();
    const verdicts = await runTest(suite, test, log);
    if (target !== nobody) await tryAgain(suite, test, verdicts, log);
    Object.assign(results, verdicts);
    tell(test, verdicts, `${index + 1}/${tests.length}`, performance.now() - started);
  }
  return results;
}

/** What fails has a second try, alone, as clients' tests race with themselves and each other. */
async function tryAgain(suite, test, verdicts, log) {
  for (const name of Object.keys(verdicts).filter((name) => verdicts[name] === 'failed')) {
    const command = test.commandFor?.(name) ?? test.command;
    delete verdicts[name];
    Object.assign(verdicts, await runTest(suite, { ...test, name, command }, log));
  }
}

/** @returns {Promise<Record<string, import('./index.mjs').Verdict>>} by part of the test */
async function runTest(suite, test, log) {
  const limitMs = target === nobody ? nobodyLimitMs : suite.limitMs + 5_000;
  const { command, cwd, env } = test;
  const done = await runCommand(command, { cwd, env, log, limitMs });
  const verdicts = suite.verdicts(done, test);
  return Object.keys(verdicts).length === 0 ? { [test.name]: 'failed' } : verdicts;
}

function tell({ name }, verdicts, count, ms) {
  const { passed = 0, failed = 0 } = tally(verdicts);
  const said = `${passed} of ${passed + failed}  ${(ms / 1000).toFixed(1)} s`;
  console.log(`${failed === 0 ? '✔' : '✘'} ${count.padEnd(8)} ${name.padEnd(60)} ${said}`);
}

function tally(verdicts) {
  const counts = {};
  for (const verdict of Object.values(verdicts)) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

async function main() {
  mkdirSync(path('../../reports/suites'), { recursive: true });
  const chosen = suites.filter(({ name }) => names.length === 0 || names.includes(name));
  if (chosen.length < names.length) {
    throw new Error(`there are ${suites.map(({ name }) => name).join(', ')}`);
  }
  for (const suite of chosen) {
    const results = await runSuite(suite);
    if (options.only === undefined) keep(path('../results'), suite, target, results);
    const { passed = 0, failed = 0, skipped = 0 } = tally(results);
    console.log(`${suite.name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
}

// Ctrl-C reaches only us, as each test leads a process group of its own.
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
process.on('exit', killAll);
await main();
