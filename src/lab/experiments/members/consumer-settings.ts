/** How a member of the group is set up: its configs, and what its application does. */
export interface ConsumerSettings {
  /** `group.protocol`. */
  readonly protocol: 'classic' | 'consumer';
  /** Of the classic protocol: everything is given up with each rebalance, or what must be. */
  readonly assignor: 'eager' | 'cooperative';
  /** `group.instance.id` is its name, or another one's. */
  readonly isStatic: boolean | string;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** `max.poll.interval.ms`, which is the rebalance timeout as well. */
  readonly maxPollIntervalMs: number;
  /** Does who is not back within that time leave? */
  readonly leavesWhenLate: boolean;
  readonly autoOffsetReset: 'earliest' | 'latest';
  /** Between records, as kafkajs does; or in a thread of their own, as the others do. */
  readonly heartbeats: 'in the background' | 'between records';
  /** A worker processes on while partitions are given up; who polls does that before. */
  readonly processesIn: 'the poll loop' | 'a worker';
  readonly commits: 'after processing' | 'before processing';
  /** What a commit says: the generation in which the records came, or the present one. */
  readonly commitsIn: 'its generation' | 'the present generation';
  /** How long it takes to give partitions up. */
  readonly revocationMs: number;
}

/** Those of the Java consumer. */
export const defaultSettings: ConsumerSettings = {
  protocol: 'classic',
  assignor: 'eager',
  isStatic: false,
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 3000,
  maxPollIntervalMs: 300_000,
  leavesWhenLate: true,
  autoOffsetReset: 'earliest',
  heartbeats: 'in the background',
  processesIn: 'the poll loop',
  commits: 'after processing',
  commitsIn: 'its generation',
  revocationMs: 0,
};
