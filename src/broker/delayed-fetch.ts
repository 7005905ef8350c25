import { ErrorCode } from '../protocol/error-code.ts';
import type { Partition } from '../replication/partition.ts';
import {
  type FetchIsolation,
  failedRead,
  type PartitionRead,
  readPartition,
  referredRead,
  visibleEnd,
} from '../replication/partition-read.ts';
import type { ParkedOperation, Purgatory, Ticket } from '../replication/purgatory.ts';
import type { FetchEntry, FetchSession } from './fetch-session.ts';

export interface FetchParameters {
  /** A broker's id, or -1 for a consumer. */
  readonly replicaId: number;
  /** A broker's epoch, so that what it says counts for this process of it alone (KIP-903). */
  readonly replicaEpoch: number;
  /** A newer process of the same broker is known: what this one says counts no more. */
  readonly isStale: boolean;
  readonly isolation: FetchIsolation;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  /** A consumer that knows of other replicas than the leader (KIP-392: version 11). */
  readonly mayReadFollower: boolean;
  /** A replica that the reader had better read, or -1 (KIP-392). */
  readonly readReplica: (partition: Partition, fetchOffset: number) => number;
  /** A follower that is not to get more of this partition now (KIP-73). */
  readonly isThrottled: (partition: Partition) => boolean;
}

/**
 * How an entry's topic and partition are found: a replica here, or the error that stands for it.
 */
type FindPartition = (entry: FetchEntry) => Partition | ErrorCode;

/** What was read of a partition, or where it had better be read. */
export type FetchRead = PartitionRead & { readonly preferredReadReplica?: number };
export type FetchReads = ReadonlyMap<FetchEntry, FetchRead>;

/**
 * A Fetch: replies at once with enough bytes, an error, a divergence, or nothing to wait for; else
 * waits for more until its deadline. Entries that have nothing to say are read no more until their
 * partition changes.
 */
export class DelayedFetch implements ParkedOperation {
  readonly #session: FetchSession;
  readonly #parameters: FetchParameters;
  readonly #find: FindPartition;
  readonly #reply: (reads: FetchReads) => void;
  #ticket: Ticket | undefined;

  constructor(
    session: FetchSession,
    parameters: FetchParameters,
    find: FindPartition,
    reply: (reads: FetchReads) => void,
  ) {
    this.#session = session;
    this.#parameters = parameters;
    this.#find = find;
    this.#reply = reply;
  }

  start(purgatory: Purgatory): void {
    if (this.tryComplete()) return;
    for (const entry of this.#session.dirty) {
      const found = this.#find(entry);
      if (typeof found !== 'number') this.#session.listen(entry, found);
    }
    const ticket = purgatory.park(this, this.#parameters.maxWaitMs);
    this.#ticket = ticket;
    // A consumer sees no more because the log grows, nor a follower because that is committed.
    const isolated = this.#parameters.isolation === 'log-end' ? 'high-watermark' : 'log-end';
    this.#session.wake = (change) => {
      if (change !== isolated) ticket.wake();
    };
  }

  /** A newer request of the same session has come: this one is answered with what there is. */
  interrupt(): void {
    if (this.#ticket === undefined) return;
    this.#ticket.withdraw();
    this.expire();
  }

  tryComplete(): boolean {
    const { minBytes, maxWaitMs } = this.#parameters;
    const { reads, sizeBytes, isDue } = this.#read();
    if (!isDue && sizeBytes < minBytes && maxWaitMs > 0) return false;
    this.#complete(reads);
    return true;
  }

  expire(): void {
    this.#complete(this.#read().reads);
  }

  #complete(reads: FetchReads): void {
    this.#ticket = undefined;
    this.#session.wake = undefined;
    this.#session.current = undefined;
    this.#reply(reads);
  }

