import type { Cluster } from '../cluster/cluster.ts';
import type { PartitionImage } from '../controller/cluster-metadata.ts';
import type { BatchIdentity } from './batches.ts';
import { batchesOf, describeBatch } from './batches.ts';
import { CommittedHistory } from './committed-history.ts';
import { checkImage } from './image-invariants.ts';
import { mustHold } from './invariant-broken.ts';
import { MatchedPrefix } from './matched-prefix.ts';
import { type ReplicaView, replicaViews } from './replica-views.ts';
import { StaleReplicas } from './stale-replicas.ts';

export interface PartitionRules {
  /** `min.insync.replicas`, at most the number of replicas. */
  readonly minInSyncReplicas: number;
  readonly uncleanElections: boolean;
  readonly elr: boolean;
  readonly strictMinIsr: boolean;
}

interface PartitionPlace {
  readonly cluster: Cluster;
  readonly topicId: string;
  readonly index: number;
  readonly name: string;
  readonly rules: () => PartitionRules;
}

/**
 * What must hold of one partition after every event: I-01 to I-18 of docs/SIMULATION.md. It sees
 * all disks and all processes at once, which nobody in the cluster can.
 */
export class PartitionInvariants {
  readonly history = new CommittedHistory();
  readonly #place: PartitionPlace;
  readonly #prefix = new MatchedPrefix(this.history);
  /** The high watermark of each leadership when it was last seen. */
  readonly #highWatermarks = new Map<string, number>();
  /** Replicas whose disk has lost something, and that have not been in sync since. */
  readonly #lossy = new Set<number>();
  /** Replicas whose process ended uncleanly and that have not been in sync since (KIP-966). */
  readonly #unclean = new Set<number>();
  readonly #stale = new StaleReplicas();
  #image: PartitionImage | undefined;
  /** Losses that Kafka would have had as well: unclean elections, too many power cuts at once. */
  losses = 0;
  /** One of them took something that was committed; others only might have. */
  lostCommitted = false;

  constructor(place: PartitionPlace) {
    this.#place = place;
  }

  truncated(brokerId: number, logEndOffset: number): void {
    const { cluster, topicId, index } = this.#place;
    const partition = cluster.broker(brokerId)?.replicas.partition(topicId, index);
    this.#stale.ends(brokerId, logEndOffset, partition);
    this.#prefix.truncated(brokerId, logEndOffset);
  }

  /** A process that had a replica ended without a word. */
  endedUncleanly(brokerId: number): void {
    this.#unclean.add(brokerId);
  }

  /** A disk has lost something, or everything: until it is in sync again it has nothing to show. */
  diskLost(brokerId: number): void {
    const log = this.#place.cluster.log(brokerId, this.#place.topicId, this.#place.index);
    this.truncated(brokerId, log?.logEndOffset ?? 0);
    this.#lossy.add(brokerId);
  }

