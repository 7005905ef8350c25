import { assert } from '../assert.ts';
import type { RequestOf, ResponseOf } from '../broker/request-context.ts';
import { Cluster } from '../cluster/cluster.ts';
import type { Knobs } from '../config/knobs.ts';
import { staticConfigs } from '../config/static-configs.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import { type ApiName, apis } from '../protocol/messages/index.ts';
import { type Choices, ChosenRandom } from '../simulation/choices.ts';
import { valuesOf } from './batches.ts';

export interface TopicPlan {
  readonly name: string;
  readonly assignments: readonly (readonly number[])[];
  readonly configs: Readonly<Record<string, string>>;
}

/** A leader as clients know it. */
export interface Led {
  readonly topicId: string;
  readonly leader: number;
  readonly leaderEpoch: number;
}

/** A client's metadata never goes back: of two leaders the one of the later epoch. */
export function latestLed(known: Led | undefined, told: Led | undefined): Led | undefined {
  if (told === undefined || known === undefined) return told ?? known;
  return told.topicId === known.topicId && told.leaderEpoch < known.leaderEpoch ? known : told;
}

interface LaboratoryOptions {
  readonly seed: number;
  readonly brokers: number;
  readonly controllers: number;
  readonly config: Readonly<Record<string, string>>;
  readonly knobs?: Partial<Knobs>;
  readonly choices: Choices;
  /** Racks by broker, in order; none by default. */
  readonly racks?: readonly string[];
  /** Kafka's own defaults, also where others make faster tests. */
  readonly kafkaDefaults?: boolean;
}

/**
 * What becomes of a request. With `request-lost`, `response-lost` and `late` the connection breaks,
 * and the client does not know which of them it was; what is late arrives some time after that, and
 * what is `repeated` arrives at once and then again.
 */
export type Fate = 'delivered' | 'request-lost' | 'response-lost' | 'repeated' | 'late';

interface Exchange {
  readonly apiVersion: number;
  readonly timeoutMs: number;
  readonly clientId?: string;
  readonly fate?: Fate;
  /** Of what comes late or again. */
  readonly lateMs?: number;
  /** The broker acts on it also when the client has given it up: it lay in the socket meanwhile. */
  readonly isServedLate?: boolean;
  /** The broker is about to act on the request. */
  readonly arrived?: () => void;
  /** The client sees its connection end when the broker does; others only wait in vain. */
  readonly seesBrokerEnd?: boolean;
}

/** What a client hears: a response, or how the connection did not bring one. */
export type Heard<Name extends ApiName> = ResponseOf<Name> | 'silence' | 'closed' | 'timed out';

const clientTimeoutMs = 5000;
/** After so long what is late comes, or comes again, unless something else is said. */
const usualLateMs = 700;

/**
 * A cluster in virtual time with clients that need no sockets: what they send travels over the
 * plane `client` of the simulated network, so it can be late there as well.
 */
export class Laboratory {
  readonly cluster: Cluster;
  readonly choices: Choices;
  /** By broker: what ends when its process does. */
  readonly #connections = new Map<number, Set<() => void>>();

