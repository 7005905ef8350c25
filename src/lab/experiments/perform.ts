import type { ClusterEvent } from '../../cluster/cluster-event.ts';
import type { Stamped } from '../../simulation/trace.ts';
import { type Audit, audit } from './audit.ts';
import type { Experiment, WayName } from './experiment.ts';
import { type ExpectedFacts, type Facts, fits } from './facts.ts';
import { Stage } from './stage.ts';
import { carryOut, type Step } from './verbs.ts';

const pauseMaxMs = 200;

/** A step as it went. */
export interface Told {
  readonly step: Step;
  /** Its sentence, with the brokers of this run. */
  readonly said: string;
  readonly facts: Facts | undefined;
  /** From its beginning to the beginning of the next one. */
  readonly events: readonly Stamped<ClusterEvent>[];
}

export interface Performance {
  readonly experiment: Experiment;
  readonly way: WayName;
  readonly seed: number;
  readonly told: readonly Told[];
  readonly audit: Audit;
  /** What came out, and why, with the brokers of this run. */
  readonly because: string;
  /** Where something else was seen than was expected, one line each. */
  readonly surprises: readonly string[];
}

/** Plays one way of an experiment, and holds what is seen against what was expected. */
export function perform(experiment: Experiment, way: WayName, seed: number): Performance {
  const stage = new Stage(experiment, way, seed);
  const told: Told[] = [];
  const surprises: string[] = [];
  let events: Stamped<ClusterEvent>[] = [];
  stage.onEvent((event) => events.push(event));
  for (const step of experiment.steps) {
    if (![step.only ?? way].flat().includes(way)) continue;
    if (!step.atOnce) stage.advance(stage.choices.choose(pauseMaxMs, 'pause'));
    events = [];
    const expected = { ...step.expect, ...step[way] };
    const facts = carryOut(stage, step, expected);
    told.push({ step, said: stage.cast.spoken(step.say), facts, events });
    const general = stage.cast.general(facts ?? {}) as Facts;
    const where = `step ${told.length} (${step.say})`;
    surprises.push(...differences(where, general, expected));
  }
  events = [];
  const found = audit(stage);
  const expected = { ...nothingWrong, ...experiment[way]!.outcome };
  const general = stage.cast.general({ ...found.outcome }) as Facts;
  surprises.push(...differences('in the end', general, expected));
  const because = stage.cast.spoken(experiment[way]!.because);
  return { experiment, way, seed, told, audit: found, because, surprises };
}

const nothingWrong = {
  lost: [],
  duplicated: [],
  conflicting: [],
  diverged: [],
  breaks: null,
  lostCommitted: false,
  processedTwice: [],
  neverProcessed: [],
  abortedRead: [],
  stalled: [],
  outOfOrder: [],
};

function differences(where: string, facts: Facts, expected: ExpectedFacts): string[] {
  return Object.entries(expected)
    .filter(([name, value]) => !fits(facts[name], value))
    .map(([name, value]) => {
      const seen = JSON.stringify(facts[name]);
      return `${where}: ${name} is ${seen}, not ${JSON.stringify(value)}`;
    });
}