  check(image: PartitionImage): void {
    const { cluster, topicId, index, name } = this.#place;
    const rules = this.#place.rules();
    const all = replicaViews(cluster, topicId, index);
    checkImage(name, image, rules);
    for (const view of all) this.#checkLog(view);
    this.#noteRecovery(image, all);
    // Who leads now says what is true, whatever it was before.
    const leader = all.find(({ leadership }) => leadership?.leaderEpoch === image.leaderEpoch);
    if (leader !== undefined) for (const brokerId of image.isr) this.#stale.delete(brokerId);
    for (const { brokerId, log, partition } of all) {
      this.#stale.ends(brokerId, log.logEndOffset, partition);
    }
    const views = all.filter(({ brokerId }) => !this.#stale.has(brokerId));
    for (const view of views) if (view.leadership !== undefined) this.#expose(view, image, all);
    this.#recover(image, views);
    this.#checkFollowers(views);
    for (const view of views)
      if (view.leadership !== undefined) this.#checkLeader(view, image, views);
    this.#checkLeaderCompleteness(image, views, all);
    this.#checkCandidates(image, views);
    this.#checkIsrGrowth(image, views);
    this.#checkDurability(image, all);
    this.#image = image;
  }

  /** A client was told that its batch is committed (acks=all). */
  acknowledged(batch: { readonly baseOffset: number; readonly crc: number }): void {
    const { name } = this.#place;
    const known = this.history.at(batch.baseOffset);
    const isCommitted = known?.crc === batch.crc;
    // Whoever leads on without knowing that it is to be cut back says what is void already.
    if (!isCommitted && this.#isStale(batch)) this.history.addLost(batch);
    mustHold('I-12', isCommitted || this.isVoid || this.history.hasLost(batch), () => {
      const there = known === undefined ? 'nothing' : describeBatch(known);
      return `${name}: offset ${batch.baseOffset} was acknowledged with ${there} committed there`;
    });
  }

  /** A consumer was given a batch. */
  served(batch: BatchIdentity): void {
    const { name } = this.#place;
    if (this.isVoid || this.history.hasLost(batch) || this.#isStale(batch)) return;
    const known = this.history.at(batch.baseOffset);
    mustHold('I-13', known !== undefined && this.history.agreesWith(batch), () => {
      return `${name}: a consumer was given ${describeBatch(batch)}, which is not committed`;
    });
  }

  /** Some replica has it that is to be cut back. */
  #isStale(wanted: { readonly baseOffset: number; readonly crc: number }): boolean {
    const { cluster, topicId, index } = this.#place;
    for (const brokerId of this.#stale.brokerIds) {
      const log = cluster.log(brokerId, topicId, index);
      if (log === undefined) continue;
      const [found] = batchesOf(log, wanted.baseOffset, wanted.baseOffset + 1);
      if (found?.baseOffset === wanted.baseOffset && found.crc === wanted.crc) return true;
    }
    return false;
  }

  #checkLog({ brokerId, log }: ReplicaView): void {
    const { logStartOffset, highWatermark, logEndOffset } = log;
    const inOrder =
      0 <= logStartOffset && logStartOffset <= highWatermark && highWatermark <= logEndOffset;
    mustHold('I-01', inOrder, () => {
      const offsets = `${logStartOffset} ≤ ${highWatermark} ≤ ${logEndOffset}`;
      return `${this.#place.name} on ${brokerId}: log start ≤ high watermark ≤ end is ${offsets}`;
    });
  }

  /** What a leader shows is committed from now on, unless something else was before it. */
  #expose(view: ReplicaView, image: PartitionImage, all: readonly ReplicaView[]): void {
    const { brokerId, log, leadership } = view;
    const { name } = this.#place;
    const key = `${brokerId} in epoch ${leadership!.leaderEpoch}`;
    const before = this.#highWatermarks.get(key) ?? 0;
    const { highWatermark } = log;
    mustHold('I-14', highWatermark >= before, () => {
      return `${name}: the high watermark of leader ${key} fell from ${before} to ${highWatermark}`;
    });
    this.#highWatermarks.set(key, highWatermark);
    const from = Math.max(this.#prefix.of(brokerId, log), log.logStartOffset);
    if (highWatermark <= from) return;
    for (const batch of batchesOf(log, from, highWatermark)) {
      if (!this.history.agreesWith(batch) && this.#mayLose(image)) {
        this.#lose(image, batch.baseOffset, brokerId, all);
      }
      mustHold('I-06', this.history.agreesWith(batch), () => {
        const there = describeBatch(this.history.at(batch.baseOffset)!);
        return `${name}: leader ${key} shows ${describeBatch(batch)}, committed was ${there}`;
      });
      this.history.add(batch);
    }
  }

  /** Somebody leads who may not have everything: what others have beyond that is void. */
  #noteRecovery(image: PartitionImage, views: readonly ReplicaView[]): void {
    const isNew = image.leader >= 0 && image.leaderEpoch !== this.#image?.leaderEpoch;
    if (!isNew || image.leaderRecoveryState === 'Recovered' || !this.#mayLose(image)) return;
    const leader = views.find(({ brokerId }) => brokerId === image.leader);
    if (leader === undefined) return;
    const kept = this.#prefix.of(leader.brokerId, leader.log);
    this.#lose(image, kept, leader.brokerId, views);
  }

  /** Who is in sync and has all that is committed, has lost nothing. */
  #recover(image: PartitionImage, views: readonly ReplicaView[]): void {
    for (const { brokerId, log, partition } of views) {
      if (this.#prefix.of(brokerId, log) < this.history.end) continue;
      if (partition === undefined || !image.isr.includes(brokerId)) continue;
      this.#lossy.delete(brokerId);
      this.#unclean.delete(brokerId);
    }
  }

  #checkFollowers(views: readonly ReplicaView[]): void {
    const { name } = this.#place;
    for (const { brokerId, log, partition, leadership } of views) {
      const matched = this.#prefix.of(brokerId, log);
      const mayDiffer = this.#lossy.has(brokerId) || this.isVoid;
      // Of before a loss is the high watermark, too, that a process finds on its disk.
      const agreed = Math.min(log.highWatermark, this.losses > 0 ? this.history.end : Infinity);
      mustHold('I-06', matched >= agreed || mayDiffer, () => {
        const facts = `agrees up to ${matched}, has its high watermark at ${log.highWatermark}`;
        return `${name}: the log of ${brokerId} differs from what is committed: it ${facts}`;
      });
      if (partition === undefined) continue;
      const leaders = this.#place.cluster.broker(brokerId)!.replicas.leadersFollowed(partition);
      const role = partition.role;
      const expected = role.name === 'Follower' ? role.leader : undefined;
      const fits = leaders.length <= 1 && leaders.every((leader) => leader === expected);
      mustHold('I-15', fits && (leadership === undefined || leaders.length === 0), () => {
        return `${name}: ${brokerId} is ${role.name} and fetches from ${leaders.join(', ')}`;
      });
    }
  }

