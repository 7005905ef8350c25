import { offsetsTopic } from '../broker/group-coordinators.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterEvent } from '../cluster/cluster-event.ts';
import { ClusterError } from './cluster-error.ts';
import { findGroup, offsetsPartitionOf } from './find-group.ts';
import {
  type GroupOffset,
  groupStatus,
  lagOf,
  partitionsOf,
  progressIn,
  type TopicPartition,
} from './group-status.ts';
import { groupText, placeText, shorten } from './group-text.ts';
import type { Subject } from './until.ts';

type Happened = Parameters<Subject['tells']>[0];

/** After these another broker may coordinate the group, or it may read other topics. */
const ofTheCluster: readonly string[] = [
  'became-leader',
  'coordinator-loaded',
  'metadata-committed',
] satisfies ClusterEvent['type'][];

const isOfBroker = (type: string): boolean => type.startsWith('broker-');

/** What is waited for with a group, wherever it is coordinated meanwhile. */
export abstract class GroupWait implements Subject {
  abstract readonly goal: string;
  protected readonly cluster: Cluster;
  protected readonly groupId: string;
  /** A high watermark that moves only adds to what is to be done, but for one that is not known. */
  protected abstract readonly needsHighWatermark: boolean;

  constructor(cluster: Cluster, groupId: string) {
    this.cluster = cluster;
    this.groupId = groupId;
  }

  /** Throws what counts as not yet where the group is not there. */
  abstract holds(): boolean;

  mayChangeBy({ about, event: { type } }: Happened): boolean {
    if (type === 'high-watermark-advanced' && this.needsHighWatermark) return true;
    const isOfGroup = about === this.groupId || about.startsWith(offsetsTopic);
    return isOfGroup || ofTheCluster.includes(type) || isOfBroker(type);
  }

  tells({ about, event }: Happened): boolean {
    if (about === this.groupId || isOfBroker(event.type)) return true;
    if (!event.type.startsWith('coordinator-')) return false;
    const { partition } = event as { readonly partition?: number };
    return partition === offsetsPartitionOf(this.cluster, this.groupId);
  }

  describe(): string {
    return [groupText(this.cluster, this.groupId), ...this.missing()].join('\n');
  }

  /** Lines for what the description of a group does not say. */
  protected missing(): string[] {
    return [];
  }
}

/** It is Stable, with so many members. */
export class StableWait extends GroupWait {
  readonly goal: string;
  protected readonly needsHighWatermark = false;
  readonly #members: number | undefined;

  constructor(cluster: Cluster, groupId: string, members: number | undefined) {
    super(cluster, groupId);
    this.#members = members;
    const wanted = members === undefined ? '' : ` with ${members} members`;
    this.goal = `group '${groupId}' is Stable${wanted}`;
  }

  holds(): boolean {
    const { cluster, groupId } = this;
    if (findGroup(cluster, groupId).group.stateName !== 'Stable') return false;
    if (this.#members === undefined) return true;
    return groupStatus(cluster, groupId).members.length === this.#members;
  }

  override tells(happened: Happened): boolean {
    return happened.event.type !== 'offset-committed' && super.tells(happened);
  }
}

/** It has caught up, in one topic or in all that it reads. */
export class LagWait extends GroupWait {
  readonly goal: string;
  readonly #lag: number;
  readonly #topic: string | undefined;
  #counted: readonly GroupOffset[] = [];

  constructor(cluster: Cluster, groupId: string, lag: number, topic: string | undefined) {
    super(cluster, groupId);
    this.#lag = lag;
    this.#topic = topic;
    const where = topic === undefined ? '' : ` in '${topic}'`;
    this.goal = `group '${groupId}' has a lag of at most ${lag}${where}`;
  }

  protected get needsHighWatermark(): boolean {
    return lagOf(this.#counted) === null;
  }

  holds(): boolean {
    const topic = this.#topic;
    this.#counted = groupStatus(this.cluster, this.groupId).offsets.filter(
      (offset) => topic === undefined || offset.topic === topic,
    );
    const lag = lagOf(this.#counted);
    // Who reads nothing yet is about to: it has not caught up.
    return this.#counted.length > 0 && lag !== null && lag <= this.#lag;
  }

  protected override missing(): string[] {
    if (this.#counted.length > 0) return [];
    return [`  it reads nothing${this.#topic === undefined ? '' : ` of '${this.#topic}'`}`];
  }
}

/** What is to be committed. */
interface CommitGoal {
  readonly topic: string;
  /** undefined: all of them. */
  readonly partition: number | undefined;
  /** undefined: all that is there when it is first known. */
  readonly committedOffset: number | undefined;
}

interface Wanted extends TopicPartition {
  readonly offset: number;
}

/** It has committed so far, or further. */
export class CommitWait extends GroupWait {
  readonly goal: string;
  readonly #wish: CommitGoal;
  #wanted: readonly Wanted[] | undefined;
  #missing: readonly Wanted[] = [];

  constructor(cluster: Cluster, groupId: string, wish: CommitGoal) {
    super(cluster, groupId);
    this.#wish = wish;
    const what = wish.committedOffset === undefined ? 'all' : `up to ${wish.committedOffset}`;
    this.goal = `group '${groupId}' has committed ${what} in ${this.#place}`;
  }

  protected get needsHighWatermark(): boolean {
    return this.#wanted === undefined;
  }

  holds(): boolean {
    this.#wanted ??= this.#allWanted();
    this.#missing = this.#wanted;
    const { shard, group } = findGroup(this.cluster, this.groupId);
    this.#missing = this.#wanted.filter(({ topic, partition, offset }) => {
      const committed = shard.offsets.fetch(group.groupId, topic, partition);
      return (committed?.offset ?? -1) < offset;
    });
    return this.#missing.length === 0;
  }

  protected override missing(): string[] {
    if (this.#wanted === undefined) return [`  ${this.#place} is not there, or has no leader`];
    const lines = this.#missing.map(
      (each) => `  not committed: ${placeText(each)} up to ${each.offset}`,
    );
    return shorten(lines, 'partitions');
  }

  get #place(): string {
    const { topic, partition } = this.#wish;
    return partition === undefined ? `'${topic}'` : placeText({ topic, partition });
  }

  #allWanted(): Wanted[] {
    const { topic, partition, committedOffset: offset } = this.#wish;
    if (partition !== undefined && offset !== undefined) return [{ topic, partition, offset }];
    const places = partitionsOf(this.cluster, topic).filter(
      (place) => partition === undefined || place.partition === partition,
    );
    if (places.length === 0) throw new ClusterError('E_UNKNOWN_PARTITION', this.#place);
    return places.flatMap((place) => {
      const { logStartOffset, highWatermark } = progressIn(this.cluster, place, undefined);
      if (highWatermark === null) throw new ClusterError('E_NOT_RUNNING', this.#place);
      return highWatermark === logStartOffset ? [] : [{ ...place, offset: highWatermark }];
    });
  }
}
