const never = Number.NEGATIVE_INFINITY;

/**
 * When a follower broker last fetched anything at all, -Infinity before that and since it was
 * fenced; shared by all its partitions.
 */
export interface FollowerContact {
  lastFetchMs: number;
}

/** What a follower says of itself as it fetches. */
export interface FollowerPosition {
  readonly fetchOffset: number;
  readonly logStartOffset: number;
  /** -1: unknown (KIP-903) */
  readonly brokerEpoch: number;
}

/**
 * One follower as its leader sees it.
 *
 * Invariants: `logEndOffset` is what the follower said itself, -1 before it has said anything in
 * this leader epoch. `lastCaughtUpMs` never decreases.
 */
export class ReplicaProgress {
  readonly brokerId: number;
  logEndOffset = -1;
  logStartOffset = -1;
  /** The process of the follower that said so, by its broker epoch; -1: it did not say. */
  brokerEpoch = -1;
  #lastCaughtUpMs: number;
  readonly #contact: FollowerContact;
  #previousFetchMs = never;
  #leaderEndAtPreviousFetch = -1;

  constructor(brokerId: number, contact: FollowerContact, caughtUpAtMs = never) {
    this.brokerId = brokerId;
    this.#contact = contact;
    this.#lastCaughtUpMs = caughtUpAtMs;
  }

  /** It has been heard of since it was last fenced, so what it said of its log still counts. */
  get isHeardOf(): boolean {
    return this.#contact.lastFetchMs > never;
  }

  /** Whatever of: it is there, and hears what it asks for. */
  hasFetchedSince(timeMs: number): boolean {
    return this.#contact.lastFetchMs >= timeMs;
  }

  get lastCaughtUpMs(): number {
    return this.#lastCaughtUpMs;
  }

  /** The follower asks for a fetch offset: it holds everything below. */
  fetched(
    { fetchOffset, logStartOffset, brokerEpoch }: FollowerPosition,
    leaderEndOffset: number,
    nowMs: number,
  ): void {
    if (fetchOffset >= leaderEndOffset) this.#caughtUpAt(nowMs);
    // It has now what was the end when it last asked, so it was caught up then.
    else if (fetchOffset >= this.#leaderEndAtPreviousFetch) this.#caughtUpAt(this.#previousFetchMs);
    this.logEndOffset = fetchOffset;
    this.logStartOffset = logStartOffset;
    this.brokerEpoch = brokerEpoch;
    this.#leaderEndAtPreviousFetch = leaderEndOffset;
    this.#previousFetchMs = nowMs;
  }

  /**
   * The leader is about to append after `leaderEndOffset`. An idle partition is not mentioned in
   * the follower's incremental fetches (KIP-227), so being caught up until now is settled here.
   */
  leaderAppends(leaderEndOffset: number): void {
    if (this.logEndOffset === leaderEndOffset) this.#caughtUpAt(this.#contact.lastFetchMs);
  }

  /**
   * In step, or behind for no longer than `replica.lag.time.max.ms`. A count of records plays no
   * part.
   */
  isCaughtUp(leaderEndOffset: number, nowMs: number, lagTimeMaxMs: number): boolean {
    return this.logEndOffset === leaderEndOffset || nowMs - this.#lastCaughtUpMs <= lagTimeMaxMs;
  }

  #caughtUpAt(timeMs: number): void {
    this.#lastCaughtUpMs = Math.max(this.#lastCaughtUpMs, timeMs);
  }
}
