import { api, type Request, type Response } from '../api.ts';
import { since, until } from '../struct.ts';
import { array, boolean, int16, int32, int64, string } from '../types.ts';

const topics = array({ name: string, partitions: array(int32) });
const topicResults = array({
  name: string,
  resultsByPartition: array({ partitionIndex: int32, partitionErrorCode: int16 }),
});

/**
 * Makes partitions part of a transaction: a client's up to version 3, those of many from then on,
 * which brokers send, and which may only ask whether they are part of it already (KIP-890).
 *
 * 2 PRODUCER_FENCED (KIP-588) · 4 many transactions, verification, 5 TRANSACTION_ABORTABLE
 * (KIP-890)
 */
export const AddPartitionsToTxn = api({
  key: 24,
  name: 'AddPartitionsToTxn',
  versions: [0, 5],
  flexible: 3,
  request: {
    transactions: since(
      4,
      array({
        transactionalId: string,
        producerId: int64,
        producerEpoch: int16,
        verifyOnly: boolean,
        topics,
      }),
      [],
    ),
    v3AndBelowTransactionalId: until(3, string, ''),
    v3AndBelowProducerId: until(3, int64, 0),
    v3AndBelowProducerEpoch: until(3, int16, 0),
    v3AndBelowTopics: until(3, topics, []),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: since(4, int16, 0),
    resultsByTransaction: since(4, array({ transactionalId: string, topicResults }), []),
    resultsByTopicV3AndBelow: until(3, topicResults, []),
  },
});

export type AddPartitionsToTxnRequest = Request<typeof AddPartitionsToTxn>;
export type AddPartitionsToTxnResponse = Response<typeof AddPartitionsToTxn>;
