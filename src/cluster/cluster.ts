import { assert } from '../assert.ts';
import type { Broker, CallBroker, CallController } from '../broker/broker.ts';
import type { BrokerEvent, Loss } from '../broker/broker-event.ts';
import type { Door } from '../broker/door.ts';
import type { RequestCount } from '../broker/request-census.ts';
import type { ClusterMetadata } from '../controller/cluster-metadata.ts';
import { Controller } from '../controller/controller.ts';
import type { Endpoint, MetadataRecord } from '../controller/metadata-records.ts';
import { randomUuid } from '../controller/random-uuid.ts';
import { apis } from '../protocol/messages/index.ts';
import type { Partition } from '../replication/partition.ts';
import type { ReplicaEvent } from '../replication/replication-event.ts';
import { VirtualClock } from '../simulation/clock.ts';
import { Network } from '../simulation/network.ts';
import { Process } from '../simulation/process.ts';
import { Random } from '../simulation/random.ts';
import { Trace } from '../simulation/trace.ts';
import { type BrokerDefinition, BrokerSeat, type BrokerState } from './broker-seat.ts';
import { Calls } from './calls.ts';
import type { ClusterEvent } from './cluster-event.ts';

interface ClusterOptions {
  readonly seed: number;
  /** Where virtual time begins, milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly brokers: readonly BrokerDefinition[];
  /** How many events the trace keeps. */
  readonly traceCapacity?: number;
}

const controllerNode = -1;

/**
 * N brokers, a controller, a network, a clock and a seed: a function from inputs to a trace. It
 * knows no wall time and no socket; `clock.advanceTo` is all that makes anything happen.
 */
export class Cluster {
  readonly seed: number;
  readonly clusterId: string;
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly trace: Trace<ClusterEvent>;
  readonly #random: Random;
  readonly #calls: Calls;
  readonly #controller: Controller;
  readonly #controllerProcess: Process;
  readonly #seats = new Map<number, BrokerSeat>();
  readonly #stateListeners: ((brokerId: number, state: BrokerState) => void)[] = [];

  constructor(options: ClusterOptions) {
    const { seed, startMs, brokers, traceCapacity = 10_000 } = options;
    const [first] = brokers;
    assert(first !== undefined, 'a cluster has at least one broker');
    this.seed = seed;
    this.#random = new Random(seed);
    this.clusterId = randomUuid(this.#random.fork('cluster-id'));
    const clock = new VirtualClock(startMs);
    this.clock = clock;
    this.trace = new Trace({ now: () => clock.now(), capacity: traceCapacity });
    this.network = new Network({
      clock,
      random: this.#random.fork('network'),
      emit: (event) => this.trace.record('network', event),
    });
    this.#calls = new Calls(clock, this.network);
    this.#controllerProcess = new Process(controllerNode, clock);
    this.#controller = new Controller({
      clock: this.#controllerProcess,
      random: this.#random.fork('controller'),
      configs: first.configs,
      emit: (event) => this.trace.record('controller', event),
      publish: (metadata, records) => {
        for (const brokerId of this.brokerIds) this.#publishTo(brokerId, metadata, records);
      },
      publishTo: (brokerId, metadata) => this.#publishTo(brokerId, metadata, []),
    });
    for (const definition of brokers) this.addBroker(definition);
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

