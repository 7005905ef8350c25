import type { ErrorCode } from '../protocol/error-code.ts';

/** What is asked of a transaction's coordinator before a producer's first batch of it. */
export interface VerificationRequest {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  /** The leader adds the partition, and each transaction has an epoch of its own (KIP-890). */
  readonly addsPartition: boolean;
}

/** A guard, to be given with the batch once the coordinator has agreed; or none: none is needed. */
export interface VerificationStart {
  readonly errorCode: ErrorCode;
  readonly guard?: number;
}

interface Verification {
  readonly guard: number;
  readonly sinceMs: number;
  readonly addsPartition: boolean;
  epoch: number;
  lowestSequence: number;
}

/**
 * Producers whose transactions are being verified (KIP-890). What the coordinator says of one holds
 * for a batch as long as its guard does; a marker that comes in between withdraws it, so that no
 * batch can begin a transaction that nobody will ever end.
 */
export class Verifications {
  readonly #byProducer = new Map<number, Verification>();
  #lastGuard = 0;

  start(request: VerificationRequest, nowMs: number): number {
    const { producerId, producerEpoch, baseSequence, addsPartition } = request;
    const known = this.#byProducer.get(producerId);
    if (known === undefined) {
      const guard = ++this.#lastGuard;
      const begun = { guard, sinceMs: nowMs, addsPartition };
      const lowest = { epoch: producerEpoch, lowestSequence: baseSequence };
      this.#byProducer.set(producerId, { ...begun, ...lowest });
      return guard;
    }
    if (producerEpoch > known.epoch) {
      known.epoch = producerEpoch;
      known.lowestSequence = baseSequence;
    } else if (producerEpoch === known.epoch) {
      known.lowestSequence = Math.min(known.lowestSequence, baseSequence);
    }
    return known.guard;
  }

  holds(producerId: number, guard: number | undefined): boolean {
    return guard !== undefined && this.#byProducer.get(producerId)?.guard === guard;
  }

  /** Whether a batch may go first: not before another that is being verified as well. */
  allowsSequence(producerId: number, baseSequence: number, isFirst: boolean): boolean {
    const known = this.#byProducer.get(producerId);
    if (known === undefined) return true;
    if (known.addsPartition && isFirst && baseSequence !== 0) return false;
    return baseSequence <= known.lowestSequence;
  }

  /** The first batch of the transaction is in the log. */
  begun(producerId: number): void {
    this.#byProducer.delete(producerId);
  }

  /** Not if its epoch is that of the transaction which the client has begun meanwhile. */
  ended(producerId: number, markerEpoch: number): void {
    const known = this.#byProducer.get(producerId);
    if (known?.addsPartition && known.epoch === markerEpoch) return;
    this.#byProducer.delete(producerId);
  }

  clear(): void {
    this.#byProducer.clear();
  }

  expire(nowMs: number, expirationMs: number): void {
    for (const [producerId, { sinceMs }] of this.#byProducer) {
      if (nowMs - sinceMs >= expirationMs) this.#byProducer.delete(producerId);
    }
  }
}
