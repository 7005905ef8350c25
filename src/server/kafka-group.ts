import type { GroupState } from '../coordinator/group.ts';
import { checkNames } from './check-names.ts';
import { ClusterError } from './cluster-error.ts';
import type { ClusterLife } from './cluster-life.ts';
import { coordinatorOf, findGroup, groupIdsOf } from './find-group.ts';
import {
  type GroupMember,
  type GroupOffset,
  type GroupStatus,
  groupStatus,
  type TopicPartition,
} from './group-status.ts';
import { CommitWait, type GroupWait, LagWait, StableWait } from './group-wait.ts';
import type { KafkaBroker } from './kafka-broker.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { type UntilOptions, until } from './until.ts';

/** How far a group has come in one partition. Offsets are bigint as everywhere in the fixture. */
export interface KafkaGroupOffset extends TopicPartition, Pick<GroupOffset, 'lag' | 'memberId'> {
  /** The next record to be read; null: never committed, or not any more. */
  readonly committedOffset: bigint | null;
  /** Those of the leader; null while there is none, or while it does not know them yet. */
  readonly logStartOffset: bigint | null;
  readonly highWatermark: bigint | null;
}

export interface GroupStableOptions extends UntilOptions {
  /** How many members it is to have; default: any number but none. */
  readonly members?: number;
}

export interface GroupLagOptions extends UntilOptions {
  /** Count this topic alone; default: all that the group reads. */
  readonly topic?: string;
}

export interface GroupCommitOptions extends UntilOptions {
  /** Only this one; default: every partition of the topic. */
  readonly partition?: number;
  /**
   * What is to be committed, or more: the offset of the last record that is done with, plus 1. It
   * needs a partition. Default: all that is in the topic when the wait begins.
   */
  readonly committedOffset?: bigint | number;
}

const toBigInt = (offset: number | null): bigint | null =>
  offset === null ? null : BigInt(offset);

/**
 * One group, classic or of KIP-848, by its id, whether it exists yet or not. Every property is read
 * anew at each access from the broker that coordinates it, as far as clients may see it. Reading
 * throws `ClusterError` E_UNKNOWN_GROUP where there is no such group, and E_NOT_RUNNING while
 * nobody coordinates it.
 */
export class KafkaGroup {
  readonly groupId: string;
  readonly #cluster: KafkaCluster;
  readonly #life: () => ClusterLife;

  /** @internal */
  constructor(owner: { cluster: KafkaCluster; life: () => ClusterLife }, groupId: string) {
    this.#cluster = owner.cluster;
    this.#life = owner.life;
    this.groupId = groupId;
  }

  /** Whether its coordinator has it; false, too, while there is none to ask. */
  get exists(): boolean {
    return groupIdsOf(this.#life().cluster).includes(this.groupId);
  }

  /** 'classic', or 'consumer' as of KIP-848. */
  get type(): 'classic' | 'consumer' {
    return this.#found().group.type;
  }

  /** 'consumer', 'connect' and so on; '' for a group that never had a member. */
  get protocolType(): string {
    return this.#found().group.protocolType;
  }

  /** As Kafka's own tools print it. */
  get state(): GroupState {
    return this.#found().group.stateName;
  }

  /** What members have agreed on, or what the coordinator assigns with; null before that. */
  get partitionAssignor(): string | null {
    return this.status().partitionAssignor;
  }

  /** Grows with each rebalance: generation of a classic group, group epoch of a consumer group. */
  get epoch(): number {
    return this.status().epoch;
  }

  /** The broker that coordinates it, or would if it existed; null while there is none. */
  get coordinator(): KafkaBroker | null {
    const id = coordinatorOf(this.#life().cluster, this.groupId);
    return id === undefined ? null : this.#cluster.broker(id);
  }

  get members(): readonly GroupMember[] {
    return this.status().members;
  }

  /** Partitions that are committed or assigned, and all those of topics that are subscribed to. */
  get offsets(): readonly KafkaGroupOffset[] {
    return this.status().offsets.map((offset) => ({
      ...offset,
      committedOffset: toBigInt(offset.committedOffset),
      logStartOffset: toBigInt(offset.logStartOffset),
      highWatermark: toBigInt(offset.highWatermark),
    }));
  }

  /**
   * How many records there are from the committed offsets up to the high watermarks, in all its
   * partitions together. In a partition without a commit every record counts. Throws E_NOT_RUNNING
   * while a partition has no leader to ask.
   */
  get lag(): number {
    const { lag, offsets } = this.status();
    if (lag !== null) return lag;
    const { topic, partition } = offsets.find((offset) => offset.lag === null)!;
    const text = `partition ${partition} of '${topic}' has no leader that knows its end`;
    throw new ClusterError('E_NOT_RUNNING', text);
  }

  /** All of it as plain data. */
  status(): GroupStatus {
    return groupStatus(this.#life().cluster, this.groupId);
  }

  /**
   * Resolves when the group is Stable, with so many members. Like all waits it takes a group that
   * does not exist yet, outlives its coordinator, and never polls; rejects with `ClusterError`
   * E_TIMEOUT, whose text says how the group stands and what happened instead.
   */
  async waitUntilStable(options: GroupStableOptions = {}): Promise<void> {
    checkNames('waitUntilStable', options, ['members', 'withinMs', 'signal']);
    checkWhole('members', options.members, 1);
    const { cluster } = this.#life();
    await this.#wait(new StableWait(cluster, this.groupId, options.members), options);
  }

  /**
   * Resolves when at most `lag` records are left to read and commit. A group without any partition
   * has not begun yet. A partition without a commit counts from its first record on.
   */
  async waitForLag(lag: number, options: GroupLagOptions = {}): Promise<void> {
    checkNames('waitForLag', options, ['topic', 'withinMs', 'signal']);
    checkWhole('lag', lag, 0);
    const { cluster } = this.#life();
    await this.#wait(new LagWait(cluster, this.groupId, lag, options.topic), options);
  }

  /** Resolves when the group has committed what is in the topic now, or so far in one partition. */
  async waitForCommit(topic: string, options: GroupCommitOptions = {}): Promise<void> {
    const names = ['partition', 'committedOffset', 'withinMs', 'signal'];
    checkNames('waitForCommit', options, names);
    const { partition, committedOffset } = options;
    checkWhole('partition', partition, 0);
    checkWhole('committedOffset', committedOffset, 0);
    if (committedOffset !== undefined && partition === undefined) {
      throw new ClusterError('E_BAD_OPTION', 'committedOffset needs a partition');
    }
    const { cluster } = this.#life();
    const goal = {
      topic,
      partition,
      committedOffset: committedOffset === undefined ? undefined : Number(committedOffset),
    };
    await this.#wait(new CommitWait(cluster, this.groupId, goal), options);
  }

  async #wait(wait: GroupWait, { withinMs, signal }: UntilOptions): Promise<void> {
    const life = this.#life();
    await until(life.cluster.trace, () => wait.holds(), {
      ...(withinMs === undefined ? {} : { withinMs }),
      signal: life.endOr(signal),
      goal: wait.goal,
      subject: wait,
    });
  }

  #found() {
    return findGroup(this.#life().cluster, this.groupId);
  }
}

function checkWhole(name: string, value: bigint | number | undefined, least: number): void {
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value);
  if (value === undefined || (isWhole && value >= least)) return;
  const text = `${name} must be a whole number from ${least} on, not ${String(value)}`;
  throw new ClusterError('E_BAD_OPTION', text);
}
