import type { Knobs } from '../config/knobs.ts';
import { Choices } from '../simulation/choices.ts';
import { actions } from './actions.ts';
import { checkConverged } from './convergence.ts';
import { drawGroupProfile } from './groups/group-profile.ts';
import { GroupWorkload } from './groups/group-workload.ts';
import { InvariantBroken } from './invariant-broken.ts';
import { Invariants } from './invariants.ts';
import { Laboratory } from './laboratory.ts';
import { type ActionName, drawProfile, isClientAction } from './profile.ts';
import { ReplicationWorkload } from './replication-workload.ts';
import { drawTransactionProfile } from './transactions/transaction-profile.ts';
import { TransactionWorkload } from './transactions/transaction-workload.ts';
import type { Clients, Workload } from './workload.ts';

interface SwarmOptions {
  readonly seed: number;
  /** What the clients do: produce and consume, be in groups, or transform in transactions. */
  readonly clients: Clients;
  /** The choices of a former run, to have it again; by default the seed's. */
  readonly replay?: readonly (readonly number[])[] | undefined;
  /** Nobody looks inside: what clients have seen is judged, and nothing else, when all is over. */
  readonly onlyHistory?: boolean | undefined;
  /** Rules that are taken back. */
  readonly knobs?: Partial<Knobs> | undefined;
}

const profiles = {
  replication: drawProfile,
  groups: drawGroupProfile,
  transactions: drawTransactionProfile,
} as const;

/** How many events of time go by for one thing that is done. */
const timePerAction = 9;
const settleMs = 60_000;
const settleStepMs = 500;
/** More events than that within a settle step are a loop. */
const restlessEvents = 100_000;
/** With nothing due for so long, an event is that nothing happens. */
const idleMs = 1000;

/** One run: a cluster drawn by the seed, a workload, and faults; then calm, and convergence. */
export class Swarm {
  readonly laboratory: Laboratory;
  readonly choices: Choices;
  readonly invariants: Invariants;
  readonly #workload: Workload;
  readonly #actions: readonly ActionName[];
  readonly #stepsPerEvent: number;
  readonly #onlyHistory: boolean;

  constructor({ seed, replay, clients, onlyHistory = false, knobs: ownKnobs }: SwarmOptions) {
    const profile = profiles[clients](seed);
    const choices = replay === undefined ? Choices.seeded(seed) : Choices.replaying(replay);
    const { brokers, controllers, config, topics, weights } = profile;
    const knobs = { elrOfReplicas: true, ...ownKnobs };
    const laboratory = new Laboratory({ seed, brokers, controllers, config, choices, knobs });
    const invariants = new Invariants(laboratory.cluster);
    for (const topic of topics) laboratory.createTopic(topic);
    this.choices = choices;
    this.laboratory = laboratory;
    this.invariants = invariants;
    this.#stepsPerEvent = profile.stepsPerEvent;
    this.#onlyHistory = onlyHistory;
    this.#workload = workload({ laboratory, invariants, onlyHistory }, profile);
    this.#actions = Object.entries(weights).flatMap(([name, weight]) =>
      Array.from({ length: weight }, () => name as ActionName),
    );
  }

  /** Runs `events` events, then lets everything heal. Throws `InvariantBroken`. */
  run(events: number): void {
    for (let event = 0; event < events; event++) {
      this.choices.nextEvent();
      this.#event();
    }
    this.choices.nextEvent();
    this.#calm();
  }

  /** One event: time goes on, or something is done. */
  #event(): void {
    const kinds = this.#actions.length * (timePerAction + 1);
    const action = this.actionOf(this.choices.choose(kinds, 'event'));
    if (action !== undefined) {
      this.#act(action);
      this.#check();
      return;
    }
    const untilMs = this.laboratory.nowMs + idleMs;
    for (let step = 0; step < this.#stepsPerEvent; step++) {
      this.#timeGoesOn(untilMs);
      this.#check();
    }
  }

  /** What an event's first choice stands for; undefined: time goes on. */
  actionOf(drawn: number): ActionName | undefined {
    return this.#actions[drawn - this.#actions.length * timePerAction];
  }

  /** The next event that is due by `timeMs`; without one that time comes. */
  #timeGoesOn(timeMs: number): void {
    const { clock } = this.laboratory.cluster;
    if (!clock.step(timeMs)) clock.advanceTo(timeMs);
  }

  #act(name: ActionName): void {
    if (isClientAction(name)) this.#workload.act(name);
    else actions[name](this.laboratory);
  }

  #check(): void {
    if (this.#onlyHistory) return;
    this.invariants.check();
    this.#workload.check();
  }

  /** Every fault ends; within a minute all must be well again. */
  #calm(): void {
    const { laboratory } = this;
    const { cluster } = laboratory;
    cluster.network.heal();
    for (const controllerId of cluster.controllerIds) cluster.restart(controllerId);
    for (const brokerId of cluster.brokerIds) {
      cluster.resume(brokerId);
      cluster.restart(brokerId);
    }
    this.#workload.calm();
    let why = 'it was never looked at';
    for (let waitedMs = 0; waitedMs < settleMs; waitedMs += settleStepMs) {
      this.#watch(settleStepMs);
      // Who was shutting down when the faults ended has stopped since.
      for (const brokerId of cluster.brokerIds) cluster.restart(brokerId);
      if (!this.#onlyHistory) this.invariants.checkAll();
      const missing = checkConverged(cluster) ?? this.#workload.missing();
      if (missing === undefined) {
        this.#workload.end();
        return;
      }
      why = missing;
    }
    this.#workload.judge?.();
    throw new InvariantBroken(
      'L-01',
      `not whole ${settleMs / 1000} s after the last fault: ${why}`,
    );
  }

  #watch(durationMs: number): void {
    const untilMs = this.laboratory.nowMs + durationMs;
    for (let events = 0; this.laboratory.nowMs < untilMs; events++) {
      if (events > restlessEvents) throw new InvariantBroken('L-02', 'it never comes to rest');
      this.#timeGoesOn(untilMs);
      this.#check();
    }
  }
}

function workload(
  surroundings: {
    readonly laboratory: Laboratory;
    readonly invariants: Invariants;
    readonly onlyHistory: boolean;
  },
  profile: ReturnType<(typeof profiles)[Clients]>,
): Workload {
  switch (profile.clients) {
    case 'replication':
      return new ReplicationWorkload({ ...surroundings, profile });
    case 'groups':
      return new GroupWorkload({ ...surroundings, profile });
    case 'transactions':
      return new TransactionWorkload({ ...surroundings, profile });
  }
}
