/** How the producers of a story that have names are set up. */
export interface ProducerSettings {
  /** `transactional.id`: T for everybody, each its own, or none: then it is only idempotent. */
  readonly transactionalId: 'T' | 'its own' | 'none';
  /** `transaction.timeout.ms`. */
  readonly transactionTimeoutMs: number;
  /** As whom offsets are committed: as the member that has the records, or anyone of the group. */
  readonly commitsAs: 'the member' | 'the group';
}

/** Those of the Java producer, and of an application that does it right. */
export const defaultProducerSettings: ProducerSettings = {
  transactionalId: 'T',
  transactionTimeoutMs: 60_000,
  commitsAs: 'the member',
};
