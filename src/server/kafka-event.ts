/** One thing that happened in a cluster. */
export interface KafkaEvent {
  /** The cluster's time, milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** Counts up from 0, with no gaps. */
  readonly sequence: number;
  /** Who it happened to: `broker 1`, `controller`, `network`. */
  readonly node: string;
  /** What happened, in the past tense, with what belongs to it. */
  readonly event: { readonly type: string };
}
