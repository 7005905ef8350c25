import { type Experiment, type WayName, waysOf } from '../../lab/experiments/experiment.ts';
import { experiments } from '../../lab/experiments/experiments.ts';
import { type Performance, perform } from '../../lab/experiments/perform.ts';
import { tellBriefly, tellHead, tellWay } from '../../lab/experiments/telling.ts';
import { nearestName } from '../../nearest-name.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import type { ExperimentCommand } from './command.ts';

interface Answer {
  readonly text: string;
  readonly isAsExpected: boolean;
}

/** Does what the command line asks for. */
export function runExperiment(command: ExperimentCommand): Answer {
  const { name, seed, seeds, json } = command;
  if (name === undefined) return { text: json ? listAsJson() : list(), isAsExpected: true };
  const experiment = find(name);
  if (seeds !== undefined) return count(experiment, seed, seeds);
  const performances = waysOf(experiment).map((way) => perform(experiment, way, seed));
  const isAsExpected = performances.every(({ surprises }) => surprises.length === 0);
  if (json) return { text: `${JSON.stringify(asJson(experiment, performances))}\n`, isAsExpected };
  const full: WayName = command.prevented ? 'prevented' : 'harm';
  const ways = performances.flatMap((performance) => {
    if (performance.way === full) return ['', ...tellWay(performance)];
    return command.prevented ? [] : ['', ...tellBriefly(performance)];
  });
  const lines = [...tellHead(experiment), ...ways, '', `Prevented by: ${experiment.prevention}`];
  return { text: `${lines.join('\n')}\n`, isAsExpected };
}

/** By its name, or by its number. */
function find(name: string): Experiment {
  const isIt = (experiment: Experiment) =>
    experiment.name === name || experiment.id === name.toUpperCase();
  const experiment = experiments.find(isIt);
  if (experiment !== undefined) return experiment;
  const names = experiments.map((each) => each.name);
  const nearest = nearestName(name, names);
  const hint = nearest === null ? `there are ${names.join(', ')}` : `did you mean '${nearest}'?`;
  throw new UsageError(`unknown experiment '${name}'; ${hint}`);
}

function list(): string {
  const rows = experiments.map(({ id, name, title }) => [id, name, title]);
  return `${table([['NUMBER', 'NAME', 'WHAT HAPPENS'], ...rows]).join('\n')}\n`;
}

function listAsJson(): string {
  const each = experiments.map(({ id, name, title, prevention }) => {
    return { id, name, title, prevention };
  });
  return `${JSON.stringify(each)}\n`;
}

function asJson(experiment: Experiment, performances: readonly Performance[]): object {
  const { id, name, title, teaches, source, prevention } = experiment;
  const ways = performances.map(({ way, told, audit, because, surprises }) => {
    const steps = told.map(({ said, events, facts }) => ({ said, events, facts }));
    return [way, { with: experiment[way]!.with, steps, ...audit, because, surprises }];
  });
  const seed = performances[0]!.seed;
  const about = { id, name, title, teaches, source, prevention, seed };
  return { ...about, ways: Object.fromEntries(ways) };
}

/** Runs many seeds, and tells only of those in which something else was seen than expected. */
function count(experiment: Experiment, first: number, seeds: number): Answer {
  const lines: string[] = [];
  let isAsExpected = true;
  for (const way of waysOf(experiment)) {
    let surprised = 0;
    for (let seed = first; seed < first + seeds; seed++) {
      const { surprises } = perform(experiment, way, seed);
      if (surprises.length === 0) continue;
      surprised++;
      lines.push(`seed ${seed}, ${way}:`, ...surprises.map((surprise) => `  ${surprise}`));
    }
    if (surprised > 0) isAsExpected = false;
    lines.push(`${way}: ${seeds} seeds, ${seeds - surprised} of them as expected`);
  }
  return { text: `${lines.join('\n')}\n`, isAsExpected };
}
