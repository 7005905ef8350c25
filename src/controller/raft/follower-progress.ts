/** How far a replica has come, as the leader knows from its fetches. */
export class FollowerProgress {
  /** undefined: it has not fetched in this epoch. */
  #endOffset: number | undefined;
  #lastFetchMs = -1;
  #lastCaughtUpMs = -1;
  #leaderEndAtLastFetch = -1;

  get endOffset(): number {
    return this.#endOffset ?? -1;
  }

  get lastFetchMs(): number {
    return this.#lastFetchMs;
  }

  get lastCaughtUpMs(): number {
    return this.#lastCaughtUpMs;
  }

  /**
   * It has caught up when it has all of now, or all that there was when it last fetched: then as of
   * that fetch.
   */
  fetched(nowMs: number, endOffset: number, leaderEndOffset: number): void {
    if (endOffset >= leaderEndOffset) this.#lastCaughtUpMs = nowMs;
    else if (this.#leaderEndAtLastFetch > 0 && endOffset >= this.#leaderEndAtLastFetch) {
      this.#lastCaughtUpMs = Math.max(this.#lastCaughtUpMs, this.#lastFetchMs);
    }
    this.#leaderEndAtLastFetch = leaderEndOffset;
    this.#lastFetchMs = nowMs;
    this.#endOffset = endOffset;
  }
}
