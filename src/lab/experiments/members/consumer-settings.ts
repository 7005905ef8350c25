/** How a member of the group is set up: its configs, and what its application does. */
export interface ConsumerSettings {
  /** `group.protocol`. */
  readonly protocol: 'classic' | 'consumer';
  /** `partition.assignment.strategy`, or `group.remote.assignor`. */
  readonly assignor: 'range' | 'cooperative-sticky' | 'uniform';
  /** `group.instance.id` is its name; or another one's. */
  readonly isStatic: boolean | string;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** `max.poll.interval.ms`, which is the rebalance timeout as well. */
  readonly maxPollIntervalMs: number;
  readonly autoOffsetReset: 'earliest' | 'latest';
  /** Between records, as kafkajs does; or in a thread of their own, as the others do. */
  readonly heartbeats: 'in the background' | 'between records';
  /** Does who is not back within `max.poll.interval.ms` leave? */
  readonly leavesWhenLate: boolean;
  readonly commits: 'after processing' | 'before processing';
  /** A worker processes, so that polling, and with it rebalancing, goes on meanwhile. */
  readonly hasWorker: boolean;
  /** Partitions are given up when the worker is done with them, or at once. */
  readonly waitsForWorker: boolean;
  /** What a commit says: the generation in which the records came, or the present one. */
  readonly commitsIn: 'its generation' | 'the present generation';
  /** How long it takes to give partitions up. */
  readonly revocationMs: number;
}

/** Those of the Java consumer. */
export const defaultSettings: ConsumerSettings = {
  protocol: 'classic',
  assignor: 'range',
  isStatic: false,
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 3000,
  maxPollIntervalMs: 300_000,
  autoOffsetReset: 'earliest',
  heartbeats: 'in the background',
  leavesWhenLate: true,
  commits: 'after processing',
  hasWorker: false,
  waitsForWorker: false,
  commitsIn: 'its generation',
  revocationMs: 0,
};