  /** Reads what may have something to say, in order, until the response is full. */
  #read(): { reads: FetchReads; sizeBytes: number; isDue: boolean } {
    const session = this.#session;
    const reads = new Map<FetchEntry, FetchRead>();
    let sizeBytes = 0;
    let canWait = false;
    let isDue = false;
    for (const entry of session.dirty) {
      const found = this.#find(entry);
      if (typeof found === 'number') {
        // Its id was known when the request came, so now it is the topic that is missing.
        const isGone = this.#ticket !== undefined && entry.partition !== undefined;
        const isGoneById = isGone && found === ErrorCode.UNKNOWN_TOPIC_ID;
        session.unlisten(entry);
        reads.set(entry, failedRead(isGoneById ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : found));
        // As Kafka: what is unknown from the start hastens nothing, what vanishes meanwhile does.
        isDue ||= found === ErrorCode.NOT_LEADER_OR_FOLLOWER || this.#ticket !== undefined;
        continue;
      }
      canWait = true;
      session.unlisten(entry, found);
      const read = this.#readOne(found, entry, sizeBytes);
      sizeBytes += read.sizeBytes;
      if (read.errorCode !== ErrorCode.NONE || read.divergingEpoch !== undefined) isDue = true;
      if (read.preferredReadReplica !== undefined) isDue = true;
      const { fetchOffset } = entry.position;
      const end = visibleEnd(found, this.#parameters.isolation);
      // A read never goes past its segment, so waiting would bring nothing more.
      isDue ||= read.sizeBytes > 0 && found.log.isInOlderSegment(fetchOffset, end);
      if (hasNews(entry, read)) {
        reads.set(entry, read);
      } else if (fetchOffset >= end && read.highWatermark === found.log.highWatermark) {
        // Not if this progress itself has moved the high watermark: that is news for later.
        session.listen(entry, found);
        session.dirty.delete(entry);
      }
    }
    // Clean entries have a replica here, and something may come of them.
    return { reads, sizeBytes, isDue: isDue || !(canWait || reads.size < session.size) };
  }

  #readOne(partition: Partition, entry: FetchEntry, sizeBytes: number): FetchRead {
    const { replicaId, replicaEpoch, isolation, maxBytes } = this.#parameters;
    const { mayReadFollower, readReplica, isThrottled } = this.#parameters;
    const { position } = entry;
    const { name } = partition.role;
    if (name !== 'Leader' && !(name === 'Follower' && mayReadFollower)) {
      return failedRead(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }
    const preferredReadReplica = readReplica(partition, position.fetchOffset);
    if (preferredReadReplica >= 0) {
      return { ...referredRead(partition, position.currentLeaderEpoch), preferredReadReplica };
    }
    const maxSizeBytes = Math.max(0, Math.min(position.partitionMaxBytes, maxBytes - sizeBytes));
    const limits = isThrottled(partition)
      ? nothing
      : { maxSizeBytes, atLeastOneBatch: sizeBytes === 0 };
    const read = readPartition(partition, position, isolation, limits);
    const isProgress = replicaId >= 0 && entry.isStated && read.divergingEpoch === undefined;
    entry.isStated = false;
    if (!isProgress || read.errorCode !== ErrorCode.NONE) return read;
    const { fetchOffset, logStartOffset } = position;
    const told = { fetchOffset, logStartOffset, brokerEpoch: replicaEpoch };
    if (this.#parameters.isStale) return failedRead(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    if (partition.followerFetched(replicaId, told)) return read;
    // With an epoch that is ours the reader may know better: of a reassignment, say.
    const knowsEpoch = position.currentLeaderEpoch >= 0;
    return failedRead(
      knowsEpoch ? ErrorCode.UNKNOWN_LEADER_EPOCH : ErrorCode.NOT_LEADER_OR_FOLLOWER,
    );
  }
}

const nothing = { maxSizeBytes: 0, atLeastOneBatch: false };

/** Whether an incremental response must mention the entry (kafka-semantics 4.15). */
function hasNews(entry: FetchEntry, read: FetchRead): boolean {
  return (
    read.sizeBytes > 0 ||
    read.preferredReadReplica !== undefined ||
    read.errorCode !== ErrorCode.NONE ||
    read.divergingEpoch !== undefined ||
    read.highWatermark !== entry.toldHighWatermark ||
    read.logStartOffset !== entry.toldLogStartOffset
  );
}
