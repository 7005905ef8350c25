import { tagged } from '../struct.ts';
import { array, int8, int16, int32, int64, nullable, string } from '../types.ts';
import { record } from './record-table.ts';

/**
 * The state of one transactional id, the only kind of record of `__transaction_state`. Version 1 is
 * written from `transaction.version` 1 on (KIP-890).
 */
export const TransactionLogRecord = record({
  number: 0,
  versions: [0, 1],
  flexible: 1,
  key: {
    transactionalId: string,
  },
  value: {
    producerId: int64,
    previousProducerId: tagged(0, 1, int64, -1),
    nextProducerId: tagged(1, 1, int64, -1),
    producerEpoch: int16,
    transactionTimeoutMs: int32,
    transactionStatus: int8,
    transactionPartitions: nullable(array({ topic: string, partitionIds: array(int32) })),
    transactionLastUpdateTimestampMs: int64,
    transactionStartTimestampMs: int64,
    clientTransactionVersion: tagged(2, 1, int16, 0),
    nextProducerEpoch: tagged(3, 1, int16, -1),
  },
});