  /** The own view of everybody who believes to lead. */
  #checkLeader(leader: ReplicaView, image: PartitionImage, views: readonly ReplicaView[]): void {
    const { name } = this.#place;
    if (this.isVoid) return;
    const leadership = leader.leadership!;
    const { highWatermark } = leader.log;
    const shown = Math.min(highWatermark, this.history.end);
    const isStale = leadership.leaderEpoch !== image.leaderEpoch;
    for (const { brokerId, log } of views) {
      if (this.#lossy.has(brokerId)) continue;
      const matched = this.#prefix.of(brokerId, log);
      const facts = () =>
        `${leader.brokerId} shows ${shown}, ${brokerId} has only ${matched} of it`;
      // Of a reassignment an old leader may not have heard: who comes anew begins with nothing.
      const isSettled =
        image.replicas.includes(brokerId) && !image.addingReplicas.includes(brokerId);
      if (leadership.isr.includes(brokerId) && (isSettled || !isStale)) {
        mustHold('I-02', matched >= shown, () => `${name}: in sync, and leader ${facts()}`);
      }
      if (leadership.hasPendingChange && !isStale && image.isr.includes(brokerId)) {
        mustHold('I-05', log.logEndOffset >= highWatermark, () => `${name}: leader ${facts()}`);
      }
    }
    if (!isStale && leadership.partitionEpoch === image.partitionEpoch) {
      this.#checkOwnIsr(leader, image);
    }
  }

