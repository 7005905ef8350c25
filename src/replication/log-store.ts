import type { LogConfig } from '../log/log-config.ts';
import { PartitionLog } from '../log/partition-log.ts';
import type { PartitionIdentity } from './partition-assignment.ts';
import type { ReplicaEvent } from './replication-event.ts';

/** What the logs of a broker need of the process that has them open at the moment. */
interface LogStoreOwner {
  readonly logConfig: (topic: string) => LogConfig;
  readonly emit: (identity: PartitionIdentity, event: ReplicaEvent) => void;
}

/** A broker's disk: its logs outlive the process. Whoever starts next on it attaches to it. */
export class LogStore {
  readonly #logs = new Map<string, PartitionLog>();
  #owner: LogStoreOwner | undefined;
  #closedInEpoch = -1;

  /**
   * A process starts on this disk. Returns the broker epoch of the one before if that ended in good
   * order, else -1 (KIP-966). High watermarks are what was last written down of them.
   */
  openForBroker(): number {
    const previousBrokerEpoch = this.#closedInEpoch;
    this.#closedInEpoch = -1;
    for (const log of this.#logs.values()) log.recoverHighWatermark();
    return previousBrokerEpoch;
  }

  /** A process ends in good order: everything is on the disk, and it says so. */
  closeCleanly(brokerEpoch: number, nowMs: number): void {
    for (const log of this.#logs.values()) log.flush(nowMs);
    this.checkpointHighWatermarks();
    this.#closedInEpoch = brokerEpoch;
  }

  /** The power fails: what was not flushed is gone. */
  losePower(): void {
    for (const log of this.#logs.values()) log.loseUnflushed();
  }

  /** Flushes what has waited longer than its topic allows (`flush.ms`). */
  flushOld(nowMs: number): void {
    for (const log of this.#logs.values()) log.flushIfOld(nowMs);
  }

  checkpointHighWatermarks(): void {
    for (const log of this.#logs.values()) log.checkpointHighWatermark();
  }

  attach(owner: LogStoreOwner): void {
    this.#owner = owner;
  }

  /** The log of a partition, if this disk holds one. */
  find(topicId: string, partition: number): PartitionLog | undefined {
    return this.#logs.get(`${topicId}-${partition}`);
  }

  open(identity: PartitionIdentity): PartitionLog {
    const key = `${identity.topicId}-${identity.partition}`;
    const existing = this.#logs.get(key);
    if (existing !== undefined) return existing;
    const log = new PartitionLog({
      config: () => this.#attached().logConfig(identity.topic),
      emit: (event) => this.#attached().emit(identity, event),
    });
    this.#logs.set(key, log);
    return log;
  }

  /** The topics of which this disk holds something, by id; some may have been deleted meanwhile. */
  topicIds(): Set<string> {
    return new Set([...this.#logs.keys()].map((key) => key.slice(0, key.lastIndexOf('-'))));
  }

  removeTopic(topicId: string): void {
    for (const key of this.#logs.keys()) {
      if (key.startsWith(`${topicId}-`)) this.#logs.delete(key);
    }
  }

  removePartition(topicId: string, partition: number): void {
    this.#logs.delete(`${topicId}-${partition}`);
  }

  #attached(): LogStoreOwner {
    if (this.#owner === undefined) throw new Error('no process has this log store open');
    return this.#owner;
  }
}
