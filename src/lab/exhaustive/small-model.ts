import type { RequestOf } from '../../broker/request-context.ts';
import type { ClusterEvent } from '../../cluster/cluster-event.ts';
import type { Knobs } from '../../config/knobs.ts';
import { buildBatch } from '../../protocol/records/batch-builder.ts';
import { ZERO_UUID } from '../../protocol/types.ts';
import { Choices } from '../../simulation/choices.ts';
import type { Stamped } from '../../simulation/trace.ts';
import { batchesOf, valuesOf } from '../batches.ts';
import { Invariants } from '../invariants.ts';
import { Laboratory } from '../laboratory.ts';
import { digestOf, replicaDigest } from './replica-digest.ts';

/** How large a model is, and which rules hold in it. */
export interface ModelSize {
  readonly brokers: number;
  readonly records: number;
  /** How often a process may end without a word; what it wrote stays. */
  readonly crashes: number;
  /** How often a broker may lose its power, and with it what it has not flushed: everything. */
  readonly powerCuts: number;
  /** How often the preferred leader, which is broker 2, may be elected. */
  readonly elections: number;
  readonly knobs: Partial<Knobs>;
}

/** The next thing that happens. */
export type Move =
  | { readonly name: 'produce' | 'crash' | 'power-cut' | 'restart'; readonly brokerId: number }
  | {
      readonly name: 'deliver';
      readonly from: number;
      readonly to: number;
      /** The APIs of the requests, and of those that are answered. */
      readonly labels: readonly string[];
    }
  | { readonly name: 'elect' | 'wait' };

const topic = 't';
const preferred = 2;
const plane = 'replication';
const produceVersion = 12;

/** Longer than whatever waits for time: sessions, fetches, pauses, checkpoints. */
const waitMs = 1500;
const config = {
  'broker.session.timeout.ms': '1000',
  'broker.heartbeat.interval.ms': '300',
  'replica.fetch.wait.max.ms': '500',
  'replica.fetch.backoff.ms': '100',
  'replica.high.watermark.checkpoint.interval.ms': '500',
  // Who lags stays in the ISR until it is found dead.
  'replica.lag.time.max.ms': '100000000',
  'auto.leader.rebalance.enable': 'false',
};

/** Messages of one direction that wait for their turn, and the last that had it; by digest. */
interface Direction {
  held: string[];
  arrived: string;
  /** How many have been sent back since: none while a Fetch waits at the leader. */
  answers: number;
}

/**
 * A cluster so small that everything can be tried: one partition with a replica on every broker,
 * one controller. Time stands still but for the move `wait`; what a broker sends to another waits
 * until it is delivered; all else happens at once, as part of the move that led to it.
 */
export class SmallModel {
  readonly laboratory: Laboratory;
  readonly invariants: Invariants;
  /** What has happened since the last move. */
  story: Stamped<ClusterEvent>[] = [];
  readonly #size: ModelSize;
  readonly #used = { records: 0, crashes: 0, powerCuts: 0, elections: 0 };
  readonly #directions = new Map<string, Direction>();
  /** The high watermark of each replica before the move. */
  readonly #shown = new Map<number, number>();
  /** The high watermark on each disk, as of the last `wait`. */
  readonly #checkpointed = new Map<number, number>();

