import { assert } from '../assert.ts';
import type { Broker, CallBroker } from '../broker/broker.ts';
import type { BrokerEvent, Loss } from '../broker/broker-event.ts';
import type { Door } from '../broker/door.ts';
import type { RequestCount } from '../broker/request-census.ts';
import { brokerConfiguration } from '../config/broker-configuration.ts';
import { ConfigResourceType } from '../config/config-resource.ts';
import { type ConfigMap, configsOf } from '../config/dynamic-configs.ts';
import { type Knobs, modernKnobs } from '../config/knobs.ts';
import { type TopicSettings, topicSettings } from '../config/topic-settings.ts';
import type { ClusterMetadata } from '../controller/cluster-metadata.ts';
import type { Endpoint } from '../controller/metadata-records.ts';
import type { QuorumController } from '../controller/quorum-controller.ts';
import type { QuorumStore } from '../controller/raft/quorum-store.ts';
import { randomUuid } from '../controller/random-uuid.ts';
import type { CoordinatorEvent } from '../coordinator/coordinator-event.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import { apis } from '../protocol/messages/index.ts';
import type { Partition } from '../replication/partition.ts';
import type { ReplicaEvent } from '../replication/replication-event.ts';
import { VirtualClock } from '../simulation/clock.ts';
import { Network } from '../simulation/network.ts';
import type { Process } from '../simulation/process.ts';
import { Random } from '../simulation/random.ts';
import { Trace } from '../simulation/trace.ts';
import { type BrokerDefinition, BrokerSeat, type NodeState } from './broker-seat.ts';
import { Calls } from './calls.ts';
import type { ClusterEvent } from './cluster-event.ts';
import type { ControllerSeat } from './controller-seat.ts';
import { Controllers } from './controllers.ts';

interface ClusterOptions {
  readonly seed: number;
  /** Where virtual time begins, milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly brokers: readonly BrokerDefinition[];
  /** How many events the trace keeps. */
  readonly traceCapacity?: number;
  /** Rules of earlier releases, to see what they let through; by default the newest. */
  readonly knobs?: Partial<Knobs>;
  /** Where the network's delays come from; by default the seed. */
  readonly networkRandom?: Random;
  /** Node ids of the controllers. One that is a broker's, too, is a combined node. Default: one. */
  readonly controllers?: readonly number[];
}

