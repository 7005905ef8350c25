import type { Clock, Timer } from '../simulation/clock.ts';
import type { LogStore } from './log-store.ts';
import { becameLeader, Partition } from './partition.ts';
import type { PartitionAssignment, PartitionIdentity } from './partition-assignment.ts';
import type { IsrChange, IsrChangeReply, IsrSettings, PartitionHost } from './partition-host.ts';
import { Purgatory } from './purgatory.ts';
import { ReplicaFetcher, type ReplicaFetcherOptions } from './replica-fetcher.ts';
import type { FollowerContact } from './replica-progress.ts';
import type { ReplicaEvent } from './replication-event.ts';
import { ReplicationQuota, type ReplicationQuotaOptions } from './replication-quota.ts';
import { SleepingPartitions } from './sleeping-partitions.ts';

interface ReplicaManagerSettings {
  readonly replicaLagTimeMaxMs: number;
  readonly logRetentionCheckIntervalMs: number;
  readonly logFlushSchedulerIntervalMs: number;
  readonly logCleanerEnable: boolean;
  readonly logCleanerBackoffMs: number;
  readonly replicaHighWatermarkCheckpointIntervalMs: number;
}

interface ReplicaManagerOptions {
  readonly brokerId: number;
  readonly clock: Clock;
  readonly logs: LogStore;
  readonly settings: () => ReplicaManagerSettings;
  readonly isrSettings: (topic: string) => IsrSettings;
  readonly isEligible: (brokerId: number, brokerEpoch: number) => boolean;
  readonly requestIsrChange: (
    identity: PartitionIdentity,
    change: IsrChange,
    reply: IsrChangeReply,
  ) => void;
  readonly emit: (identity: PartitionIdentity, event: ReplicaEvent) => void;
  readonly fetcher: (leader: number) => ReplicaFetcherOptions;
  readonly quota: (side: 'leader' | 'follower') => ReplicationQuotaOptions;
}

/** All replicas that one broker hosts: gives each its role, and runs the loops that they need. */
export class ReplicaManager {
  readonly purgatory: Purgatory;
  /** What followers here and elsewhere may take of throttled replicas. */
  readonly leaderQuota: ReplicationQuota;
  readonly followerQuota: ReplicationQuota;
  readonly #options: ReplicaManagerOptions;
  readonly #host: PartitionHost;
  readonly #topics = new Map<string, Map<number, Partition>>();
  readonly #sleeping = new SleepingPartitions();
  readonly #fetchers = new Map<number, ReplicaFetcher>();
  readonly #contacts = new Map<number, FollowerContact>();
  /** Those led here of which not every replica is in sync. */
  readonly #underReplicated = new Set<Partition>();
  /** By slot; what never comes has none. */
  readonly #timers = new Map<number, Timer>();

