import { assert } from '../assert.ts';
import { Broker, type CallBroker, type CallController } from '../broker/broker.ts';
import { ClientDoor } from '../broker/client-door.ts';
import type { Door } from '../broker/door.ts';
import type { ConfigMap } from '../config/dynamic-configs.ts';
import type { ClusterMetadata } from '../controller/cluster-metadata.ts';
import { Controller } from '../controller/controller.ts';
import type { Endpoint, MetadataRecord } from '../controller/metadata-records.ts';
import { randomUuid } from '../controller/random-uuid.ts';
import { apis } from '../protocol/messages/index.ts';
import { LogStore } from '../replication/log-store.ts';
import type { Partition } from '../replication/partition.ts';
import { Clock } from '../simulation/clock.ts';
import { Network } from '../simulation/network.ts';
import { Random } from '../simulation/random.ts';
import { Trace } from '../simulation/trace.ts';
import { type Callee, Calls } from './calls.ts';
import type { ClusterEvent } from './cluster-event.ts';

interface BrokerDefinition {
  readonly brokerId: number;
  readonly configs: ConfigMap;
}

interface ClusterOptions {
  readonly seed: number;
  /** Where virtual time begins, milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly brokers: readonly BrokerDefinition[];
  /** How many events the trace keeps. */
  readonly traceCapacity?: number;
}

/** A broker's place in the cluster: its address and disk stay while its process comes and goes. */
interface Seat {
  readonly definition: BrokerDefinition;
  readonly logs: LogStore;
  endpoint: Endpoint;
  starts: number;
  process: (Callee & { readonly broker: Broker; readonly door: Door }) | undefined;
}

const controllerNode = -1;
const controllerCallee: Callee = { nodeId: controllerNode, isAlive: () => true };

/**
 * N brokers, a controller, a network, a clock and a seed: a function from inputs to a trace. It
 * knows no wall time and no socket; `clock.advanceTo` is all that makes anything happen.
 */
export class Cluster {
  readonly seed: number;
  readonly clusterId: string;
  readonly clock: Clock;
  readonly network: Network;
  readonly trace: Trace<ClusterEvent>;
  readonly #random: Random;
  readonly #calls: Calls;
  readonly #controller: Controller;
  readonly #seats = new Map<number, Seat>();
  readonly #stateListeners: ((brokerId: number, running: boolean) => void)[] = [];