/** As Kafka's own test clusters number them. */
const defaultControllers = [3000];

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
  readonly knobs: Knobs;
  readonly #clusterConfigs: ConfigMap;
  readonly #random: Random;
  readonly #calls: Calls;
  readonly #controllers: Controllers;
  readonly #seats = new Map<number, BrokerSeat>();
  readonly #stateListeners: ((brokerId: number, state: NodeState) => void)[] = [];

  constructor(options: ClusterOptions) {
    const { seed, startMs, brokers, traceCapacity = 10_000 } = options;
    const [first] = brokers;
    assert(first !== undefined, 'a cluster has at least one broker');
    this.seed = seed;
    this.#clusterConfigs = first.configs;
    this.knobs = { ...modernKnobs, ...options.knobs };
    this.#random = new Random(seed);
    this.clusterId = randomUuid(this.#random.fork('cluster-id'));
    const clock = new VirtualClock(startMs);
    this.clock = clock;
    this.trace = new Trace({ now: () => clock.now(), capacity: traceCapacity });
    this.network = new Network({
      clock,
      random: options.networkRandom ?? this.#random.fork('network'),
      emit: (event) => this.trace.record('network', event),
    });
    this.#calls = new Calls(clock, this.network);
    this.#controllers = new Controllers({
      ids: options.controllers ?? defaultControllers,
      clock,
      random: this.#random,
      calls: this.#calls,
      configs: first.configs,
      knobs: this.knobs,
      emit: (nodeId, event) => this.trace.record(`controller ${nodeId}`, event),
    });
    for (const definition of brokers) this.addBroker(definition);
  }

  get brokerIds(): readonly number[] {
    return [...this.#seats.keys()];
  }

  get controllerIds(): readonly number[] {
    return this.#controllers.ids;
  }

  /** The cluster as its controllers have agreed on it. */
  get metadata(): ClusterMetadata {
    return this.#controllers.metadata;
  }

  /** The controller that decides at present, if there is one. */
  get activeController(): number | undefined {
    return this.#controllers.active;
  }

  /** Where clients reach a broker; to be said before it starts. */
  advertise(brokerId: number, endpoint: Endpoint): void {
    this.#seat(brokerId).endpoint = endpoint;
  }

  /**
   * Starts every node. With one controller all is ready once the clock has settled; several have to
   * elect one first.
   */
  start(): void {
    for (const nodeId of new Set([...this.controllerIds, ...this.brokerIds])) this.restart(nodeId);
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
        // The broker of a combined node has handed over what it led; now its controller does.
        if (state === 'stopped') this.#controllers.seat(brokerId)?.shutdown();
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

  /**
   * Ends a node's process as `kill -9` does, or worse. Does nothing to one that has stopped. A
   * controller loses nothing: the quorum does not hold if a vote is forgotten.
   */
  crash(nodeId: number, loss: Loss = 'nothing'): void {
    this.#node(nodeId).controller?.crash();
    this.#node(nodeId).broker?.crash(loss);
  }

  /** Starts a node's process on the disk that the last one left. Does nothing to one that runs. */
  restart(nodeId: number): void {
    this.#node(nodeId).controller?.start();
    this.#node(nodeId).broker?.start();
  }

  /** Lets a node hand over what it leads and stop, as SIGTERM does. It takes its time. */
  shutdown(nodeId: number): void {
    const { broker, controller } = this.#node(nodeId);
    (broker ?? controller)?.shutdown();
  }

  /** Stops a node in its tracks, as a long garbage collection does; its connections stay. */
  pause(nodeId: number): void {
    this.#node(nodeId).controller?.pause();
    this.#node(nodeId).broker?.pause();
  }

  resume(nodeId: number): void {
    this.#node(nodeId).controller?.resume();
    this.#node(nodeId).broker?.resume();
  }

  state(nodeId: number): NodeState {
    const { broker, controller } = this.#node(nodeId);
    return (broker ?? controller)!.state;
  }

  /** Whether there is a process; it may be paused. */
  isRunning(nodeId: number): boolean {
    return this.state(nodeId) !== 'stopped';
  }

  /** What of a controller is on its disk, whether it runs or not. */
  quorumStore(nodeId: number): QuorumStore {
    const { controller } = this.#node(nodeId);
    assert(controller !== undefined, `${nodeId} is no controller`);
    return controller.store;
  }

  /** The running process of a controller. */
  controller(nodeId: number): QuorumController | undefined {
    return this.#node(nodeId).controller?.controller;
  }

  /** The running process of a broker. */
  broker(brokerId: number): Broker | undefined {
    return this.#seat(brokerId).broker;
  }

  process(brokerId: number): Process | undefined {
    return this.#seat(brokerId).process;
  }

  /** What a broker is started with. */
  staticConfigs(brokerId: number): ConfigMap {
    return this.#seat(brokerId).definition.configs;
  }

  /** What a client's connection to a running broker talks to. */
  door(brokerId: number): Door {
    const { door } = this.#seat(brokerId);
    assert(door !== undefined, `broker ${brokerId} is not running`);
    return door;
  }

  /** What a topic's configs mean, as the controller sees them. */
  topicSettings(topic: string): TopicSettings {
    const { configs } = this.metadata;
    const configuration = brokerConfiguration(-1, this.#clusterConfigs, configs);
    const own = configsOf(configs, { type: ConfigResourceType.TOPIC, name: topic });
    return topicSettings(configuration, own);
  }

  /** The log of a partition on a broker's disk, whether the broker runs or not. */
  log(brokerId: number, topicId: string, partition: number): PartitionLog | undefined {
    const { broker, logs } = this.#seat(brokerId);
    return broker?.replicas.partition(topicId, partition)?.log ?? logs.find(topicId, partition);
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
  onBrokerState(listener: (brokerId: number, state: NodeState) => void): void {
    this.#stateListeners.push(listener);
  }

  /** What runs at a node: a broker, a controller, or both. */
  #node(nodeId: number): {
    broker: BrokerSeat | undefined;
    controller: ControllerSeat | undefined;
  } {
    const node = { broker: this.#seats.get(nodeId), controller: this.#controllers.seat(nodeId) };
    assert(node.broker ?? node.controller, `there is no node ${nodeId}`);
    return node;
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
      knobs: this.knobs,
      random: this.#random.fork(`${node} start ${start}`),
      voters: this.controllerIds,
      callVoter: this.#controllers.callVoter(process),
      callController: this.#controllers.callController(process),
      callBroker: this.#callBroker(process),
      emit: (event: BrokerEvent | CoordinatorEvent | ReplicaEvent, about?: string) =>
        this.trace.record(node, event, about),
    };
  }

  /** Brokers speak to each other at the newest version of each API, without the bytes. */
  #callBroker(from: Process): CallBroker {
    return (brokerId, api, request, reply) => {
      const to = this.#seats.get(brokerId);
      const broker = to?.broker;
      const context = {
        apiVersion: apis[api].versions[1],
        clientId: `broker-${from.nodeId}-fetcher`,
        clientHost: '',
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
}
