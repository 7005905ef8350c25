import type { RequestOf, ResponseOf } from '../../../broker/request-context.ts';
import type { ApiName } from '../../../protocol/messages/index.ts';
import type { Fate, Heard } from '../../laboratory.ts';
import type { Role } from '../cast.ts';
import type { Fact, Facts } from '../facts.ts';
import { errorName, type Stage } from '../stage.ts';

/** How a request goes its way. */
export interface Manner {
  /** The network keeps it until it is released; whoever sent it gives up before. */
  readonly held?: boolean;
  /** It is not sent again when the answer is that it should be. */
  readonly once?: boolean;
  /** By default whom the controller names. */
  readonly at?: Role;
  readonly apiVersion?: number;
  readonly fate?: Fate;
}

interface Asked<Name extends ApiName> {
  readonly api: Name;
  readonly apiVersion: number;
  readonly request: RequestOf<Name>;
  /** The broker to ask, as the controller has it at present; -1: nobody. */
  readonly broker: () => number;
  readonly errorOf: (response: ResponseOf<Name>) => number;
}

/** The response, if there is one, and what of it is told. */
interface Answer<Name extends ApiName> {
  readonly response?: ResponseOf<Name>;
  readonly facts: Facts;
}

const requestTimeoutMs = 30_000;
const retryMs = 100;
const triesMax = 300;

const inWords = {
  silence: 'nothing',
  closed: 'the end of the connection',
  'timed out': 'nothing in time',
} as const;

/** What is asked again until something else is said, as Kafka's producers do. */
const passing: readonly Fact[] = [
  'CONCURRENT_TRANSACTIONS',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
];

/** The connections of one producer, on which requests may be held up. */
export class ProducerWire {
  readonly #stage: Stage;
  #held: (() => Facts) | undefined;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** What was said, with what had been said before it. */
  ask<Name extends ApiName>(asked: Asked<Name>, manner: Manner): Answer<Name> {
    if (manner.held) {
      this.#held = () => this.#exchange(asked, manner).facts;
      return { facts: { heard: 'nothing' } };
    }
    const before = new Set<Fact>();
    for (let tries = 1; ; tries++) {
      const { response, facts } = this.#exchange(asked, manner);
      const { error = null } = facts;
      if (manner.once || tries === triesMax || !passing.includes(error)) {
        const told = before.size === 0 ? facts : { before: [...before], ...facts };
        return response === undefined ? { facts: told } : { response, facts: told };
      }
      before.add(error);
      this.#stage.advance(retryMs);
    }
  }

  /** What was held up arrives; says how it is answered, which its sender does not hear. */
  release(): Facts {
    const facts = this.#held?.() ?? {};
    this.#held = undefined;
    return facts;
  }

  #exchange<Name extends ApiName>(asked: Asked<Name>, manner: Manner): Answer<Name> {
    const { laboratory, cast } = this.#stage;
    const { api, request, errorOf } = asked;
    const { at, apiVersion = asked.apiVersion, fate = 'delivered' } = manner;
    const brokerId = at === undefined ? asked.broker() : cast.node(at);
    if (brokerId < 0) return { facts: { error: 'COORDINATOR_NOT_AVAILABLE' } };
    let heard: Heard<Name> | undefined;
    const exchange = { apiVersion, timeoutMs: requestTimeoutMs, fate, seesBrokerEnd: true };
    laboratory.exchange(brokerId, api, request, exchange, (answer) => (heard = answer));
    this.#stage.until(() => heard !== undefined);
    if (typeof heard === 'string') return { facts: { heard: inWords[heard] } };
    return { response: heard!, facts: { error: errorName(errorOf(heard!)) } };
  }
}
