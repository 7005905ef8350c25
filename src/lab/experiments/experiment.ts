import type { Knobs } from '../../config/knobs.ts';
import type { Expected } from './facts.ts';
import type { ConsumerSettings } from './members/consumer-settings.ts';
import type { ProducerSettings } from './producers/producer-settings.ts';
import type { Step } from './verbs.ts';

type Configs = Readonly<Record<string, string>>;

/** By partition; the first one leads. */
export type Replicas = readonly (readonly number[])[];

export const wayNames = ['harm', 'prevented', 'also'] as const;
export type WayName = (typeof wayNames)[number];

/** What a run comes to when all is mended; what is left out must be empty. */
interface Outcome {
  /** What a producer took for written, and nobody can read. */
  readonly lost?: readonly string[];
  /** What is there more than once. */
  readonly duplicated?: readonly string[];
  /** Offsets that clients have seen stand for different records. */
  readonly conflicting?: readonly Expected[];
  /** Offsets at which replicas hold different records, and will for ever. */
  readonly diverged?: readonly Expected[];
  /** The first invariant that broke, such as `I-07`. */
  readonly breaks?: string;
  /** Something committed was lost, as Kafka would lose it too. */
  readonly lostCommitted?: boolean;
  /** What consumers of the group were done with more than once, by one or by several. */
  readonly processedTwice?: readonly string[];
  /** What can be read, and no consumer of the group was ever done with. */
  readonly neverProcessed?: readonly string[];
  /** What its producer takes for aborted, and anybody can read. */
  readonly abortedRead?: readonly string[];
  /** What nobody who reads committed ever gets: an open transaction is before it, for ever. */
  readonly stalled?: readonly string[];
  /** Keys of which a consumer was done with a later record before an earlier one. */
  readonly outOfOrder?: readonly string[];
}

/** One of the runs of an experiment: what is set, and what comes of it. */
interface Way {
  /** What is set, as one would write it down: `acks=1`. */
  readonly with: string;
  readonly acks?: -1 | 0 | 1;
  readonly idempotent?: boolean;
  /** `max.in.flight.requests.per.connection`; no limit by default. */
  readonly maxInFlight?: number;
  readonly knobs?: Partial<Knobs>;
  readonly config?: Configs;
  readonly topicConfig?: Configs;
  /** Instead of the experiment's. */
  readonly replicas?: Replicas;
  readonly controllers?: number;
  /** Of the consumers in the group, on top of the experiment's. */
  readonly consumer?: Partial<ConsumerSettings>;
  /** Of the producers with names, on top of the experiment's. */
  readonly producer?: Partial<ProducerSettings>;
  /** The level of the feature `transaction.version`, which clients follow; 2 by default. */
  readonly transactionVersion?: 1 | 2;
  /** Instead of the experiment's. */
  readonly offsetsReplicas?: Replicas;
  readonly transactionsReplicas?: Replicas;
  readonly outcome: Outcome;
  /** What came out, and why, in a sentence or two. */
  readonly because: string;
}

/**
 * A cluster, a list of steps, and what comes of them: with what prevents the harm, and without. It
 * speaks of brokers 1, 2, 3, of offset `n`, where the story begins, and of leader epoch `E`, in
 * which it begins; a run maps them to its own (`cast.ts`).
 */
export interface Experiment {
  /** As in docs/EXPERIMENTS.md: `E01`. */
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** What one learns: a paragraph. */
  readonly teaches: string;
  /** KIP, JIRA or report in which it stands. */
  readonly source: string;
  /** How to prevent the harm, as one line. */
  readonly prevention: string;
  /** Three by default. */
  readonly brokers?: number;
  /** One by default. */
  readonly controllers?: number;
  /** For all brokers, in both ways. Kafka's own defaults apply otherwise. */
  readonly config?: Configs;
  /** Of topic `t`; one partition on 1, 2 and 3 by default. */
  readonly replicas?: Replicas;
  /** Of topic `t`; `min.insync.replicas` is 2 by default. */
  readonly topicConfig?: Configs;
  /** Of the consumers in the group; those of Java by default. */
  readonly consumer?: Partial<ConsumerSettings>;
  /** Of the producers with names; those of Java by default. */
  readonly producer?: Partial<ProducerSettings>;
  /** Of `__consumer_offsets`, if it matters who coordinates. */
  readonly offsetsReplicas?: Replicas;
  /** Of `__transaction_state`, which there is only if this says so. */
  readonly transactionsReplicas?: Replicas;
  /** Of topic `out`, into which transactions write results; there is only one if this says so. */
  readonly outputReplicas?: Replicas;
  readonly steps: readonly Step[];
  readonly harm: Way;
  readonly prevented: Way;
  /** A third way worth seeing, such as an older Kafka's. */
  readonly also?: Way;
}

export const waysOf = (experiment: Experiment): WayName[] =>
  wayNames.filter((name) => experiment[name] !== undefined);
