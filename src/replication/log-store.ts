import { assert } from '../assert.ts';
import type { LogConfig } from '../log/log-config.ts';
import type { LogEvent } from '../log/log-event.ts';
import { type LogOwner, PartitionLog } from '../log/partition-log.ts';
import type { PartitionIdentity } from './partition-assignment.ts';
import type { ReplicaEvent } from './replication-event.ts';

/** What the logs of a broker need of the process that has them open at the moment. */
interface LogStoreOwner {
  readonly logConfig: (topic: string) => LogConfig;
  readonly emit: (identity: PartitionIdentity, event: ReplicaEvent) => void;
}

/** Who has the disk at the moment. */
interface Attachment {
  owner: LogStoreOwner | undefined;
}

/** One of the logs as the process sees it that has the disk. */
class StoredLog implements LogOwner {
  readonly #identity: PartitionIdentity;
  readonly #attachment: Attachment;

  constructor(identity: PartitionIdentity, attachment: Attachment) {
    this.#identity = identity;
    this.#attachment = attachment;
  }

  config(): LogConfig {
    return this.#owner.logConfig(this.#identity.topic);
  }

  emit(event: LogEvent): void {
    this.#owner.emit(this.#identity, event);
  }

  get #owner(): LogStoreOwner {
    const { owner } = this.#attachment;
    assert(owner !== undefined, 'no process has this log store open');
    return owner;
  }
}

/** A broker's disk: its logs outlive the process. Whoever starts next on it attaches to it. */
export class LogStore {
  readonly #topics = new Map<string, Map<number, PartitionLog>>();
  readonly #attachment: Attachment = { owner: undefined };
  #closedInEpoch = -1;

  /**
   * A process starts on this disk. Returns the broker epoch of the one before if that ended in good
   * order, else -1 (KIP-966). High watermarks are what was last written down of them.
   */
  openForBroker(): number {
    const previousBrokerEpoch = this.#closedInEpoch;
    this.#closedInEpoch = -1;
    for (const log of this.#logs()) log.recoverHighWatermark();
    return previousBrokerEpoch;
  }

  /** A process ends in good order: everything is on the disk, and it says so. */
  closeCleanly(brokerEpoch: number, nowMs: number): void {
    for (const log of this.#logs()) log.flush(nowMs);
    this.checkpointHighWatermarks();
    this.#closedInEpoch = brokerEpoch;
  }

  /** The power fails: what was not flushed is gone. */
  losePower(): void {
    for (const log of this.#logs()) log.loseUnflushed();
  }

  /** Flushes what has waited longer than its topic allows (`flush.ms`). */
  flushOld(nowMs: number): void {
    for (const log of this.#logs()) log.flushIfOld(nowMs);
  }

  checkpointHighWatermarks(): void {
    for (const log of this.#logs()) log.checkpointHighWatermark();
  }

  attach(owner: LogStoreOwner): void {
    this.#attachment.owner = owner;
  }

  /** The log of a partition, if this disk holds one. */
  find(topicId: string, partition: number): PartitionLog | undefined {
    return this.#topics.get(topicId)?.get(partition);
  }

  open(identity: PartitionIdentity): PartitionLog {
    const { topicId, partition } = identity;
    let topic = this.#topics.get(topicId);
    if (topic === undefined) {
      topic = new Map();
      this.#topics.set(topicId, topic);
    }
    let log = topic.get(partition);
    if (log === undefined) {
      log = new PartitionLog(new StoredLog(identity, this.#attachment));
      topic.set(partition, log);
    }
    return log;
  }

  /** The topics of which this disk holds something, by id; some may have been deleted meanwhile. */
  topicIds(): Iterable<string> {
    return this.#topics.keys();
  }

  removeTopic(topicId: string): void {
    this.#topics.delete(topicId);
  }

  removePartition(topicId: string, partition: number): void {
    const topic = this.#topics.get(topicId);
    topic?.delete(partition);
    if (topic?.size === 0) this.#topics.delete(topicId);
  }

  *#logs(): Iterable<PartitionLog> {
    for (const topic of this.#topics.values()) yield* topic.values();
  }
}