  /** Makes a place for one more broker; `advertise` and `restart` bring it to life. */
  addBroker(definition: BrokerDefinition): void {
    const { brokerId } = definition;
    assert(!this.#seats.has(brokerId), `there is a broker ${brokerId} already`);
    const seat = new BrokerSeat({
      definition,
      clock: this.clock,
      surroundings: (process, start) => this.#surroundings(process, start),
      ended: (process) => this.#calls.ended(process),
      stateChanged: (state) => {
        for (const listener of this.#stateListeners) listener(brokerId, state);
      },
    });
    this.#seats.set(brokerId, seat);
  }

  /** Takes a broker that has stopped out of the cluster, with its disk. */
  removeBroker(brokerId: number): void {
    assert(!this.isRunning(brokerId), `broker ${brokerId} is still running`);
    this.#seats.delete(brokerId);
  }

  /** Ends a broker's process as `kill -9` does, or worse. Does nothing to one that has stopped. */
  crash(brokerId: number, loss: Loss = 'nothing'): void {
    this.#seat(brokerId).crash(loss);
  }

  /**
   * Starts a broker's process on the disk that the last one left. Does nothing to one that runs.
   */
  restart(brokerId: number): void {
    this.#seat(brokerId).start();
  }

  /** Lets a broker hand over what it leads and stop, as SIGTERM does. It takes its time. */
  shutdown(brokerId: number): void {
    this.#seat(brokerId).shutdown();
  }

  /** Stops a broker in its tracks, as a long garbage collection does; its connections stay. */
  pause(brokerId: number): void {
    this.#seat(brokerId).pause();
  }

  resume(brokerId: number): void {
    this.#seat(brokerId).resume();
  }

  state(brokerId: number): BrokerState {
    return this.#seat(brokerId).state;
  }

  /** Whether there is a process; it may be paused. */
  isRunning(brokerId: number): boolean {
    return this.state(brokerId) !== 'stopped';
  }

  /** The running process of a broker. */
  broker(brokerId: number): Broker | undefined {
    return this.#seat(brokerId).broker;
  }

  /** What a client's connection to a running broker talks to. */
  door(brokerId: number): Door {
    const { door } = this.#seat(brokerId);
    assert(door !== undefined, `broker ${brokerId} is not running`);
    return door;
  }

  /** What clients have asked of a broker, through all its crashes. */
  requests(brokerId: number): RequestCount[] {
    return this.#seat(brokerId).census.counts();
  }

  /** The replica of a partition on a running broker. */
  replica(brokerId: number, topic: string, partition: number): Partition | undefined {
    const image = this.metadata.topicsByName.get(topic);
    if (image === undefined) return undefined;
    return this.broker(brokerId)?.replicas.partition(image.topicId, partition);
  }

  /** Calls `listener` whenever a broker's process has started, paused or ended. */
  onBrokerState(listener: (brokerId: number, state: BrokerState) => void): void {
    this.#stateListeners.push(listener);
  }

  #seat(brokerId: number): BrokerSeat {
    const seat = this.#seats.get(brokerId);
    assert(seat !== undefined, `there is no broker ${brokerId}`);
    return seat;
  }

  #surroundings(process: Process, start: number) {
    const node = `broker ${process.nodeId}`;
    return {
      clusterId: this.clusterId,
      random: this.#random.fork(`${node} start ${start}`),
      callController: this.#callController(process),
      callBroker: this.#callBroker(process),
      emit: (event: BrokerEvent | ReplicaEvent, about?: string) =>
        this.trace.record(node, event, about),
    };
  }

  #callController(from: Process): CallController {
    return (name, request, reply) =>
      this.#calls.call({
        from,
        to: this.#controllerProcess,
        plane: 'controller',
        label: name,
        handle: (respond) => this.#controller.handle(name, request, respond),
        reply,
      });
  }

  /** Brokers speak to each other at the newest version of each API, without the bytes. */
  #callBroker(from: Process): CallBroker {
    return (brokerId, api, request, reply) => {
      const to = this.#seats.get(brokerId);
      const broker = to?.broker;
      const context = {
        apiVersion: apis[api].versions[1],
        clientId: `broker-${from.nodeId}-fetcher`,
      };
      this.#calls.call<Parameters<typeof reply>[0]>({
        from,
        to: to?.process,
        plane: 'replication',
        label: api,
        handle: (respond) =>
          broker?.handle(api, request, context, (outcome) =>
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
    const { process, broker } = this.#seat(brokerId);
    if (process === undefined || broker === undefined) return;
    const route = { from: controllerNode, to: brokerId, plane: 'controller' } as const;
    this.network.send({ ...route, label: 'metadata' }, () => {
      process.deliver(() => broker.applyMetadata(metadata, records));
    });
  }
}