  constructor(options: LaboratoryOptions) {
    const brokerIds = Array.from({ length: options.brokers }, (_, index) => index + 1);
    const configs = staticConfigs({
      brokerIds,
      config: options.config,
      kafkaDefaults: options.kafkaDefaults ?? false,
    });
    this.choices = options.choices;
    this.cluster = new Cluster({
      seed: options.seed,
      startMs: 0,
      brokers: brokerIds.map((brokerId, index) => {
        const own = new Map(configs.brokers.get(brokerId));
        const rack = options.racks?.[index];
        if (rack !== undefined) own.set('broker.rack', rack);
        return { brokerId, configs: own };
      }),
      controllers: Array.from({ length: options.controllers }, (_, index) => 3000 + index),
      knobs: options.knobs ?? {},
      networkRandom: new ChosenRandom(options.choices, 'network'),
    });
    for (const brokerId of brokerIds) {
      this.cluster.advertise(brokerId, { host: 'localhost', port: 9091 + brokerId });
    }
    this.cluster.onBrokerState((brokerId, state) => {
      if (state !== 'stopped') return;
      for (const end of this.#connections.get(brokerId) ?? []) end();
    });
    this.cluster.start();
    this.advance(options.controllers > 1 ? 5000 : 0);
  }

  get nowMs(): number {
    return this.cluster.clock.now();
  }

  get running(): readonly number[] {
    const { cluster } = this;
    return cluster.brokerIds.filter((brokerId) => cluster.state(brokerId) === 'running');
  }

  /** Makes a topic and waits until it is there. Only for a cluster that is well. */
  createTopic({ name, assignments, configs }: TopicPlan): void {
    let error: number | undefined;
    const request = {
      topics: [
        {
          name,
          numPartitions: -1,
          replicationFactor: -1,
          assignments: assignments.map((brokerIds, partitionIndex) => ({
            partitionIndex,
            brokerIds,
          })),
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        },
      ],
      timeoutMs: 1000,
      validateOnly: false,
    };
    this.send(this.running[0]!, 'CreateTopics', request, (response) => {
      error = response?.topics[0]?.errorCode;
    });
    this.advance(1000);
    assert(error === ErrorCode.NONE, `topic ${name} is made, not refused with ${error}`);
  }

  /** The values in the log of a partition's leader, from its start to its end. */
  values(topic: string, partition: number): string[] {
    const image = this.cluster.metadata.topicsByName.get(topic);
    const leader = image?.partitions[partition]?.leader ?? -1;
    if (image === undefined || leader < 0) return [];
    const log = this.cluster.log(leader, image.topicId, partition);
    return log === undefined ? [] : valuesOf(log);
  }

  hasTopic(topic: string): boolean {
    return this.cluster.metadata.topicsByName.has(topic);
  }

  /** Who leads a partition in which epoch, as some running broker tells; undefined: nobody does. */
  leaderInSight(topic: string, partition: number): Led | undefined {
    const { running } = this;
    if (running.length === 0) return undefined;
    const asked = this.cluster.broker(this.choices.pick(running, 'broker asked for the leader'));
    const found = asked?.metadata.topicsByName.get(topic);
    const image = found?.partitions[partition];
    if (found === undefined || image === undefined || image.leader < 0) return undefined;
    const { leader, leaderEpoch } = image;
    return { topicId: found.topicId, leader, leaderEpoch };
  }

  advance(durationMs: number): void {
    this.cluster.clock.advanceTo(this.nowMs + durationMs);
  }

  /**
   * Sends a request as a client does. `reply` hears undefined when the connection broke, was
   * closed, or nothing came for five seconds; it is called once.
   */
  send<Name extends ApiName>(
    brokerId: number,
    api: Name,
    request: RequestOf<Name>,
    reply: (response: ResponseOf<Name> | undefined) => void,
    apiVersion = apis[api].versions[1] as number,
  ): void {
    const exchange = { apiVersion, timeoutMs: clientTimeoutMs };
    this.exchange(brokerId, api, request, exchange, (heard) =>
      reply(typeof heard === 'string' ? undefined : heard),
    );
  }

  /** Sends a request as a client does. `reply` is called once. */
  exchange<Name extends ApiName>(
    brokerId: number,
    api: Name,
    request: RequestOf<Name>,
    options: Exchange,
    reply: (heard: Heard<Name>) => void,
  ): void {
    const { cluster } = this;
    const { clock } = cluster;
    let open = true;
    const settle = (heard: Heard<Name>) => {
      if (!open) return;
      open = false;
      timer.cancel();
      this.#connections.get(brokerId)?.delete(breaks);
      reply(heard);
    };
    const breaks = () => void clock.after(0, () => settle('closed'));
    const timer = clock.after(options.timeoutMs, () => settle('timed out'));
    if (cluster.broker(brokerId) === undefined || options.fate === 'request-lost') {
      breaks();
      return;
    }
    if (options.seesBrokerEnd) this.#connectionsOf(brokerId).add(breaks);
    const isWanted = () => open || options.isServedLate === true;
    if (options.fate === 'late') breaks();
    else this.#deliver(brokerId, api, request, options, isWanted, settle);
    if (options.fate !== 'repeated' && options.fate !== 'late') return;
    clock.after(options.lateMs ?? usualLateMs, () =>
      this.#deliver(brokerId, api, request, options, () => true, settle),
    );
  }

  /** A request reaches the broker if it is still `wanted` then, and the response comes back. */
  #deliver<Name extends ApiName>(
    brokerId: number,
    api: Name,
    request: RequestOf<Name>,
    { apiVersion, clientId = 'lab', arrived, fate }: Exchange,
    wanted: () => boolean,
    settle: (heard: Heard<Name>) => void,
  ): void {
    const { network } = this.cluster;
    const process = this.cluster.process(brokerId);
    const broker = this.cluster.broker(brokerId);
    if (process === undefined || broker === undefined) return;
    const there = { from: 'clients', to: brokerId, plane: 'client', label: api } as const;
    const back = { from: brokerId, to: 'clients', plane: 'client', label: api } as const;
    const context = { apiVersion, clientId, clientHost: '' };
    network.send(there, () => {
      if (!process.isAlive) {
        settle('closed');
        return;
      }
      process.deliver(() => {
        if (!wanted()) return;
        arrived?.();
        broker.handle(api, request, context, (outcome) => {
          const said =
            outcome === 'no-reply' ? 'silence' : outcome === 'close' ? 'closed' : outcome;
          const heard = fate === 'response-lost' ? 'closed' : said;
          network.send(back, () => settle(heard), process);
        });
      });
    });
  }

  #connectionsOf(brokerId: number): Set<() => void> {
    const open = this.#connections.get(brokerId) ?? new Set();
    this.#connections.set(brokerId, open);
    return open;
  }
}
