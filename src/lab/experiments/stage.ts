import type { RequestOf, ResponseOf } from '../../broker/request-context.ts';
import type { ClusterEvent } from '../../cluster/cluster-event.ts';
import type { PartitionImage, TopicImage } from '../../controller/cluster-metadata.ts';
import { transactionFeature } from '../../controller/features.ts';
import { coordinatorPartition } from '../../coordinator/java-string-hash.ts';
import { errorInfo } from '../../protocol/error-code.ts';
import type { ApiName } from '../../protocol/messages/index.ts';
import { apis } from '../../protocol/messages/index.ts';
import { Choices } from '../../simulation/choices.ts';
import type { Link, NodeId, Plane } from '../../simulation/network.ts';
import type { Stamped } from '../../simulation/trace.ts';
import { InvariantBroken } from '../invariant-broken.ts';
import { Invariants } from '../invariants.ts';
import { type Heard, Laboratory } from '../laboratory.ts';
import { Cast, type Role } from './cast.ts';
import { Clients } from './clients.ts';
import type { Experiment, Replicas, WayName } from './experiment.ts';
import type { Facts } from './facts.ts';
import { Ground } from './ground.ts';
import { Members } from './members/members.ts';
import { Producers } from './producers/producers.ts';

export const topic = 't';
/** Where transactions write their results. */
export const output = 'out';
const offsetsTopic = '__consumer_offsets';
const transactionTopic = '__transaction_state';

export const errorName = (code: number): string => errorInfo(code)?.name ?? String(code);

/** How long anything is waited for, at most. */
const patienceMs = 180_000;
const requestTimeoutMs = 30_000;
/** Records that are there before the story begins: so many, and up to as many more. */
const formerRecords = 3;

/** Chance in a run: seed 0 is the textbook's, where everything goes the boring way. */
const choicesOf = (seed: number): Choices =>
  seed === 0 ? Choices.replaying([]) : Choices.seeded(seed);

/** What one way of an experiment is played on: a cluster, its clients, and an onlooker. */
export class Stage {
  readonly laboratory: Laboratory;
  readonly cast: Cast;
  readonly choices: Choices;
  readonly clients: Clients;
  readonly members: Members;
  readonly producers: Producers;
  readonly transactionVersion: 1 | 2;
  /** The network as it is when nothing is wrong with it. */
  readonly ground: Ground;
  readonly invariants: Invariants;
  /** The first invariant that did not hold. */
  broken: InvariantBroken | undefined;
  #formerPartitions = 0;