  constructor(size: ModelSize) {
    const { brokers, knobs } = size;
    const choices = Choices.replaying([[]]);
    this.#size = size;
    this.laboratory = new Laboratory({ seed: 1, brokers, controllers: 1, config, choices, knobs });
    const { cluster } = this.laboratory;
    this.invariants = new Invariants(cluster);
    const assignments = [cluster.brokerIds];
    const configs = { 'min.insync.replicas': '1' };
    this.laboratory.createTopic({ name: topic, assignments, configs });
    if (size.elections > 0) this.#prefer();
    this.#wait();
    cluster.trace.subscribe((stamped) => this.#note(stamped));
    for (const { from, to } of this.#routes()) {
      this.#directions.set(keyOf(from, to), { held: [], arrived: '', answers: 0 });
      cluster.network.setLink({ from, to, plane }, { cut: true });
    }
    this.#settle();
    this.story = [];
  }

  /** All that could happen now, in a fixed order. */
  moves(): Move[] {
    const { cluster } = this.laboratory;
    const { records, crashes, powerCuts, elections } = this.#size;
    const used = this.#used;
    const running = cluster.brokerIds.filter((brokerId) => cluster.isRunning(brokerId));
    const stopped = cluster.brokerIds.filter((brokerId) => !cluster.isRunning(brokerId));
    const leaders = running.filter((brokerId) => this.#leads(brokerId));
    const moves: Move[] = [];
    const each = (name: 'produce' | 'crash' | 'power-cut' | 'restart', ids: readonly number[]) =>
      moves.push(...ids.map((brokerId) => ({ name, brokerId })));
    if (used.records < records) each('produce', leaders);
    for (const { from, to } of this.#routes()) {
      const { held } = this.#direction(from, to);
      const labels = held.map((message) => message.slice(0, message.indexOf(' ')));
      if (held.length > 0) moves.push({ name: 'deliver', from, to, labels });
    }
    moves.push({ name: 'wait' });
    if (used.elections < elections && this.#mayElect()) moves.push({ name: 'elect' });
    if (used.crashes < crashes) each('crash', running);
    if (used.powerCuts < powerCuts) each('power-cut', running);
    each('restart', stopped);
    return moves;
  }

  /** Lets one thing happen, and what follows from it. Throws `InvariantBroken`. */
  make(move: Move): void {
    const { cluster } = this.laboratory;
    const { topicId, index } = this.#place;
    for (const brokerId of cluster.brokerIds) {
      this.#shown.set(brokerId, cluster.log(brokerId, topicId, index)?.highWatermark ?? 0);
    }
    const used = this.#used;
    this.story = [];
    switch (move.name) {
      case 'produce':
        this.#produce(move.brokerId, `r${used.records++}`);
        break;
      case 'deliver':
        this.#deliver(move.from, move.to);
        break;
      case 'wait':
        this.#wait();
        break;
      case 'elect':
        used.elections++;
        this.#elect();
        break;
      case 'crash':
        used.crashes++;
        cluster.crash(move.brokerId);
        break;
      case 'power-cut':
        used.powerCuts++;
        cluster.crash(move.brokerId, 'unflushed');
        break;
      case 'restart':
        cluster.restart(move.brokerId);
        break;
    }
    this.#settle();
  }

  /** Two states with the same digest have the same future. */
  digest(): string {
    const { cluster } = this.laboratory;
    const place = this.#place;
    const parts = [Object.values(this.#used).join()];
    const image = cluster.metadata.topicsById.get(place.topicId)!.partitions[0]!;
    parts.push(JSON.stringify({ ...image, partitionEpoch: 0 }));
    for (const brokerId of cluster.brokerIds) {
      const broker = cluster.broker(brokerId);
      const isKnown = broker !== undefined && broker.brokerEpoch >= 0;
      const isBehind = broker?.metadata.offset !== cluster.metadata.offset;
      const fenced = cluster.metadata.brokers.get(brokerId)?.fenced;
      const disk = this.#checkpointed.get(brokerId) ?? 0;
      parts.push([isKnown, isBehind, fenced, disk, replicaDigest(cluster, place, brokerId)].join());
    }
    for (const [key, direction] of this.#directions) {
      const { held, arrived, answers } = direction;
      parts.push([key, arrived, answers, ...held].join());
    }
    parts.push(this.invariants.partition(topic, 0)!.digest());
    return digestOf(parts.join(';'));
  }

  /** What each broker has on its disk, as lines. */
  disks(): string[] {
    const { cluster } = this.laboratory;
    const { topicId, index } = this.#place;
    return cluster.brokerIds.map((brokerId) => {
      const log = cluster.log(brokerId, topicId, index);
      const batches = log === undefined ? [] : [...batchesOf(log, 0, log.logEndOffset)];
      const values = log === undefined ? [] : valuesOf(log);
      const told = batches.map(({ baseOffset, leaderEpoch }, at) => {
        return `${values[at]} at ${baseOffset} of epoch ${leaderEpoch}`;
      });
      const end = `high watermark ${log?.highWatermark ?? 0}`;
      return `broker ${brokerId} has ${told.join(', ') || 'nothing'}; ${end}`;
    });
  }

  get #place() {
    return { topicId: this.laboratory.cluster.metadata.topicsByName.get(topic)!.topicId, index: 0 };
  }

  #leads(brokerId: number): boolean {
    return this.laboratory.cluster.replica(brokerId, topic, 0)?.leadership !== undefined;
  }

  /** What brokers say to each other is held until its turn comes. */
  #routes(): { from: number; to: number }[] {
    const { brokerIds } = this.laboratory.cluster;
    return brokerIds.flatMap((from) =>
      brokerIds.filter((to) => to !== from).map((to) => ({ from, to })),
    );
  }

  #direction(from: number, to: number): Direction {
    return this.#directions.get(keyOf(from, to))!;
  }

  #note(stamped: Stamped<ClusterEvent>): void {
    const { event } = stamped;
    if (event.type === 'message-held')
      this.#hold(event.label, Number(event.from), Number(event.to));
    if (event.type === 'message-held' || event.type === 'link-changed') return;
    if (event.type === 'broker-crashed') this.#disconnect(stamped.node);
    this.story.push(stamped);
  }

