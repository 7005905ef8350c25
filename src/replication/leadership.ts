import type { PartitionLog } from '../log/partition-log.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import { committed, type IsrState, maximalIsr, proposedIsr } from './isr.ts';
import type { PartitionAssignment, PartitionIdentity } from './partition-assignment.ts';
import type { IsrSettings, PartitionHost } from './partition-host.ts';
import { type FollowerPosition, ReplicaProgress } from './replica-progress.ts';
import type { ReplicaEvent } from './replication-event.ts';

/** The partition that is led. */
export interface LedPartition {
  readonly identity: PartitionIdentity;
  readonly log: PartitionLog;
  readonly host: PartitionHost;
  /** To be called when whoever waits on it should look again. */
  changed(change: 'high-watermark'): void;
}

/** The controller has gone on already: what it did is on its way here. */
const toldByImage: ReadonlySet<number> = new Set([
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.UNKNOWN_TOPIC_ID,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.INVALID_UPDATE_VERSION,
  ErrorCode.INVALID_REQUEST,
  ErrorCode.NEW_LEADER_ELECTED,
]);

const noFollowers: readonly ReplicaProgress[] = [];

/**
 * What a broker knows for as long as it leads a partition in one leader epoch: who is in sync, how
 * far each follower has got, and so how far the high watermark may go.
 */
export class Leadership {
  readonly leaderEpoch: number;
  /** Where this leader epoch starts in the log. */
  readonly epochStartOffset: number;
  readonly #partition: LedPartition;
  #followers: readonly ReplicaProgress[] = noFollowers;
  #partitionEpoch: number;
  #replicas: readonly number[];
  #isr: IsrState;
  /** The pending change is on its way to the controller, or what became of it on its way here. */
  #awaitsNews = false;
  #ended = false;

  constructor(partition: LedPartition, assignment: PartitionAssignment) {
    const { log } = partition;
    this.#partition = partition;
    this.leaderEpoch = assignment.leaderEpoch;
    this.#partitionEpoch = assignment.partitionEpoch;
    this.#replicas = assignment.replicas;
    this.#isr = committed(assignment.isr);
    this.epochStartOffset = log.logEndOffset;
    log.startEpoch(assignment.leaderEpoch);
    this.#trackFollowers();
    this.maybeAdvanceHighWatermark();
  }

  /** Another leader epoch has begun: what is still on its way here is not for this one. */
  end(): void {
    this.#ended = true;
  }

  get partitionEpoch(): number {
    return this.#partitionEpoch;
  }

  /** The in-sync replicas that the controller has committed. */
  get isr(): readonly number[] {
    return this.#isr.isr;
  }

