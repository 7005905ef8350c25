import { ByteRate } from './byte-rate.ts';
import type { PartitionIdentity } from './partition-assignment.ts';

/** The partitions of one topic of which the replica on this broker is throttled. */
export type ThrottledReplicas = 'all' | ReadonlySet<number>;

export interface ReplicationQuotaOptions {
  readonly now: () => number;
  /** Long.MAX_VALUE, or what it is rounded to: no limit. */
  readonly bytesPerSecond: () => number;
  readonly windows: () => { readonly count: number; readonly lengthMs: number };
  readonly throttledReplicas: (topic: string) => ThrottledReplicas;
}

/**
 * How fast a broker sends (as a leader) or takes (as a follower) what throttled replicas catch up
 * with (KIP-73). In-sync replicas count towards it as well, but are never held back.
 *
 * Unlike in Kafka nothing is counted while there is no limit: it starts from zero.
 */
export class ReplicationQuota {
  readonly #options: ReplicationQuotaOptions;
  readonly #rate = new ByteRate();

  constructor(options: ReplicationQuotaOptions) {
    this.#options = options;
  }

  /** So that where nobody sets a limit nothing is looked up. */
  get isLimited(): boolean {
    return this.#options.bytesPerSecond() < Number.MAX_SAFE_INTEGER;
  }

  get isExceeded(): boolean {
    if (!this.isLimited) return false;
    const { now, windows, bytesPerSecond } = this.#options;
    return this.#rate.perSecond(windows(), now()) > bytesPerSecond();
  }

  isThrottled({ topic, partition }: PartitionIdentity): boolean {
    if (!this.isLimited) return false;
    const replicas = this.#options.throttledReplicas(topic);
    return replicas === 'all' || replicas.has(partition);
  }

  record(bytes: number): void {
    const { now, windows } = this.#options;
    if (this.isLimited) this.#rate.record(bytes, windows(), now());
  }
}
