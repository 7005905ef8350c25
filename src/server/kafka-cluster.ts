import { History, type HistoryOptions } from '../history/history.ts';
import type { Identify } from '../history/identity.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import { UnregisterBroker } from '../protocol/messages/unregister-broker.ts';
import type { Link, NodeId } from '../simulation/network.ts';
import { AdminServer } from './admin/admin-server.ts';
import { askCluster, checkAnswer } from './ask-cluster.ts';
import { checkNames } from './check-names.ts';
import { ClusterError } from './cluster-error.ts';
import { ClusterLife } from './cluster-life.ts';
import { type BrokerOptions, type ResolvedOptions, resolveAddedBroker } from './cluster-options.ts';
import {
  brokerStatuses,
  type ClusterStatus,
  controllerStatuses,
  partitionStatuses,
} from './cluster-status.ts';
import { createTopics } from './create-topics.ts';
import { groupIdsOf } from './find-group.ts';
import { groupStatus } from './group-status.ts';
import { KafkaBroker } from './kafka-broker.ts';
import { KafkaController } from './kafka-controller.ts';
import type { KafkaEvent } from './kafka-event.ts';
import { KafkaGroup } from './kafka-group.ts';
import { KafkaPartition } from './kafka-partition.ts';
import { KafkaTopic } from './kafka-topic.ts';
import {
  checkLinkChange,
  directionsAround,
  directionsOf,
  type IsolateOptions,
  type LinkDelay,
  type LinkOptions,
  type LinkRoute,
} from './links.ts';
import { logViews } from './log-views.ts';
import { writeRecording } from './recording-file.ts';
import { type UntilOptions, until } from './until.ts';

/**
 * A running cluster. Ends with `close()`, or by itself at the end of a scope that declares it with
 * `await using`.
 */
export class KafkaCluster implements AsyncDisposable {
  readonly clusterId: string;
  /** Decides all chance in the cluster: start another one with it to see the same. */
  readonly seed: number;
  readonly controllers: readonly KafkaController[];
  /** Configs that were given and have no effect here, a line each. */
  readonly warnings: readonly string[];
  readonly #options: ResolvedOptions;
  readonly #known = new Map<number, KafkaBroker>();
  #life: ClusterLife;
  #admin: AdminServer | undefined;
  #closed = false;

