import { AssertionFailure } from '../assert.ts';
import type { Knobs } from '../config/knobs.ts';
import { InvariantBroken } from './invariant-broken.ts';
import { invariants } from './invariant-names.ts';
import { tellInLanes } from './lanes.ts';
import { replayText } from './replay-text.ts';
import { shrink } from './shrink.ts';
import { Swarm } from './swarm.ts';
import { tellChoices } from './tell-choices.ts';
import type { Clients } from './workload.ts';

type Events = readonly (readonly number[])[];

/** What came of a seed that failed. */
export interface Failure {
  /** Of the invariant; `assert` for an assertion of our own. */
  readonly id: string;
  readonly detail: string;
  readonly seed: number;
  readonly clients: Clients;
  /** The choices up to the failure, shrunk if that was asked for. */
  readonly choices: Events;
  /** The same in words, without the boring ones. */
  readonly chosen: readonly string[];
  /** The last events before it, one a line. */
  readonly story: readonly string[];
}

const shrinkBudget = 400;
const toldEvents = 60;
const toldChoices = 40;

/** Runs one seed; undefined if all held. */
export function simulate(options: {
  readonly seed: number;
  readonly events: number;
  readonly replay?: Events | undefined;
  readonly clients?: Clients;
  readonly onlyHistory?: boolean;
  readonly knobs?: Partial<Knobs>;
}): Failure | undefined {
  const { seed, clients = 'replication', replay, onlyHistory, knobs } = options;
  const swarm = new Swarm({ seed, clients, replay, onlyHistory, knobs });
  const { trace } = swarm.laboratory.cluster;
  try {
    swarm.run(replay === undefined ? options.events : replay.length - 1);
    return undefined;
  } catch (error) {
    const isOurs = error instanceof InvariantBroken || error instanceof AssertionFailure;
    if (!isOurs) throw error;
    const id = error instanceof InvariantBroken ? error.id : 'assert';
    // Whatever the number, time goes on: 0 says so best.
    const choices = swarm.choices.made.map((event) =>
      event.map(({ label, taken }) =>
        label === 'event' && swarm.actionOf(taken) === undefined ? 0 : taken,
      ),
    );
    const chosen = tellChoices(swarm.choices.made, (drawn) => swarm.actionOf(drawn));
    const { brokerIds, controllerIds } = swarm.laboratory.cluster;
    const nodes = [
      ...brokerIds.map((brokerId) => `broker ${brokerId}`),
      ...controllerIds.map((controllerId) => `controller ${controllerId}`),
    ];
    const story = tellInLanes(trace.recent(), nodes, toldEvents);
    return { id, detail: error.message, seed, clients, choices, chosen, story };
  }
}

/** The same failure with as few events as can be found. */
export function simplify(failure: Failure): Failure {
  const { seed, id, clients } = failure;
  let simplest = failure;
  const stillFails = (events: Events): boolean => {
    const again = simulate({ seed, clients, events: 0, replay: events });
    if (again?.id !== id) return false;
    simplest = { ...again, choices: events };
    return true;
  };
  shrink(failure.choices, stillFails, shrinkBudget);
  return simplest;
}

/** All that a person needs to see what happened, and to have it happen again. */
export function report({ id, detail, seed, clients, choices, chosen, story }: Failure): string {
  const statement = invariants[id] ?? 'an assertion of our own';
  const mode = clients === 'replication' ? '' : `--${clients} `;
  return [
    `seed ${seed} breaks ${id}: ${statement}`,
    `  ${detail}`,
    '',
    `chosen, of ${choices.length - 1} events:`,
    ...chosen.slice(-toldChoices),
    '',
    ...story,
    '',
    'again:',
    `  npm run simulate -- ${mode}--seed ${seed} --replay ${replayText(choices)}`,
  ].join('\n');
}
