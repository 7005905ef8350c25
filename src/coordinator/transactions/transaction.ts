import type { TransactionMetadata, TransactionStatus } from './transaction-metadata.ts';

/** One transactional id, as its coordinator keeps it. */
export interface Transaction {
  readonly transactionalId: string;
  metadata: TransactionMetadata;
  /** A transition to this is being written: until it is committed nothing else may begin. */
  pending: TransactionStatus | undefined;
}