  #hold(label: string, from: number, to: number): void {
    const { cluster } = this.laboratory;
    if (!cluster.isRunning(to)) return; // nobody will hear it
    // What a message says follows from what its sender is, and what it showed before.
    const sender = replicaDigest(cluster, this.#place, from);
    this.#direction(from, to).held.push(`${label} ${this.#shown.get(from)} ${sender}`);
    this.#direction(to, from).answers++;
  }

  /** The connections of a process end with it. */
  #disconnect(node: string): void {
    const brokerId = Number(node.slice(node.lastIndexOf(' ') + 1));
    for (const { from, to } of this.#routes()) {
      if (from === brokerId || to === brokerId) this.#direction(from, to).held = [];
    }
  }

  #deliver(from: number, to: number): void {
    const { network } = this.laboratory.cluster;
    const direction = this.#direction(from, to);
    direction.arrived = direction.held.join();
    direction.answers = 0;
    direction.held = [];
    network.setLink({ from, to, plane }, { cut: false });
    this.#settle();
    network.setLink({ from, to, plane }, { cut: true });
  }

  #wait(): void {
    const { laboratory } = this;
    const { clock } = laboratory.cluster;
    const untilMs = laboratory.nowMs + waitMs;
    while (clock.step(untilMs)) this.invariants.check();
    clock.advanceTo(untilMs);
    for (const brokerId of laboratory.running) {
      const replica = laboratory.cluster.replica(brokerId, topic, 0);
      if (replica !== undefined) this.#checkpointed.set(brokerId, replica.log.highWatermark);
    }
  }

  #settle(): void {
    const { clock } = this.laboratory.cluster;
    while (clock.step(this.laboratory.nowMs)) this.invariants.check();
    this.invariants.check();
  }

  #produce(brokerId: number, value: string): void {
    const batch = buildBatch([{ value: new TextEncoder().encode(value), timestampMs: 0 }]);
    const partitionData = [{ index: 0, records: [batch] }];
    const topicData = [{ name: topic, topicId: ZERO_UUID, partitionData }];
    const request = { transactionalId: null, acks: 1, timeoutMs: waitMs, topicData };
    this.laboratory.send(brokerId, 'Produce', request, () => undefined, produceVersion);
  }

  /** Makes broker 2 the preferred leader; broker 1 leads on. */
  #prefer(): void {
    const others = this.laboratory.cluster.brokerIds.filter((brokerId) => brokerId !== preferred);
    const partitions = [{ partitionIndex: 0, replicas: [preferred, ...others] }];
    const topics = [{ name: topic, partitions }];
    this.#ask('AlterPartitionReassignments', {
      timeoutMs: 1000,
      allowReplicationFactorChange: true,
      topics,
    });
  }

  #mayElect(): boolean {
    const image = this.laboratory.cluster.metadata.topicsByName.get(topic)!.partitions[0]!;
    return image.leader !== preferred && image.isr.includes(preferred);
  }

  #elect(): void {
    const topicPartitions = [{ topic, partitions: [0] }];
    this.#ask('ElectLeaders', { electionType: 0, topicPartitions, timeoutMs: 1000 });
  }

  #ask<Name extends 'ElectLeaders' | 'AlterPartitionReassignments'>(
    api: Name,
    request: RequestOf<Name>,
  ): void {
    const { laboratory } = this;
    laboratory.send(laboratory.running[0]!, api, request, () => undefined);
    this.#settle();
  }
}

const keyOf = (from: number, to: number): string => `${from} ${to}`;
