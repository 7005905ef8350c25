// npm run bench [-- --only SCENARIO,…] [--rounds N] [--targets TARGET,…] [--other CLI] [--quick]
// Each scenario writes its samples to results/SCENARIO.json and then RESULTS.md anew from all of
// them, so that one scenario can be run again alone. --other adds a second build of Odradek, and
// --quick is a trial of everything: both write to build/trial and leave the results alone.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, buildAll } from './build.mjs';
import { load, machine } from './machine.mjs';
import { page } from './page.mjs';
import { leaveNothingBehind } from './processes.mjs';
import { short } from './report.mjs';
import { runRounds } from './rounds.mjs';
import { scenarios } from './scenarios/index.mjs';
import { otherBuild, targets } from './targets/index.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(scenarios).join() },
    rounds: { type: 'string' },
    targets: { type: 'string' },
    other: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const say = (line) => process.stderr.write(`${line}\n`);

if (options.other) targets.other = otherBuild(options.other);
const isTrial = options.quick || options.other !== undefined || options.targets !== undefined;
const folder = isTrial ? build('trial') : dirname(fileURLToPath(import.meta.url));
const resultOf = (name) => `${folder}/results/${name}.json`;

function missingPart(name, scenario, unbuilt) {
  return [...(scenario.needs ?? []), ...targets[name].needs]
    .map((part) => unbuilt[part])
    .find(Boolean);
}

function progress(name, rounds) {
  return ({ round, size, target, figures, ms }) => {
    const show = (value) => (typeof value === 'number' ? short(value) : value);
    const brought = figures.map(([key, value]) => `${key} ${show(value)}`).join(', ');
    const which = round < 0 ? 'warm-up' : `${round + 1}/${rounds}`;
    const where = size === undefined ? which : `${which} @${size}`;
    say(`${name} ${where} ${target} (${(ms / 1000).toFixed(1)} s) ${brought}`);
  };
}

async function runScenario(name, unbuilt) {
  const scenario = scenarios[name];
  const named = options.targets?.split(',') ?? scenario.targets;
  const wanted = named.filter((each) => each === 'other' || scenario.targets.includes(each));
  const absent = {};
  for (const each of wanted) {
    const reason = missingPart(each, scenario, unbuilt);
    if (reason !== undefined) absent[each] = reason;
  }
  const rounds = options.quick ? 1 : Number(options.rounds ?? scenario.rounds ?? 5);
  const present = wanted.filter((each) => absent[each] === undefined);
  const about = { taken: new Date().toISOString(), ...(await machine()), loadBefore: load() };
  const settings = {
    present,
    rounds,
    scale: options.quick ? 0.05 : 1,
    seen: progress(name, rounds),
  };
  const measured = await runRounds(scenario, settings);
  return { about: { ...about, rounds, absent }, ...measured };
}

/** One line per metric, so that a diff shows what changed. */
function jsonOf({ about, samples, troubles }) {
  const lines = Object.entries(samples).map(
    ([metric, figures]) => `    ${JSON.stringify(metric)}: ${JSON.stringify(figures)}`,
  );
  const rest = `"about": ${JSON.stringify(about)},\n  "troubles": ${JSON.stringify(troubles)}`;
  return `{\n  ${rest},\n  "samples": {\n${lines.join(',\n')}\n  }\n}\n`;
}

function savedResults() {
  const saved = Object.keys(scenarios).filter((name) => existsSync(resultOf(name)));
  return Object.fromEntries(
    saved.map((name) => [name, JSON.parse(readFileSync(resultOf(name), 'utf8'))]),
  );
}

leaveNothingBehind();
const unbuilt = await buildAll(say);
mkdirSync(`${folder}/results`, { recursive: true });
for (const name of options.only.split(',')) {
  if (scenarios[name] === undefined)
    throw new Error(`no scenario ${name}: ${Object.keys(scenarios)}`);
  writeFileSync(resultOf(name), jsonOf(await runScenario(name, unbuilt)));
  for (const [file, text] of Object.entries(page(savedResults()))) {
    writeFileSync(`${folder}/${file}`, text);
  }
}
say(`${folder}/RESULTS.md is written`);
