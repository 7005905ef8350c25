// npm run clients [-- [--real] [NAME…]]: every client of clients/ against Odradek, or with --real
// against Apache Kafka. NAME is a folder, a program or a client; README.md says the rest.
// npm run clients -- --page: nothing but docs/CLIENTS.md again, from the results that are kept.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chooseFolders, loadFolders } from './runner/folders.mjs';
import { renderPage } from './runner/page.mjs';
import { installPackages, prepare } from './runner/prepare.mjs';
import { killAll, runCommand } from './runner/processes.mjs';
import { summary, tell } from './runner/progress.mjs';
import { isFailure, report, resultOf } from './runner/result.mjs';
import { sideBySide } from './runner/side-by-side.mjs';
import { odradek, realKafka } from './runner/targets.mjs';
import { verdictOf } from './runner/verdict.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
const checks = readJson(path('checks.json'));
const width = availableParallelism();
/** Only for what hangs: a machine may be slow. */
const limitMs = 10 * 60_000;

const { values: options, positionals: names } = parseArgs({
  options: { real: { type: 'boolean' }, page: { type: 'boolean' } },
  allowPositionals: true,
});
const logs = path(`../reports/clients/${options.real ? 'apache-kafka' : 'odradek'}`);

/** Runs one program on a cluster of three; resolves to its result. */
async function run(target, folder, program) {
  const log = join(logs, `${program.name}.log`);
  writeFileSync(log, '');
  const cluster = await target.cluster();
  const env = {
    ...target.env,
    BOOTSTRAP_SERVERS: cluster.bootstrapServers,
    TOPIC_PREFIX: `${program.name.replaceAll('.', '-')}-${Date.now().toString(36)}`,
  };
  const { isApplication = false } = program;
  const done = await runCommand(program.run, { cwd: folder.path, env, log, limitMs });
  const requests = cluster.requests();
  await cluster.close();
  const shared = isApplication ? [] : Object.keys(checks);
  const verdict = verdictOf(shared, done, program.lacks);
  return { ...resultOf(folder, program, { verdict, requests }), ms: done.ms, log };
}

/** Prepares every folder; resolves to the reasons why some cannot run, by folder. */
async function prepareAll(folders) {
  const reasons = new Map();
  await installPackages(folders, join(logs, 'prepare-apt.log'));
  await sideBySide(width, folders, async (folder) => {
    const log = join(logs, `prepare-${folder.name}.log`);
    writeFileSync(log, '');
    const started = performance.now();
    const reason = await prepare(folder, log);
    if (reason !== undefined) reasons.set(folder.name, reason);
    tell.prepared(folder, reason, performance.now() - started);
  });
  return reasons;
}

async function runAll(target, folders, reasons) {
  const programs = folders.flatMap((folder) =>
    folder.programs.map((program) => ({ folder, program })),
  );
  const results = new Map();
  await sideBySide(width, programs, async ({ folder, program }) => {
    const reason = reasons.get(folder.name);
    const result = reason ? resultOf(folder, program, reason) : await run(target, folder, program);
    results.set(program.name, result);
    tell.finished(result, `${results.size}/${programs.length}`);
  });
  return programs.map(({ program }) => results.get(program.name));
}

/** As in the table of checks, and then a program's own: they run side by side, and end as they like. */
function byPlace(one, other) {
  const names = Object.keys(checks);
  const [first, second] = [one, other].map((check) => names.indexOf(check) + 1 || Infinity);
  return first === second ? one.localeCompare(other, 'en') : first - second;
}

/** Results are kept, in place of former ones; docs/CLIENTS.md is made of those of both targets. */
function keep(target, results) {
  const file = path(`results/${target.id}.json`);
  const known = new Map(readJson(file).results.map((result) => [result.name, result]));
  for (const { ms, log, ...result } of results) {
    const passed = result.passed.toSorted(byPlace);
    const lacks = result.lacks.toSorted((one, other) => byPlace(one.check, other.check));
    known.set(result.name, { ...result, passed, lacks });
  }
  const programs = loadFolders(path('.')).flatMap((folder) => folder.programs);
  const kept = programs.flatMap(({ name }) => known.get(name) ?? []);
  writeFileSync(file, `${JSON.stringify({ target: target.title, results: kept }, null, 2)}\n`);
  writePage();
}

function writePage() {
  writeFileSync(path('../docs/CLIENTS.md'), renderPage(path('results'), checks));
}

async function main() {
  mkdirSync(logs, { recursive: true });
  const folders = chooseFolders(loadFolders(path('.')), names);
  const reasons = await prepareAll(folders);
  const target = options.real ? await realKafka(join(logs, 'kafka.log')) : odradek();
  console.log(`\n${target.title}`);
  const results = await runAll(target, folders, reasons);
  if (results.every(({ absent }) => absent === undefined)) keep(target, results);
  const folder = process.env.ODRADEK_REPORTS;
  if (folder !== undefined) {
    const name = options.real ? 'clients-real.json' : 'clients.json';
    writeFileSync(join(folder, name), JSON.stringify(report(results)));
  }
  console.log(summary(results));
  process.exitCode = results.some(isFailure) ? 1 : 0;
}

// Ctrl-C reaches only us, as each program leads a process group of its own.
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.on(signal, () => process.exit(status));
}
process.on('exit', killAll);
if (options.page) writePage();
else await main();