  constructor(options: ClusterOptions) {
    const { seed, startMs, brokers, traceCapacity = 10_000 } = options;
    const [first] = brokers;
    assert(first !== undefined, 'a cluster has at least one broker');
    this.seed = seed;
    this.#random = new Random(seed);
    this.clusterId = randomUuid(this.#random.fork('cluster-id'));
    const clock = new Clock(startMs);
    this.clock = clock;
    this.trace = new Trace({ now: () => clock.now(), capacity: traceCapacity });
    this.network = new Network({
      clock,
      random: this.#random.fork('network'),
      emit: (event) => this.trace.record('network', event),
    });
    this.#calls = new Calls(clock, this.network);
    this.#controller = new Controller({
      clock,
      random: this.#random.fork('controller'),
      configs: first.configs,
      emit: (event) => this.trace.record('controller', event),
      publish: (metadata, records) => {
        for (const brokerId of this.brokerIds) this.#publishTo(brokerId, metadata, records);
      },
      publishTo: (brokerId, metadata) => this.#publishTo(brokerId, metadata, []),
    });
    for (const definition of brokers) {
      const endpoint = { host: 'localhost', port: 0 };
      const seat = { definition, logs: new LogStore(), endpoint, starts: 0, process: undefined };
      this.#seats.set(definition.brokerId, seat);
    }
  }

  get brokerIds(): readonly number[] {
    return [...this.#seats.keys()];
  }

  /** The cluster as the controller has it. */
  get metadata(): ClusterMetadata {
    return this.#controller.metadata;
  }

  /** Where clients reach a broker; to be said before it starts. */
  advertise(brokerId: number, endpoint: Endpoint): void {
    this.#seat(brokerId).endpoint = endpoint;
  }

  /** Starts every broker. All is ready once the clock has settled. */
  start(): void {
    this.#controller.bootstrap();
    for (const brokerId of this.brokerIds) this.restart(brokerId);
  }

  /** Ends a broker's process as `kill -9` does. Does nothing to one that is not running. */
  crash(brokerId: number): void {
    const seat = this.#seat(brokerId);
    const { process } = seat;
    if (process === undefined) return;
    seat.process = undefined;
    process.broker.crash();
    this.#calls.ended(process);
    this.#tellState(brokerId, false);
  }

  /**
   * Starts a broker's process on the disk that the last one left. Does nothing to one that runs.
   */
  restart(brokerId: number): void {
    const seat = this.#seat(brokerId);
    if (seat.process !== undefined) return;
    seat.starts++;
    const self: Callee = { nodeId: brokerId, isAlive: () => seat.process?.broker === broker };
    const broker = this.#createBroker(seat, self);
    seat.process = { ...self, broker, door: new ClientDoor(broker) };
    broker.start();
    this.#tellState(brokerId, true);
  }

  isRunning(brokerId: number): boolean {
    return this.#seat(brokerId).process !== undefined;
  }

  /** The running process of a broker. */
  broker(brokerId: number): Broker | undefined {
    return this.#seat(brokerId).process?.broker;
  }

  /** What a client's connection to a running broker talks to. */
  door(brokerId: number): Door {
    const { process } = this.#seat(brokerId);
    assert(process !== undefined, `broker ${brokerId} is not running`);
    return process.door;
  }

  /** The replica of a partition on a running broker. */
  replica(brokerId: number, topic: string, partition: number): Partition | undefined {
    const image = this.metadata.topicsByName.get(topic);
    if (image === undefined) return undefined;
    return this.broker(brokerId)?.replicas.partition(image.topicId, partition);
  }

  /** Calls `listener` whenever a broker's process has started or ended. */
  onBrokerState(listener: (brokerId: number, running: boolean) => void): void {
    this.#stateListeners.push(listener);
  }

  #tellState(brokerId: number, running: boolean): void {
    for (const listener of this.#stateListeners) listener(brokerId, running);
  }

  #seat(brokerId: number): Seat {
    const seat = this.#seats.get(brokerId);
    assert(seat !== undefined, `there is no broker ${brokerId}`);
    return seat;
  }

  #createBroker({ definition, endpoint, logs, starts }: Seat, self: Callee): Broker {
    const { brokerId, configs } = definition;
    const node = `broker ${brokerId}`;
    return new Broker({
      brokerId,
      clusterId: this.clusterId,
      incarnation: starts,
      endpoint,
      configs,
      logs,
      clock: this.clock,
      random: this.#random.fork(`${node} start ${starts}`),
      callController: this.#callController(self),
      callBroker: this.#callBroker(self),
      emit: (event, about) => this.trace.record(node, event, about),
    });
  }

  #callController(from: Callee): CallController {
    return (name, request, reply) =>
      this.#calls.call({
        from,
        to: controllerCallee,
        label: name,
        handle: (respond) => this.#controller.handle(name, request, respond),
        reply,
      });
  }

  /** Brokers speak to each other at the newest version of each API, without the bytes. */
  #callBroker(from: Callee): CallBroker {
    return (brokerId, api, request, reply) => {
      const to = this.#seats.get(brokerId)?.process;
      const context = {
        apiVersion: apis[api].versions[1],
        clientId: `broker-${from.nodeId}-fetcher`,
      };
      this.#calls.call<Parameters<typeof reply>[0]>({
        from,
        to,
        label: api,
        handle: (respond) =>
          to?.broker.handle(api, request, context, (outcome) =>
            respond(typeof outcome === 'string' ? undefined : outcome),
          ),
        reply,
      });
    };
  }

  #publishTo(
    brokerId: number,
    metadata: ClusterMetadata,
    records: readonly MetadataRecord[],
  ): void {
    const { process } = this.#seat(brokerId);
    if (process === undefined) return;
    this.network.send(controllerNode, brokerId, 'metadata', () => {
      if (process.isAlive()) process.broker.applyMetadata(metadata, records);
    });
  }
}
