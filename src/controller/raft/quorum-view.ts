/** One replica of the metadata log, as the leader knows it; times of -1 are unknown. */
export interface ReplicaView {
  readonly replicaId: number;
  readonly logEndOffset: number;
  readonly lastFetchMs: number;
  readonly lastCaughtUpMs: number;
}

export interface QuorumView {
  readonly leaderId: number;
  readonly epoch: number;
  /** -1 until something of the epoch is committed. */
  readonly highWatermark: number;
  readonly voters: readonly ReplicaView[];
  readonly observers: readonly ReplicaView[];
}