  /** @internal */
  constructor(options: ResolvedOptions, life: ClusterLife) {
    this.#options = options;
    this.#life = life;
    this.clusterId = life.cluster.clusterId;
    this.seed = life.cluster.seed;
    this.warnings = options.warnings;
    this.controllers = options.controllerIds.map((id) => new KafkaController(this.#living, id));
  }

  /** The brokers that the cluster has, whether they run or not. */
  get brokers(): readonly KafkaBroker[] {
    return Array.from(this.#life.endpoints(), ([id, { host, port }]) => {
      const known = this.#known.get(id);
      const rack = this.#life.cluster.staticConfigs(id).get('broker.rack') ?? null;
      if (known?.port === port && known.rack === rack) return known;
      const broker = new KafkaBroker(this.#living, { id, host, port, rack });
      this.#known.set(id, broker);
      return broker;
    });
  }

  /** The address of each broker, as kafkajs takes them. */
  get brokerList(): string[] {
    return this.brokers.map(({ host, port }) =>
      host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    );
  }

  /** The same with commas between, as every other client takes them. */
  get bootstrapServers(): string {
    return this.brokerList.join(',');
  }

  /** Where the verbs are to be had over HTTP, if the option `admin` asked for it. */
  get adminUrl(): string | undefined {
    return this.#admin?.url;
  }

  /** Throws `ClusterError` E_UNKNOWN_BROKER for an id that no broker has. */
  broker(id: number): KafkaBroker {
    const found = this.brokers.find((broker) => broker.id === id);
    if (found !== undefined) return found;
    const known = this.brokers.map((broker) => broker.id).join(', ');
    throw new ClusterError('E_UNKNOWN_BROKER', `there is no broker ${id}, only ${known}`);
  }

  /** Throws `ClusterError` E_UNKNOWN_CONTROLLER for an id that no controller has. */
  controller(id: number): KafkaController {
    const found = this.controllers.find((controller) => controller.id === id);
    if (found !== undefined) return found;
    const known = this.controllers.map((controller) => controller.id).join(', ');
    throw new ClusterError('E_UNKNOWN_CONTROLLER', `there is no controller ${id}, only ${known}`);
  }

  /** The controller that decides at present; undefined while one is being elected. */
  get activeController(): KafkaController | undefined {
    return this.controllers.find(({ isActive }) => isActive);
  }

  /**
   * Adds a broker, by default with the next free id, and resolves with it when the controller has
   * let it in. It has no partitions until topics are created or reassigned to it.
   */
  async addBroker(options: BrokerOptions = {}): Promise<KafkaBroker> {
    const life = this.#living();
    const { brokerIds } = life.cluster;
    const { brokerId, configs } = resolveAddedBroker(this.#options, options, brokerIds);
    await life.addBroker(brokerId, configs);
    return this.broker(brokerId);
  }

  /**
   * Shuts a broker down, strikes it off and drops its disk and its port; resolves when it is gone.
   * As in Kafka, partitions keep it as a replica until they are reassigned.
   */
  async removeBroker(id: number): Promise<void> {
    const broker = this.broker(id);
    const last = this.brokers.length === 1;
    if (last || this.#options.controllerIds.includes(id)) {
      const why = last ? 'is the last broker' : 'is a controller, and those stay';
      throw new ClusterError('E_BAD_OPTION', `broker ${id} ${why}`);
    }
    await broker.shutdown();
    const life = this.#living();
    const answer = await askCluster(life, UnregisterBroker, { brokerId: id });
    const fine = [ErrorCode.NONE, ErrorCode.BROKER_ID_NOT_REGISTERED];
    checkAnswer(`unregistration of broker ${id}`, answer, fine);
    await life.removeBroker(id);
  }

  /**
   * Changes how one direction between two nodes behaves, on one plane or on all, from now on: a
   * latency, jitter on top, loss (TCP sends again, which takes time), or nothing gets through. What
   * is not named stays.
   */
  link(route: LinkRoute, change: Partial<Link>): void {
    checkNames('link', route, ['from', 'to', 'plane']);
    checkLinkChange('link', change);
    this.#setLinks(directionsOf(this.#living().cluster, route), change);
  }

  /**
   * Cuts two nodes off from each other, in both directions unless `oneWay`. What they send arrives
   * after `heal`, unless who sent it has given up by then, as over TCP.
   */
  cut(one: NodeId, other: NodeId, options: LinkOptions = {}): void {
    this.#between(one, other, options, { cut: true });
  }

  /** Makes the network between two nodes slow or lossy, both ways unless `oneWay`. */
  slow(one: NodeId, other: NodeId, options: LinkDelay & LinkOptions): void {
    const { plane, oneWay, ...delay } = options;
    checkLinkChange('slow', delay);
    this.#between(one, other, { ...(plane && { plane }), ...(oneWay && { oneWay }) }, delay);
  }

  /** Cuts a node off from everybody, but for the planes in `keep`. */
  isolate(id: number, options: IsolateOptions = {}): void {
    checkNames('isolate', options, ['keep']);
    const { cluster } = this.#living();
    this.#setLinks(directionsAround(cluster, id, options.keep ?? []), { cut: true });
  }

  /** Mends every link there is; what was held by a cut arrives. */
  heal(): void {
    this.#living().heal();
  }

  /** All that there is to see from the outside, as plain data: what `odradek status` shows. */
  status(): ClusterStatus {
    const { cluster } = this.#living();
    const { clusterId, seed, bootstrapServers } = this;
    return {
      clusterId,
      seed,
      bootstrapServers,
      activeController: cluster.activeController ?? null,
      brokers: brokerStatuses(cluster, this.brokers),
      controllers: controllerStatuses(cluster),
      partitions: partitionStatuses(cluster),
      groups: groupIdsOf(cluster).map((groupId) => groupStatus(cluster, groupId)),
      links: cluster.network.disturbed(),
    };
  }

  /** A topic by its name; it need not exist yet. */
  topic(name: string): KafkaTopic {
    return new KafkaTopic({ cluster: this, life: this.#living }, name);
  }

  /** A partition by topic and number; it need not exist before something of it is read. */
  partition(topic: string, partition: number): KafkaPartition {
    return new KafkaPartition({ cluster: this, life: this.#living }, { topic, partition });
  }

  /** Every group that a coordinator has, by name. */
  get groups(): readonly KafkaGroup[] {
    return groupIdsOf(this.#living().cluster).map((groupId) => this.group(groupId));
  }

  /** A consumer group, or any other, by its id; it need not exist yet. */
  group(groupId: string): KafkaGroup {
    return new KafkaGroup({ cluster: this, life: this.#living }, groupId);
  }

  /**
   * A history for what clients of this cluster do. Its checker also looks at what the cluster has:
   * at the logs of all partitions, as they are then.
   */
  history(options: Pick<HistoryOptions, 'identify'> = {}): History {
    checkNames('history', options, ['identify']);
    const logs = (identify?: Identify) => logViews(this.#living().cluster, identify);
    return new History({ ...options, logs });
  }

  /**
   * Resolves as soon as `predicate` holds, which is asked now and after every event in the cluster.
   * A topic or group that is not there yet, or a leader that is missing, counts as not yet. Rejects
   * with `ClusterError` E_TIMEOUT, whose text says what happened instead.
   */
  async until(predicate: () => boolean, options: UntilOptions = {}): Promise<void> {
    checkNames('until', options, ['withinMs', 'signal']);
    await until(this.#living().cluster.trace, predicate, options);
  }

  /** What happened so far, oldest first; the last ten thousand events. */
  events(): readonly KafkaEvent[] {
    return this.#living().cluster.trace.recent();
  }

  /**
   * Everything that reached the cluster since its start or reset, as a text for
   * `replayRecording`. Needs the option `record`.
   */
  recording(): string {
    const recording = this.#living().recording();
    if (recording !== undefined) return writeRecording(recording);
    throw new ClusterError('E_BAD_OPTION', 'nothing was recorded; start it with record: true');
  }

  /**
   * Begins anew as if just started, with the same ports, options and seed: every broker runs, only
   * the topics of the options are there, and they are empty. Connections end; clients reconnect.
   */
  async reset(): Promise<void> {
    const before = this.#living();
    const ports = before.ports();
    await before.end();
    this.#life = new ClusterLife(this.#options, this.seed, ports);
    await this.#life.begin();
    await createTopics(this.#life, this.#options.topics);
  }

  /** Ends every broker, connection and timer. Doing it twice does no harm. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#admin?.close();
    await this.#life.end();
  }

  /** @internal */
  async openAdmin(port: number): Promise<void> {
    this.#admin = await AdminServer.open(this, { host: this.#options.host, port });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #between(one: NodeId, other: NodeId, options: LinkOptions, change: Partial<Link>): void {
    checkNames('a link', options, ['plane', 'oneWay']);
    const { plane, oneWay = false } = options;
    const { cluster } = this.#living();
    const route = (from: NodeId, to: NodeId) =>
      directionsOf(cluster, { from, to, ...(plane === undefined ? {} : { plane }) });
    this.#setLinks([...route(one, other), ...(oneWay ? [] : route(other, one))], change);
  }

  #setLinks(routes: readonly Required<LinkRoute>[], change: Partial<Link>): void {
    this.#living().setLinks(routes.map((route) => ({ route, change })));
  }

  readonly #living = (): ClusterLife => {
    if (this.#closed) throw new ClusterError('E_CLOSED', 'the cluster is closed');
    return this.#life;
  };
}
