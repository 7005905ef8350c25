import { assert } from '../assert.ts';
import type { AppendOptions, AppendResult, PartitionLog } from '../log/partition-log.ts';
import type { VerificationRequest, VerificationStart } from '../log/verifications.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import { Leadership, type LedPartition } from './leadership.ts';
import type { PartitionAssignment, PartitionIdentity } from './partition-assignment.ts';
import type { PartitionHost } from './partition-host.ts';
import type { FollowerPosition } from './replica-progress.ts';
import type { ReplicaEvent } from './replication-event.ts';

/** What has changed of a partition: this alone, or anything else, which is rare. */
export type PartitionChange = 'log-end' | 'high-watermark' | 'other';

/** Hears that something about a partition has changed. */
export interface PartitionListener {
  partitionChanged(partition: Partition, change: PartitionChange): void;
}

type Role =
  | { readonly name: 'Leader'; readonly leadership: Leadership }
  | { readonly name: 'Follower'; readonly leader: number; readonly leaderEpoch: number }
  | { readonly name: 'Offline'; readonly leaderEpoch: number }
  | { readonly name: 'Deleted'; readonly leaderEpoch: number };

export const becameLeader = ({ leaderEpoch, isr }: PartitionAssignment): ReplicaEvent => ({
  type: 'became-leader',
  leaderEpoch,
  isr,
});

const refused = (errorCode: ErrorCode): AppendResult => ({
  errorCode,
  errorMessage: null,
  recordErrors: [],
  baseOffset: -1,
  lastOffset: -1,
  logAppendTimeMs: -1,
  logStartOffset: -1,
  duplicate: false,
});

/**
 * One replica of one partition on one broker: its log, and the role that the controller gave it.
 *
 * Offline  answers everything with NOT_LEADER_OR_FOLLOWER; ends when the controller names a leader.
 * Follower fetches from its leader and serves nobody else; ends with the next leader epoch.
 * Leader   takes writes and decides the high watermark; ends with the next leader epoch.
 * Deleted  the topic is gone; never ends.
 */
export class Partition implements LedPartition {
  readonly identity: PartitionIdentity;
  readonly log: PartitionLog;
  readonly host: PartitionHost;
  #listeners: Set<PartitionListener> | undefined;
  #role: Role = { name: 'Offline', leaderEpoch: -1 };
  #leadsSinceEpoch = -1;

  constructor(identity: PartitionIdentity, log: PartitionLog, host: PartitionHost) {
    this.identity = identity;
    this.log = log;
    this.host = host;
  }

  get role(): Role {
    return this.#role;
  }

  get leadership(): Leadership | undefined {
    return this.#role.name === 'Leader' ? this.#role.leadership : undefined;
  }

  /** Who leads may be elected again: this is the leader epoch in which it began to. */
  get leadsSinceEpoch(): number {
    return this.#leadsSinceEpoch;
  }

  get leaderEpoch(): number {
    return this.#role.name === 'Leader'
      ? this.#role.leadership.leaderEpoch
      : this.#role.leaderEpoch;
  }

  subscribe(listener: PartitionListener): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  unsubscribe(listener: PartitionListener): void {
    this.#listeners?.delete(listener);
  }

