/** `controller.quorum.*`, and how many records make a new snapshot due. */
export interface RaftSettings {
  readonly electionTimeoutMs: number;
  readonly electionBackoffMaxMs: number;
  readonly fetchTimeoutMs: number;
  readonly retryBackoffMs: number;
  readonly recordsBetweenSnapshots: number;
}

/** Kafka's own; with a short fetch timeout a part of it, so that an idle leader is not missed. */
const fetchMaxWaitMs = 500;

export const maxWaitMs = ({ fetchTimeoutMs }: RaftSettings): number =>
  Math.min(fetchMaxWaitMs, Math.ceil(fetchTimeoutMs / 4));