  constructor(options: ReplicaManagerOptions) {
    this.#options = options;
    this.purgatory = new Purgatory(options.clock);
    this.leaderQuota = new ReplicationQuota(options.quota('leader'));
    this.followerQuota = new ReplicationQuota(options.quota('follower'));
    this.#host = {
      brokerId: options.brokerId,
      now: () => options.clock.now(),
      contactOf: (brokerId) => this.contactOf(brokerId),
      isEligible: options.isEligible,
      isrSettings: options.isrSettings,
      requestIsrChange: options.requestIsrChange,
      emit: options.emit,
    };
  }

  start(): void {
    const { settings } = this.#options;
    // As Kafka: twice as often as the lag allowed, so that a laggard goes after 1 to 1.5 times it.
    this.#repeat(
      0,
      () => settings().replicaLagTimeMaxMs / 2,
      () => this.#checkIsr(),
    );
    this.#repeat(
      1,
      () => settings().logRetentionCheckIntervalMs,
      () => this.applyRetention(),
    );
    const { clock, logs } = this.#options;
    this.#repeat(
      2,
      () => settings().replicaHighWatermarkCheckpointIntervalMs,
      () => logs.checkpointHighWatermarks(),
    );
    this.#repeat(
      3,
      () => settings().logFlushSchedulerIntervalMs,
      () => logs.flushOld(clock.now()),
    );
    this.#repeat(
      4,
      () => settings().logCleanerBackoffMs,
      () => this.#compact(),
    );
  }

  /** The process is gone: nothing of it may act any more. Its logs stay. */
  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    for (const fetcher of this.#fetchers.values()) fetcher.close();
    this.purgatory.close();
  }

  partition(topicId: string, index: number): Partition | undefined {
    return this.#topics.get(topicId)?.get(index) ?? this.#wake(topicId, index);
  }

  partitions(): Iterable<Partition> {
    for (const { topicId, partition } of this.#sleeping.all()) this.#wake(topicId, partition);
    return this.#awake();
  }

  /** From whom a partition is fetched: one broker, or none. */
  leadersFollowed(partition: Partition): number[] {
    const fetchers = [...this.#fetchers].filter(([, fetcher]) => fetcher.follows(partition));
    return fetchers.map(([leader]) => leader);
  }

  contactOf(brokerId: number): FollowerContact {
    let contact = this.#contacts.get(brokerId);
    if (contact === undefined) {
      contact = { lastFetchMs: Number.NEGATIVE_INFINITY };
      this.#contacts.set(brokerId, contact);
    }
    return contact;
  }

  /** A follower fetches, whatever of. */
  followerFetches(brokerId: number): void {
    this.contactOf(brokerId).lastFetchMs = this.#options.clock.now();
    for (const { leadership } of this.#underReplicated) leadership?.followerLives(brokerId);
  }

  /** The controller has made or changed a partition of which this broker has a replica. */
  assign(identity: PartitionIdentity, assignment: PartitionAssignment): void {
    if (this.#maySleep(identity, assignment)) {
      this.#options.emit(identity, becameLeader(assignment));
      this.#sleeping.add(identity, assignment);
      return;
    }
    const partition = this.partition(identity.topicId, identity.partition) ?? this.#open(identity);
    const isNew = partition.assign(assignment);
    const { leadership } = partition;
    if (leadership !== undefined && leadership.isr.length < leadership.replicas.length) {
      this.#underReplicated.add(partition);
    } else {
      this.#underReplicated.delete(partition);
    }
    if (!isNew) return;
    for (const [leader, fetcher] of this.#fetchers) {
      fetcher.unfollow(partition);
      if (fetcher.isIdle) {
        fetcher.close();
        this.#fetchers.delete(leader);
      }
    }
    if (partition.role.name === 'Follower')
      this.#fetcherOf(partition.role.leader).follow(partition);
  }

  /** The topic is deleted: its replicas here close, and their bytes go. */
  removeTopic(topicId: string): void {
    const topic = this.#topics.get(topicId);
    this.#topics.delete(topicId);
    for (const partition of topic?.values() ?? []) {
      for (const fetcher of this.#fetchers.values()) fetcher.unfollow(partition);
      this.#underReplicated.delete(partition);
      partition.delete();
    }
    for (const identity of this.#sleeping.removeTopic(topicId)) {
      this.#options.emit(identity, { type: 'deleted' });
    }
    this.#options.logs.removeTopic(topicId);
  }

  /** A reassignment has moved the partition away: its replica here closes, and its bytes go. */
  removeReplica(topicId: string, index: number, leaderEpoch: number): void {
    const partition = this.partition(topicId, index);
    this.#topics.get(topicId)?.delete(index);
    if (partition !== undefined) {
      for (const fetcher of this.#fetchers.values()) fetcher.unfollow(partition);
      this.#underReplicated.delete(partition);
      partition.moveAway(leaderEpoch);
    }
    this.#options.logs.removePartition(topicId, index);
  }

  /** The controller believes the broker dead: whatever it said counts no more until it fetches. */
  brokerFenced(brokerId: number): void {
    this.contactOf(brokerId).lastFetchMs = Number.NEGATIVE_INFINITY;
  }

  /** Who may be in an ISR has changed, and whose log start DeleteRecords waits for. */
  reconsiderIsr(): void {
    for (const partition of this.#awake()) {
      if (partition.leadership === undefined) continue;
      partition.leadership.reconsiderIsr();
      partition.changed();
    }
  }

  applyRetention(): void {
    const nowMs = this.#options.clock.now();
    for (const partition of this.#awake()) {
      partition.log.expireProducers(nowMs);
      if (partition.log.applyRetention(nowMs) > 0) partition.changed();
    }
  }

  #compact(): void {
    const { settings, clock } = this.#options;
    if (!settings().logCleanerEnable) return;
    for (const { log } of this.#awake()) log.compact(clock.now());
  }

  *#awake(): Iterable<Partition> {
    for (const topic of this.#topics.values()) yield* topic.values();
  }

  #maySleep({ topicId, partition }: PartitionIdentity, assignment: PartitionAssignment): boolean {
    const { leader, replicas } = assignment;
    if (leader !== this.#host.brokerId || replicas.length > 1) return false;
    return (
      this.partition(topicId, partition) === undefined &&
      this.#options.logs.find(topicId, partition) === undefined
    );
  }

  /** Nobody sees whether it slept: that it leads has been told. */
  #wake(topicId: string, index: number): Partition | undefined {
    const woken = this.#sleeping.wake(topicId, index);
    if (woken === undefined) return undefined;
    const [identity, assignment] = woken;
    const partition = this.#open(identity);
    partition.beginToLead(assignment);
    return partition;
  }

  #open(identity: PartitionIdentity): Partition {
    let topic = this.#topics.get(identity.topicId);
    if (topic === undefined) {
      topic = new Map();
      this.#topics.set(identity.topicId, topic);
    }
    let partition = topic.get(identity.partition);
    if (partition === undefined) {
      partition = new Partition(identity, this.#options.logs.open(identity), this.#host);
      topic.set(identity.partition, partition);
    }
    return partition;
  }

  #fetcherOf(leader: number): ReplicaFetcher {
    let fetcher = this.#fetchers.get(leader);
    if (fetcher === undefined) {
      fetcher = new ReplicaFetcher(this.#options.fetcher(leader));
      this.#fetchers.set(leader, fetcher);
    }
    return fetcher;
  }

  #checkIsr(): void {
    for (const partition of this.#awake()) {
      partition.leadership?.shrinkIsr();
      partition.leadership?.reconsiderIsr();
    }
  }

  #repeat(slot: number, intervalMs: () => number, run: () => void): void {
    const delayMs = Math.max(1, intervalMs());
    if (delayMs >= Number.MAX_SAFE_INTEGER) return; // Long.MAX_VALUE is Kafka's way to say never
    const timer = this.#options.clock.after(delayMs, () => {
      run();
      this.#repeat(slot, intervalMs, run);
    });
    this.#timers.set(slot, timer);
  }
}