  /** Tells everyone who waits on this partition to look again. */
  changed(change: PartitionChange = 'other'): void {
    if (this.#listeners === undefined) return;
    for (const listener of this.#listeners) listener.partitionChanged(this, change);
  }

  /**
   * Takes what the controller says. Returns whether the role is new: another leader epoch, or a
   * leader after none.
   */
  assign(assignment: PartitionAssignment): boolean {
    const { leaderEpoch, leader } = assignment;
    if (leaderEpoch < this.leaderEpoch) return false;
    if (leaderEpoch === this.leaderEpoch && this.#role.name !== 'Offline') {
      if (this.#role.name === 'Leader') {
        this.#role.leadership.update(assignment);
        this.changed();
      }
      return false;
    }
    this.leadership?.end();
    if (leader === this.host.brokerId) this.#becomeLeader(assignment);
    else if (leader >= 0) this.#becomeFollower(assignment);
    else this.#becomeOffline(leaderEpoch);
    this.changed();
    return true;
  }

  /**
   * Writes one batch of a client as the leader. `acks` -1 is refused while the in-sync replicas
   * are too few; 0 and 1 are not (kafka-semantics 2.13). The batch is borrowed.
   */
  append(
    batch: Uint8Array,
    acks: number,
    origin: 'client' | 'coordinator',
    transaction: Pick<AppendOptions, 'guard' | 'transactionVersion'> = {},
  ): AppendResult {
    const { leadership } = this;
    if (leadership === undefined) return refused(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    if (acks === -1 && leadership.isUnderMinIsr) return refused(ErrorCode.NOT_ENOUGH_REPLICAS);
    leadership.aboutToAppend();
    const { leaderEpoch } = leadership;
    const nowMs = this.host.now();
    const result = this.log.appendAsLeader(batch, { leaderEpoch, nowMs, origin, ...transaction });
    if (result.errorCode === ErrorCode.NONE && !result.duplicate) {
      leadership.maybeAdvanceHighWatermark();
      this.changed('log-end');
    }
    return result;
  }

  /** Before a client's first batch of a transaction, of which its coordinator is to be asked. */
  startVerification(request: VerificationRequest): VerificationStart {
    if (this.leadership === undefined) return { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER };
    return this.log.producers.startVerification(request, this.host.now());
  }

  /** Takes a follower's position as its progress. Returns false for one that is no replica here. */
  followerFetched(brokerId: number, position: FollowerPosition): boolean {
    const outcome = this.leadership?.followerFetched(brokerId, position);
    if (outcome?.logStartMoved) this.changed(); // DeleteRecords may wait for it
    return outcome?.isFollower ?? false;
  }

  /** The topic is deleted: whoever waits here waits in vain. */
  delete(): void {
    this.leadership?.end();
    this.#role = { name: 'Deleted', leaderEpoch: this.leaderEpoch };
    this.host.emit(this.identity, { type: 'deleted' });
    this.changed();
  }

  /** The partition is no longer kept here: whoever waits must look elsewhere. */
  moveAway(leaderEpoch: number): void {
    this.leadership?.end();
    this.#role = { name: 'Offline', leaderEpoch };
    this.host.emit(this.identity, { type: 'moved-away' });
    this.changed();
  }

  /**
   * Does a client's idea of the leader epoch agree with ours? -1 alone asks for no check (KIP-320).
   * Kafka checks this before it checks who leads.
   */
  checkLeaderEpoch(currentLeaderEpoch: number): ErrorCode {
    if (currentLeaderEpoch === -1 || currentLeaderEpoch === this.leaderEpoch) return ErrorCode.NONE;
    return currentLeaderEpoch < this.leaderEpoch
      ? ErrorCode.FENCED_LEADER_EPOCH
      : ErrorCode.UNKNOWN_LEADER_EPOCH;
  }

  /** Leads, which the trace has been told. */
  beginToLead(assignment: PartitionAssignment): void {
    if (this.#role.name !== 'Leader') this.#leadsSinceEpoch = assignment.leaderEpoch;
    this.#role = { name: 'Leader', leadership: new Leadership(this, assignment) };
  }

  #becomeLeader(assignment: PartitionAssignment): void {
    this.host.emit(this.identity, becameLeader(assignment));
    this.beginToLead(assignment);
  }

  #becomeFollower({ leader, leaderEpoch }: PartitionAssignment): void {
    assert(leader !== this.host.brokerId, 'a leader does not follow itself');
    this.#role = { name: 'Follower', leader, leaderEpoch };
    this.host.emit(this.identity, { type: 'became-follower', leaderEpoch, leader });
  }

  #becomeOffline(leaderEpoch: number): void {
    this.#role = { name: 'Offline', leaderEpoch };
    this.host.emit(this.identity, { type: 'went-offline' });
  }
}