  /** A leader that has heard all counts with no fewer replicas than the controller does. */
  #checkOwnIsr({ brokerId, leadership }: ReplicaView, image: PartitionImage): void {
    const { maximalIsr, hasPendingChange } = leadership!;
    const isEqual = maximalIsr.length === image.isr.length;
    const isSuperset = image.isr.every((member) => maximalIsr.includes(member));
    mustHold('I-09', isSuperset && (isEqual || hasPendingChange), () => {
      const facts = `counts with [${maximalIsr}], the controller with [${image.isr}]`;
      return `${this.#place.name}: leader ${brokerId} ${facts}`;
    });
  }

  /** A leader has just moved its high watermark. */
  highWatermarkAdvanced(brokerId: number, to: number): void {
    const { cluster, topicId, index, name } = this.#place;
    const rules = this.#place.rules();
    const leadership = cluster.broker(brokerId)?.replicas.partition(topicId, index)?.leadership;
    if (leadership === undefined || !rules.strictMinIsr) return;
    const minimum = Math.min(rules.minInSyncReplicas, leadership.replicas.length);
    mustHold('I-18', leadership.isr.length >= minimum, () => {
      const facts = `with [${leadership.isr}] in sync of at least ${minimum}`;
      return `${name}: leader ${brokerId} moved its high watermark to ${to} ${facts}`;
    });
  }

  /** The leader that the controller has named, once it acts on it, has everything. */
  #checkLeaderCompleteness(
    image: PartitionImage,
    views: readonly ReplicaView[],
    all: readonly ReplicaView[],
  ): void {
    const leader = views.find(({ brokerId }) => brokerId === image.leader);
    if (leader?.leadership?.leaderEpoch !== image.leaderEpoch) return;
    const matched = this.#prefix.of(leader.brokerId, leader.log);
    if (matched >= this.history.end) return;
    mustHold('I-07', this.#mayLose(image), () => {
      const facts = `in epoch ${image.leaderEpoch} has ${matched} of ${this.history.end} committed`;
      return `${this.#place.name}: the leader ${leader.brokerId} ${facts} offsets`;
    });
    this.#lose(image, matched, leader.brokerId, all);
  }

  #checkCandidates(image: PartitionImage, views: readonly ReplicaView[]): void {
    if (this.#place.rules().uncleanElections) return;
    for (const { brokerId, log, partition } of views) {
      const inSync = image.isr.includes(brokerId);
      if (!inSync && !(partition !== undefined && image.elr.includes(brokerId))) continue;
      if (this.#lossy.has(brokerId)) continue;
      const matched = this.#prefix.of(brokerId, log);
      mustHold(inSync ? 'I-03' : 'I-08', matched >= this.history.end, () => {
        const facts = `has ${matched} of ${this.history.end} committed offsets`;
        const may = inSync ? 'in the ISR' : 'an eligible leader';
        return `${this.#place.name}: ${brokerId} is ${may} and ${facts}`;
      });
    }
  }

  /** Who joins has all that is committed, and something of this very leader epoch. */
  #checkIsrGrowth(image: PartitionImage, views: readonly ReplicaView[]): void {
    const before = this.#image;
    if (before === undefined || before.leaderEpoch !== image.leaderEpoch) return;
    const leader = views.find(({ brokerId }) => brokerId === image.leader);
    const start = leader?.leadership?.epochStartOffset ?? 0;
    for (const { brokerId, log } of views) {
      if (!image.isr.includes(brokerId) || before.isr.includes(brokerId)) continue;
      if (this.#lossy.has(brokerId)) continue;
      mustHold('I-17', log.logEndOffset >= start, () => {
        const facts = `ends at ${log.logEndOffset}, before the epoch's start ${start}`;
        return `${this.#place.name}: ${brokerId} joined the ISR with a log that ${facts}`;
      });
    }
  }

  #checkDurability(image: PartitionImage, views: readonly ReplicaView[]): void {
    if (this.history.end === 0) return;
    const most = Math.max(0, ...views.map(({ brokerId, log }) => this.#prefix.of(brokerId, log)));
    const kept = most >= this.history.end || this.#mayLose(image);
    mustHold('I-12', kept, () => {
      const facts = `of ${this.history.end} committed offsets no disk has more than ${most}`;
      return `${this.#place.name}: ${facts}`;
    });
  }

  /** All that the verdict upon what comes depends on, as one text. */
  digest(): string {
    const sets = [this.#lossy, this.#unclean, this.#stale.brokerIds].map((ids) =>
      [...ids].sort().join(),
    );
    return [this.history.digest(), this.losses > 0, ...sets].join(' ');
  }

  /**
   * What lies at or above `offset` is lost, as it would be in Kafka: `keeper` says what is left,
   * and whoever has more is to be cut back.
   */
  #lose(
    { leaderEpoch }: PartitionImage,
    offset: number,
    keeper: number,
    all: readonly ReplicaView[],
  ): void {
    this.losses++;
    this.lostCommitted ||= offset < this.history.end;
    this.history.forgetFrom(offset);
    this.#prefix.historyCut(offset);
    for (const view of all) {
      if (view.brokerId !== keeper) this.#stale.add(view, { offset, leaderEpoch });
    }
  }

  /** An unclean election has lost something: what replicas have in common counts no more. */
  get isVoid(): boolean {
    return this.losses > 0 && this.#place.rules().uncleanElections;
  }

  #mayLose(image: PartitionImage): boolean {
    const { uncleanElections, minInSyncReplicas } = this.#place.rules();
    const minimum = Math.min(minInSyncReplicas, image.replicas.length);
    const tooMany = this.#unclean.size >= minimum && this.#lossy.size > 0;
    return uncleanElections || tooMany;
  }
}