  /** The in-sync replicas of before and after the change that is under way. */
  get maximalIsr(): readonly number[] {
    return maximalIsr(this.#isr);
  }

  get hasPendingChange(): boolean {
    return this.#isr.name !== 'Committed';
  }

  get replicas(): readonly number[] {
    return this.#replicas;
  }

  /** `min.insync.replicas`, but never more than there are replicas. */
  get effectiveMinInSyncReplicas(): number {
    return Math.min(this.#settings.minInSyncReplicas, this.#replicas.length);
  }

  get isUnderMinIsr(): boolean {
    return this.isr.length < this.effectiveMinInSyncReplicas;
  }

  /** What a write that has reached the high watermark is answered (kafka-semantics 2.14). */
  get hasEnoughReplicas(): boolean {
    return maximalIsr(this.#isr).length >= this.effectiveMinInSyncReplicas;
  }

  /**
   * The least log start over all replicas, as far as they have said: DeleteRecords waits for it.
   */
  lowWatermark(): number {
    const { log, host } = this.#partition;
    let lowest = log.logStartOffset;
    for (const { brokerId, logStartOffset } of this.#followers) {
      if (host.isEligible(brokerId, -1)) lowest = Math.min(lowest, logStartOffset);
    }
    return lowest;
  }

  /** The followers in the ISR, as they have described themselves. */
  inSyncFollowers(): {
    brokerId: number;
    logStartOffset: number;
    logEndOffset: number;
    lastCaughtUpMs: number;
  }[] {
    return this.isr.flatMap((brokerId) => {
      const progress = this.#follower(brokerId);
      if (progress === undefined) return [];
      const { logStartOffset, logEndOffset, lastCaughtUpMs } = progress;
      return [{ brokerId, logStartOffset, logEndOffset, lastCaughtUpMs }];
    });
  }

  /** The controller has changed this partition within the same leader epoch. */
  update(assignment: PartitionAssignment): void {
    if (assignment.partitionEpoch <= this.#partitionEpoch) return;
    this.#partitionEpoch = assignment.partitionEpoch;
    this.#replicas = assignment.replicas;
    this.#isr = committed(assignment.isr);
    this.#trackFollowers();
    const { partitionEpoch } = assignment;
    this.#emit({ type: 'isr-changed', isr: assignment.isr, partitionEpoch });
    this.maybeAdvanceHighWatermark();
  }

  /**
   * To be called before each append, while the log still ends where the followers were caught up.
   */
  aboutToAppend(): void {
    const { logEndOffset } = this.#partition.log;
    for (const progress of this.#followers) progress.leaderAppends(logEndOffset);
  }

  /**
   * Follower `brokerId` holds everything below its fetch offset from its log start on. Says whether
   * it is a follower at all, and whether its log start is news.
   */
  followerFetched(
    brokerId: number,
    position: FollowerPosition,
  ): { isFollower: boolean; logStartMoved: boolean } {
    const progress = this.#follower(brokerId);
    if (progress === undefined) return { isFollower: false, logStartMoved: false };
    const logStartMoved = progress.logStartOffset !== position.logStartOffset;
    const { log, host } = this.#partition;
    progress.fetched(position, log.logEndOffset, host.now());
    this.#maybeExpandIsr(progress);
    this.maybeAdvanceHighWatermark();
    return { isFollower: true, logStartMoved };
  }

  /** Follower `brokerId` fetches. Its session knows its position, so it need not say it anew. */
  followerLives(brokerId: number): void {
    const progress = this.#follower(brokerId);
    if (progress !== undefined) this.#maybeExpandIsr(progress);
  }

  /**
   * To be called when brokers come or go, and now and then. A change whose fate is unknown is asked
   * for again; so is every follower that fetches and is in step but not in the ISR, for it may be
   * eligible by now; and the high watermark waits no more for one that no longer is.
   */
  reconsiderIsr(): void {
    if (this.#isr.name !== 'Committed' && !this.#awaitsNews) this.#ask(this.#isr);
    const sinceMs = this.#partition.host.now() - this.#settings.replicaLagTimeMaxMs;
    for (const progress of this.#followers) {
      if (progress.hasFetchedSince(sinceMs)) this.#maybeExpandIsr(progress);
    }
    this.maybeAdvanceHighWatermark();
  }

  /**
   * Drops the followers that have lagged for longer than `replica.lag.time.max.ms`. Shrinking is
   * the safe half of an ISR change; expanding is the dangerous one.
   */
  shrinkIsr(): void {
    if (this.#isr.name !== 'Committed') return;
    const { log, host } = this.#partition;
    const { replicaLagTimeMaxMs } = this.#settings;
    const nowMs = host.now();
    const removed = this.isr.filter((brokerId) => {
      const progress = this.#follower(brokerId);
      return progress?.isCaughtUp(log.logEndOffset, nowMs, replicaLagTimeMaxMs) === false;
    });
    if (removed.length > 0) this.#propose({ name: 'PendingShrink', isr: this.isr, removed });
  }

  /**
   * Moves the high watermark to the least log end over the maximal ISR and those who are about to
   * join it; never below what it was. Not at all while the ISR is below its minimum (KAFKA-15583):
   * what so few replicas hold must not be shown, or it could be unseen again.
   */
  maybeAdvanceHighWatermark(): void {
    if (this.isUnderMinIsr && this.#settings.strictMinIsr) return;
    const { log } = this.#partition;
    const waitedFor = maximalIsr(this.#isr);
    let target = log.logEndOffset;
    for (const progress of this.#followers) {
      if (progress.logEndOffset >= target) continue;
      if (waitedFor.includes(progress.brokerId) || this.#isAboutToJoin(progress)) {
        target = progress.logEndOffset;
      }
    }
    const from = log.highWatermark;
    if (target <= from) return;
    log.advanceHighWatermark(target);
    this.#emit({ type: 'high-watermark-advanced', from, to: target });
    this.#partition.changed('high-watermark');
  }

  get #settings(): IsrSettings {
    const { host, identity } = this.#partition;
    return host.isrSettings(identity.topic);
  }

  #emit(event: ReplicaEvent): void {
    const { host, identity } = this.#partition;
    host.emit(identity, event);
  }

  #follower(brokerId: number): ReplicaProgress | undefined {
    return this.#followers.find((progress) => progress.brokerId === brokerId);
  }

  /** What is known of those who stay followers is kept. */
  #trackFollowers(): void {
    const { host } = this.#partition;
    const followers = this.#replicas.filter((brokerId) => brokerId !== host.brokerId);
    if (followers.length === 0 && this.#followers.length === 0) return;
    this.#followers = followers.map((brokerId) => {
      // Members of the ISR get the full lag time to report; the others have none to lose.
      const caughtUpAtMs = this.isr.includes(brokerId) ? host.now() : undefined;
      return (
        this.#follower(brokerId) ??
        new ReplicaProgress(brokerId, host.contactOf(brokerId), caughtUpAtMs)
      );
    });
  }

  #isAboutToJoin(progress: ReplicaProgress): boolean {
    const { log, host } = this.#partition;
    const { replicaLagTimeMaxMs } = this.#settings;
    return (
      progress.isHeardOf &&
      progress.isCaughtUp(log.logEndOffset, host.now(), replicaLagTimeMaxMs) &&
      host.isEligible(progress.brokerId, progress.brokerEpoch)
    );
  }

  /** In sync means: has all that is committed, and something of this very leader epoch. */
  #maybeExpandIsr(progress: ReplicaProgress): void {
    const { brokerId } = progress;
    if (this.#isr.name !== 'Committed' || this.isr.includes(brokerId)) return;
    const { log, host } = this.#partition;
    const inSync =
      progress.isHeardOf &&
      progress.logEndOffset >= log.highWatermark &&
      progress.logEndOffset >= this.epochStartOffset;
    if (!inSync || !host.isEligible(brokerId, progress.brokerEpoch)) return;
    this.#propose({ name: 'PendingExpand', isr: this.isr, added: brokerId });
  }

  #propose(pending: IsrState): void {
    this.#isr = pending;
    this.#emit({ type: 'isr-change-proposed', isr: proposedIsr(pending) });
    this.#ask(pending);
  }

  /**
   * Only a refusal for an ineligible member says for sure that nothing has been changed. After any
   * other the change stays pending, and the maximal ISR with it, until the image tells or, where no
   * news can be expected, it is asked for again (Kafka's handleAlterPartitionError).
   */
  #ask(pending: IsrState): void {
    const { host, identity } = this.#partition;
    const { leaderEpoch, partitionEpoch } = this;
    this.#awaitsNews = true;
    const isr = proposedIsr(pending).map((brokerId) => {
      const brokerEpoch = this.#follower(brokerId)?.brokerEpoch ?? -1;
      return { brokerId, brokerEpoch };
    });
    const change = { isr, leaderEpoch, partitionEpoch };
    host.requestIsrChange(identity, change, ({ errorCode, assignment }) => {
      if (this.#isr !== pending || this.#ended) return; // the image has overtaken the reply
      if (errorCode === ErrorCode.NONE) {
        // With another leader epoch comes another leadership, made by the image.
        if (assignment?.leaderEpoch === leaderEpoch) this.update(assignment);
        return;
      }
      this.#emit({ type: 'isr-change-refused', errorCode });
      if (errorCode === ErrorCode.INELIGIBLE_REPLICA) {
        this.#isr = committed(pending.isr);
        this.maybeAdvanceHighWatermark();
      }
      this.#awaitsNews = toldByImage.has(errorCode);
    });
  }
}
