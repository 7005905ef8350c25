export const truncations = ['hw', 'kip101', 'kip279', 'kip320'] as const;

/**
 * Rules that Kafka once did without. Each can be taken back, so that a lesson shows what went
 * wrong before, and that it no longer does.
 */
export interface Knobs {
  /**
   * Where a follower cuts its log: `hw` at its own high watermark, `kip101` where the leader says
   * that its last epoch ends, `kip279` after agreeing upon an epoch that both know, `kip320` told
   * by the leader in the course of fetching.
   */
  readonly truncation: (typeof truncations)[number];
  /** Followers say which leader epoch they are in, and leaders refuse another (KIP-320). */
  readonly fencing: boolean;
  /** Eligible leader replicas are kept (KIP-966). */
  readonly elr: boolean;
  /** The high watermark rests while the ISR is below its minimum (KAFKA-15583). */
  readonly strictMinIsr: boolean;
  /** The process of a follower that joins the ISR is the one that fetched (KIP-903). */
  readonly brokerEpochs: boolean;
  /**
   * Only replicas are eligible leader replicas, or lead as the last known. Not so in Kafka 4.3.1:
   * a reassignment below the minimum ISR leaves one that it has dropped, and if that is added again
   * it may lead with nothing.
   */
  readonly elrOfReplicas: boolean;
  /**
   * A transactional batch is written only after its transaction's coordinator was asked (KIP-890).
   * Without, one that comes late begins a transaction that nobody ends.
   */
  readonly transactionVerification: boolean;
}

/** As Kafka 4.3 does it. */
export const modernKnobs: Knobs = {
  truncation: 'kip320',
  fencing: true,
  elr: true,
  strictMinIsr: true,
  brokerEpochs: true,
  elrOfReplicas: false,
  transactionVerification: true,
};
