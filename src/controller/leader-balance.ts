import type { Clock, Timer } from '../simulation/clock.ts';
import type { CallContext } from './controller-call.ts';
import { elect } from './elect-leaders.ts';
import type { MetadataRecord } from './metadata-records.ts';
import { rulesOf } from './topic-rules.ts';

/** As Kafka: no more elections than this at a time. */
const electionsMax = 1000;

interface LeaderBalanceOptions {
  readonly clock: Clock;
  readonly settings: () => {
    readonly autoLeaderRebalanceEnable: boolean;
    readonly leaderImbalanceCheckIntervalSeconds: number;
    readonly uncleanLeaderElectionIntervalMs: number;
  };
  readonly context: () => CallContext;
  readonly commit: (records: readonly MetadataRecord[]) => void;
}

/**
 * What a controller sees to now and then: that preferred leaders lead again, and that partitions
 * without a leader get one, clean or not, where their topics allow that.
 */
export class LeaderBalance {
  readonly #options: LeaderBalanceOptions;
  #timers: Timer[] = [];

  constructor(options: LeaderBalanceOptions) {
    this.#options = options;
  }

  start(): void {
    const settings = this.#options.settings();
    if (settings.autoLeaderRebalanceEnable) {
      this.#repeat(0, 'preferred', settings.leaderImbalanceCheckIntervalSeconds * 1000);
    }
    this.#repeat(1, 'unclean', settings.uncleanLeaderElectionIntervalMs);
  }

  stop(): void {
    for (const timer of this.#timers) timer?.cancel();
    this.#timers = [];
  }

  #repeat(slot: number, kind: 'preferred' | 'unclean', intervalMs: number): void {
    const { clock, context, commit } = this.#options;
    const run = (): void => {
      const records = elections(context(), kind);
      if (records.length > 0) commit(records);
      // There may be more: on with them, once these have gone out.
      const delayMs = records.length >= electionsMax ? 1 : intervalMs;
      this.#timers[slot] = clock.after(delayMs, run);
    };
    this.#timers[slot] = clock.after(intervalMs, run);
  }
}

function elections(context: CallContext, kind: 'preferred' | 'unclean'): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  for (const topic of context.metadata.topicsById.values()) {
    if (kind === 'unclean' && rulesOf(context, topic).election !== 'unclean') continue;
    for (const index of topic.partitions.keys()) {
      if (records.length >= electionsMax) return records;
      const elected = elect(context, topic, index, kind);
      if ('type' in elected) records.push(elected);
    }
  }
  return records;
}
