// npm run bench [-- --rounds N] [--only SCENARIO,…] [--targets TARGET,…] [--quick]
// Runs scenarios, targets interleaved within each round; writes results/SCENARIO.json and RESULTS.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, buildAll } from './build.mjs';
import { scenarios } from './scenarios/index.mjs';
import { targets } from './targets/index.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: Object.keys(scenarios).join() },
    targets: { type: 'string', default: Object.keys(targets).join() },
    quick: { type: 'boolean', default: false },
  },
});
const rounds = options.quick ? 1 : Number(options.rounds);
const scale = options.quick ? 0.05 : 1;
const say = (line) => process.stderr.write(`${line}\n`);

const absent = await buildAll(say);
const reasonFor = (name) => targets[name].needs.map((part) => absent[part]).find(Boolean);

/** One target in one round; a figure that fails is a line of trouble and not the end of the run. */
async function measure(scenario, session, note) {
  const take = async (metric, driver) => {
    try {
      note(metric, await driver());
    } catch (error) {
      note(metric, { trouble: error.message });
    }
  };
  try {
    await scenario.measure({ session, take, scale });
  } catch (error) {
    note('scenario', { trouble: error.message });
  }
}

async function runScenario(title, scenario) {
  const chosen = scenario.targets.filter((name) => options.targets.split(',').includes(name));
  const present = chosen.filter((name) => reasonFor(name) === undefined);
  const samples = {};
  const warm = new Map();
  for (let round = 0; round <= rounds; round++) {
    for (const name of present) {
      const began = performance.now();
      const session = warm.get(name) ?? (await targets[name].start(scenario.brokers));
      if (targets[name].staysWarm && !scenario.fresh) warm.set(name, session);
      const line = [];
      await measure(scenario, session, (metric, figures) => {
        for (const [unit, value] of Object.entries(figures)) {
          samples[`${metric} ${unit}`] ??= {};
          samples[`${metric} ${unit}`][name] ??= [];
          if (round > 0) samples[`${metric} ${unit}`][name][round - 1] = value;
          line.push(`${metric} ${unit} ${typeof value === 'number' ? Number(value.toPrecision(3)) : value}`);
        }
      });
      if (!warm.has(name)) await session.stop();
      say(`${title} ${round}/${rounds} ${name} ${Math.round(performance.now() - began)} ms: ${line.join(', ')}`);
    }
  }
  for (const session of warm.values()) await session.stop();
  return samples;
}

for (const title of options.only.split(',')) {
  const samples = await runScenario(title, scenarios[title]);
  writeFileSync(build(`${title}.json`), JSON.stringify(samples));
}
