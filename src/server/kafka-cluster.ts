import { checkNames } from './check-names.ts';
import { ClusterError } from './cluster-error.ts';
import { ClusterLife } from './cluster-life.ts';
import type { ResolvedOptions } from './cluster-options.ts';
import { createTopics } from './create-topics.ts';
import { KafkaBroker } from './kafka-broker.ts';
import { KafkaController } from './kafka-controller.ts';
import type { KafkaEvent } from './kafka-event.ts';
import { KafkaPartition } from './kafka-partition.ts';
import { KafkaTopic } from './kafka-topic.ts';
import { writeRecording } from './recording-file.ts';
import { type UntilOptions, until } from './until.ts';

/**
 * A running cluster. Ends with `close()`, or by itself at the end of a scope that declares it with
 * `await using`.
 */
export class KafkaCluster implements AsyncDisposable {
  /** What every client takes: `host:port` of each broker, with commas between. */
  readonly bootstrapServers: string;
  /** The same as a list, as kafkajs takes it. */
  readonly brokerList: string[];
  readonly clusterId: string;
  /** Decides all chance in the cluster: start another one with it to see the same. */
  readonly seed: number;
  readonly brokers: readonly KafkaBroker[];
  readonly controllers: readonly KafkaController[];
  /** Configs that were given and have no effect here, a line each. */
  readonly warnings: readonly string[];
  readonly #options: ResolvedOptions;
  #life: ClusterLife;
  #closed = false;

  /** @internal */
  constructor(options: ResolvedOptions, life: ClusterLife) {
    this.#options = options;
    this.#life = life;
    this.clusterId = life.cluster.clusterId;
    this.seed = life.cluster.seed;
    this.warnings = options.warnings;
    this.brokers = [...life.endpoints()].map(([id, { host, port }]) => {
      const rack = options.staticConfigs.get(id)!.get('broker.rack') ?? null;
      return new KafkaBroker(this.#living, { id, host, port, rack });
    });
    this.controllers = options.controllerIds.map((id) => new KafkaController(this.#living, id));
    this.brokerList = this.brokers.map(({ host, port }) =>
      host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    );
    this.bootstrapServers = this.brokerList.join(',');
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

  /** A topic by its name; it need not exist yet. */
  topic(name: string): KafkaTopic {
    return new KafkaTopic({ cluster: this, life: this.#living }, name);
  }

  /** A partition by topic and number; it need not exist before something of it is read. */
  partition(topic: string, partition: number): KafkaPartition {
    return new KafkaPartition({ cluster: this, life: this.#living }, { topic, partition });
  }

  /**
   * Resolves as soon as `predicate` holds, which is asked now and after every event in the cluster.
   * A topic that is not there yet, or a leader that is missing, counts as not yet. Rejects with
   * `ClusterError` E_TIMEOUT, whose text says what happened instead.
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
    await this.#life.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  readonly #living = (): ClusterLife => {
    if (this.#closed) throw new ClusterError('E_CLOSED', 'the cluster is closed');
    return this.#life;
  };
}