  constructor(experiment: Experiment, wayName: WayName, seed: number) {
    const way = experiment[wayName]!;
    const { brokers = 3, controllers = way.controllers ?? 1 } = experiment;
    this.choices = choicesOf(seed);
    this.cast = new Cast(brokers, this.choices);
    this.laboratory = new Laboratory({
      seed,
      brokers,
      controllers,
      config: { ...experiment.config, ...way.config },
      knobs: way.knobs ?? {},
      choices: this.choices,
      kafkaDefaults: true,
    });
    const { cluster } = this;
    this.invariants = new Invariants(cluster);
    this.ground = new Ground(cluster, this.choices);
    const { acks = -1, idempotent = false, maxInFlight = Number.POSITIVE_INFINITY } = way;
    this.clients = new Clients(this, { acks, idempotent, maxInFlight });
    this.members = new Members(this, { ...experiment.consumer, ...way.consumer }, seed);
    this.producers = new Producers(this, { ...experiment.producer, ...way.producer });
    this.transactionVersion = way.transactionVersion ?? 2;
    this.#createTopic(topic, way.replicas ?? experiment.replicas ?? [[1, 2, 3]], {
      'min.insync.replicas': '2',
      ...experiment.topicConfig,
      ...way.topicConfig,
    });
    const offsetsReplicas = way.offsetsReplicas ?? experiment.offsetsReplicas;
    if (offsetsReplicas !== undefined) this.#createTopic(offsetsTopic, offsetsReplicas, {});
    const transactionsReplicas = way.transactionsReplicas ?? experiment.transactionsReplicas;
    if (transactionsReplicas !== undefined) {
      const minIsr = Math.min(2, transactionsReplicas[0]!.length);
      const configs = { 'min.insync.replicas': String(minIsr) };
      this.#createTopic(transactionTopic, transactionsReplicas, configs);
      this.#finalizeTransactionVersion();
    }
    const { outputReplicas } = experiment;
    if (outputReplicas !== undefined) this.#createTopic(output, outputReplicas, {});
    this.#writeFormer();
  }

  get cluster() {
    return this.laboratory.cluster;
  }

  get topicId(): string {
    return this.cluster.metadata.topicsByName.get(topic)!.topicId;
  }

  get partitionCount(): number {
    return this.cluster.metadata.topicsByName.get(topic)!.partitions.length;
  }

  /** Was it there before the story began? */
  isFormer({
    partition,
    offset,
  }: {
    readonly partition: number;
    readonly offset: number;
  }): boolean {
    return partition < this.#formerPartitions && offset < this.cast.n;
  }

  /** A partition as the controllers have agreed on it. */
  image(partition = 0, name = topic): PartitionImage {
    return this.cluster.metadata.topicsByName.get(name)!.partitions[partition]!;
  }

  /** What clients write to. */
  get topics(): TopicImage[] {
    const { topicsByName } = this.cluster.metadata;
    return [topic, output].flatMap((name) => topicsByName.get(name) ?? []);
  }

  /** Who coordinates a transactional id as the controller has it; -1: nobody. */
  transactionCoordinator(transactionalId: string): number {
    const { partitions } = this.cluster.metadata.topicsByName.get(transactionTopic)!;
    return partitions[coordinatorPartition(transactionalId, partitions.length)]!.leader;
  }

  /** A transactional id as its coordinator has it. */
  transaction(transactionalId: string): Facts {
    const brokerId = this.transactionCoordinator(transactionalId);
    const coordinator = brokerId < 0 ? undefined : this.cluster.broker(brokerId);
    const shard = coordinator?.transactions.shardOf(transactionalId);
    if (shard === undefined || typeof shard === 'number') return { state: 'not known' };
    const metadata = shard.get(transactionalId);
    if (metadata === undefined) return { state: 'none' };
    return { state: metadata.status, producerEpoch: metadata.producerEpoch };
  }

  /** Time goes on, and the onlooker looks at all that happens. */
  advance(durationMs: number): void {
    const untilMs = this.laboratory.nowMs + durationMs;
    while (this.#step(untilMs));
    this.cluster.clock.advanceTo(untilMs);
  }

  /** Time goes on until something is so; false if it does not come about. */
  until(isSo: () => boolean, withinMs = patienceMs): boolean {
    const untilMs = this.laboratory.nowMs + withinMs;
    while (!isSo()) if (!this.#step(untilMs)) return false;
    return true;
  }

  /** Looks whether an invariant is broken; after the first one it does not matter. */
  watch(look: () => void): void {
    if (this.broken === undefined) this.#note(look);
  }

  /** Changes one direction between two nodes: brokers by role, controllers by id, or `clients`. */
  setLink(from: NodeId, to: NodeId, plane: Plane | undefined, change: Partial<Link>): void {
    this.cluster.network.setLink({ from: this.#node(from), to: this.#node(to), plane }, change);
  }

  mendLink(from: NodeId, to: NodeId, plane: Plane | undefined): void {
    this.ground.mend(this.#node(from), this.#node(to), plane);
  }

  /** Asks a broker, by default one that runs, the leader if it does, and waits for the response. */
  ask<Name extends ApiName>(
    api: Name,
    request: RequestOf<Name>,
    { at, apiVersion = apis[api].versions[1] }: { at?: Role; apiVersion?: number } = {},
  ): ResponseOf<Name> | undefined {
    const { laboratory } = this;
    const { leader } = this.image();
    const anyone = laboratory.running.includes(leader) ? leader : laboratory.running[0];
    const brokerId = at === undefined ? anyone : this.cast.node(at);
    let heard: Heard<Name> | undefined;
    if (brokerId === undefined) return undefined;
    const exchange = { apiVersion, timeoutMs: requestTimeoutMs };
    laboratory.exchange(brokerId, api, request, exchange, (answer) => (heard = answer));
    this.until(() => heard !== undefined);
    return typeof heard === 'string' ? undefined : heard;
  }

  /** Calls `reader` at every event from now on. */
  onEvent(reader: (event: Stamped<ClusterEvent>) => void): () => void {
    return this.cluster.trace.subscribe(reader);
  }

  #createTopic(name: string, replicas: Replicas, configs: Readonly<Record<string, string>>): void {
    const assignments = replicas.map((roles) => roles.map((role) => this.cast.node(role)));
    this.laboratory.createTopic({ name, assignments, configs });
  }

  /** As `kafka-features` does; a new cluster has 2. */
  #finalizeTransactionVersion(): void {
    const maxVersionLevel = this.transactionVersion;
    if (maxVersionLevel === 2) return;
    const update = { feature: transactionFeature, maxVersionLevel, upgradeType: 2 };
    const featureUpdates = [{ ...update, allowDowngrade: false }];
    this.ask('UpdateFeatures', { timeoutMs: 1000, featureUpdates, validateOnly: false });
  }

  #note(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof InvariantBroken)) throw error;
      this.broken ??= error;
    }
  }

  #node(node: NodeId): NodeId {
    return node === 'clients' ? node : this.cast.node(node);
  }

  #step(untilMs: number): boolean {
    let hasStepped = true;
    this.#note(() => {
      hasStepped = this.cluster.clock.step(untilMs);
    });
    if (hasStepped) this.watch(() => this.invariants.check());
    return hasStepped;
  }

  /** The same number in every partition, on all replicas and known to be, so that `n` is one. */
  #writeFormer(): void {
    const count = formerRecords + this.choices.choose(4, 'former records');
    const { partitions } = this.cluster.metadata.topicsByName.get(topic)!;
    for (const partition of partitions.keys()) {
      for (let index = 0; index < count; index++) {
        this.clients.produce({ value: `r${index}`, partition, acks: -1 });
      }
    }
    this.until(() =>
      partitions.every(({ replicas }, partition) =>
        replicas.every((brokerId) => {
          const log = this.cluster.replica(brokerId, topic, partition)?.log;
          return log?.highWatermark === count;
        }),
      ),
    );
    this.#formerPartitions = partitions.length;
    this.cast.n = count;
    this.cast.e = this.image().leaderEpoch;
  }
}
