import type { Partition } from '../replication/partition.ts';
import type { ReplicaView } from './replica-views.ts';

/** What a loss has made void: all from `offset` on that was written before `leaderEpoch`. */
interface Void {
  readonly offset: number;
  readonly leaderEpoch: number;
}

/**
 * Replicas that hold what a loss has made void, or may yet be given it, for their process has not
 * heard of the leader that begins anew. Each counts again when it has heard, and was cut back.
 */
export class StaleReplicas {
  readonly #voids = new Map<number, Void>();

  get brokerIds(): Iterable<number> {
    return this.#voids.keys();
  }

  has(brokerId: number): boolean {
    return this.#voids.has(brokerId);
  }

  add({ brokerId, log, partition }: ReplicaView, { offset, leaderEpoch }: Void): void {
    if (log.logEndOffset <= offset && !isBehind(partition, leaderEpoch)) return;
    const before = this.#voids.get(brokerId)?.offset ?? offset;
    this.#voids.set(brokerId, { offset: Math.min(offset, before), leaderEpoch });
  }

  delete(brokerId: number): void {
    this.#voids.delete(brokerId);
  }

  /** A replica ends at `logEndOffset`: if it has nothing void and gets nothing void it counts. */
  ends(brokerId: number, logEndOffset: number, partition: Partition | undefined): void {
    const known = this.#voids.get(brokerId);
    if (known === undefined || logEndOffset > known.offset) return;
    if (!isBehind(partition, known.leaderEpoch)) this.#voids.delete(brokerId);
  }
}

/** A process that is not there can be given nothing. */
const isBehind = (partition: Partition | undefined, leaderEpoch: number): boolean =>
  partition !== undefined && partition.leaderEpoch < leaderEpoch;
