// npm run failover [-- [--seed N] [--crashes N] [--mode leaders | controllers] [--real] [--keep]
// [--knobs JSON] [NAME…]]: clients write and read while brokers crash. README.md says the rest.
// npm run failover -- --page: nothing but docs/FAILOVER.md again, from the results that are kept.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chooseFolders, loadFolders } from '../runner/folders.mjs';
import { installPackages, prepare } from '../runner/prepare.mjs';
import { killAll } from '../runner/processes.mjs';
import { sideBySide } from '../runner/side-by-side.mjs';
import { apacheKafka } from './apache-kafka.mjs';
import { odradek } from './odradek.mjs';
import { config, runOnce } from './one-run.mjs';
import { renderFailover } from './render.mjs';
import { report, wrongWith } from './result.mjs';

const path = (relativePath) => fileURLToPath(new URL(relativePath, import.meta.url));
const kept = path('../results/failover');

const { values: options, positionals: names } = parseArgs({
  options: {
    seed: { type: 'string' },
    crashes: { type: 'string', default: '50' },
    mode: { type: 'string' },
    knobs: { type: 'string', default: '{}' },
    real: { type: 'boolean' },
    keep: { type: 'boolean' },
    page: { type: 'boolean' },
  },
  allowPositionals: true,
});
const logs = path(`../../reports/failover/${options.real ? 'apache-kafka' : 'odradek'}`);

/** Prepares the folders; resolves to why some cannot run, by folder. */
async function prepareAll(folders) {
  const reasons = new Map();
  await installPackages(folders, join(logs, 'prepare-apt.log'));
  for (const folder of folders) {
    const log = join(logs, `prepare-${folder.name}.log`);
    writeFileSync(log, '');
    const reason = await prepare(folder, log);
    if (reason !== undefined) reasons.set(folder.name, reason.absent ?? reason.broken);
  }
  return reasons;
}

async function runAll(target, plan) {
  const folders = chooseFolders(
    loadFolders(path('..')).flatMap((folder) =>
      folder.failover === undefined ? [] : [{ ...folder, programs: folder.failover }],
    ),
    names,
  );
  const reasons = await prepareAll(folders);
  const modes = target.modes.filter((mode) => [mode, undefined].includes(options.mode));
  const runs = modes.flatMap((mode) =>
    folders.flatMap((folder) => folder.programs.map((program) => ({ folder, program, mode }))),
  );
  const results = [];
  await sideBySide(target.width, [...runs.keys()], async (index) => {
    const { folder, program, mode } = runs[index];
    const { run: _, mayGiveUp: __, ...facts } = program;
    const log = join(logs, `${program.name}-${mode}.log`);
    const started = performance.now();
    const reason = reasons.get(folder.name);
    const outcome = reason
      ? { kills: 0, powerCuts: 0, pauses: 0, problems: [reason] }
      : await runOnce(target, runs[index], { ...plan, mode }, log);
    results[index] = { ...facts, mode, ...outcome };
    tell(results[index], { log, ms: performance.now() - started });
  });
  return results;
}

function tell(result, { log, ms }) {
  const { name, mode, kills, powerCuts, pauses } = result;
  const { acknowledged = 0, gaveUp = 0, longestWaitMs = 0 } = result;
  const wrong = wrongWith(result);
  console.log(
    `${wrong.length === 0 ? '✔' : '✘'} ${name.padEnd(12)} ${mode.padEnd(12)} ` +
      `${kills} kills, ${powerCuts} power cuts, ${pauses} pauses; ` +
      `${acknowledged} acknowledged, ${gaveUp} given up, longest wait ${longestWaitMs} ms; ` +
      `${Math.round(ms / 1000)} s`,
  );
  for (const each of wrong) console.log(`    ${each}`);
  if (wrong.length > 0) console.log(`    its output: ${relative(process.cwd(), log)}`);
}

function writePage() {
  writeFileSync(path('../../docs/FAILOVER.md'), renderFailover(kept));
}

async function main() {
  mkdirSync(logs, { recursive: true });
  const target = options.real
    ? await apacheKafka(join(logs, 'kafka.log'), config)
    : odradek(JSON.parse(options.knobs));
  const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 32));
  const crashes = Number(options.crashes);
  console.log(`${target.title}, --seed ${seed} --crashes ${crashes}`);
  const results = await runAll(target, { seed, crashes });
  if (options.keep) {
    const text = JSON.stringify({ target: target.title, seed, crashes, results }, null, 2);
    writeFileSync(join(kept, `${target.id}.json`), `${text}\n`);
    writePage();
  }
  const counted = report(results);
  const folder = process.env.ODRADEK_REPORTS;
  if (folder !== undefined) writeFileSync(join(folder, 'failover.json'), JSON.stringify(counted));
  const { numPassedTests, numFailedTests } = counted;
  console.log(`${numPassedTests} of ${numPassedTests + numFailedTests} runs are as they should be`);
  process.exitCode = numFailedTests === 0 ? 0 : 1;
}

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.on(signal, () => process.exit(status));
}
process.on('exit', killAll);
if (options.page) writePage();
else await main();
