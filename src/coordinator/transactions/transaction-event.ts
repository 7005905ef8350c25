import type { TransactionStatus } from './transaction-metadata.ts';

/** What happens at a transaction coordinator: to its partition, or to one transactional id. */
export type TransactionEvent =
  | {
      readonly type: 'transactions-loaded';
      readonly partition: number;
      readonly transactionalIds: number;
    }
  | { readonly type: 'transactions-unloaded'; readonly partition: number }
  | {
      readonly type: 'transaction-state-changed';
      readonly from: TransactionStatus;
      readonly to: TransactionStatus;
      readonly producerId: number;
      readonly producerEpoch: number;
    }
  | { readonly type: 'transactional-id-expired' };
