import type { RequestOf, ResponseOf } from '../../broker/request-context.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import { recordsOf } from '../../protocol/records/batch-records.ts';
import { readEndTransactionMarker } from '../../protocol/records/end-transaction-marker.ts';
import {
  isControl,
  isTransactional,
  lastOffsetOf,
  producerIdOf,
  sizeOf,
} from '../../protocol/records/record-batch.ts';
import { ZERO_UUID } from '../../protocol/types.ts';
import { textOf } from '../batches.ts';
import type { Target } from '../producer.ts';

export interface ReadRecord extends Target {
  readonly offset: number;
  readonly value: string;
}

type Partition = ResponseOf<'Fetch'>['responses'][number]['partitions'][number];

const readCommitted = 1;

/** Asks for what is committed of one partition, from an offset on. */
export const fetchRequest = (
  { topic, partition }: Target,
  fetchOffset: number,
): RequestOf<'Fetch'> => ({
  clusterId: null,
  replicaId: -1,
  replicaState: { replicaId: -1, replicaEpoch: -1 },
  maxWaitMs: 0,
  minBytes: 1,
  maxBytes: 1 << 20,
  isolationLevel: readCommitted,
  sessionId: 0,
  sessionEpoch: -1,
  topics: [
    {
      topic,
      topicId: ZERO_UUID,
      partitions: [
        {
          ...{ partition, fetchOffset, currentLeaderEpoch: -1, lastFetchedEpoch: -1 },
          ...{ logStartOffset: -1, partitionMaxBytes: 1 << 20, highWatermark: -1 },
          replicaDirectoryId: ZERO_UUID,
        },
      ],
    },
  ],
  forgottenTopicsData: [],
  rackId: '',
});

/** What an answer has from `fromOffset` on, and where it ends; undefined: it is an error. */
export function committedRecords(
  response: ResponseOf<'Fetch'>,
  target: Target,
  fromOffset: number,
): { records: ReadRecord[]; nextOffset: number } | undefined {
  const data = response.responses[0]?.partitions[0];
  if (data?.errorCode !== ErrorCode.NONE) return undefined;
  const records: ReadRecord[] = [];
  let nextOffset = fromOffset;
  for (const { chunk, at } of committedBatches(data)) {
    for (const { offset, value } of recordsOf(chunk, at) ?? []) {
      if (offset >= fromOffset) records.push({ ...target, offset, value: textOf(value) });
    }
  }
  for (const { chunk, at } of batches(data)) {
    nextOffset = Math.max(nextOffset, lastOffsetOf(chunk, at) + 1);
  }
  return { records, nextOffset };
}

function* batches({ records }: Partition) {
  for (const chunk of records ?? []) {
    for (let at = 0; at < chunk.length; at += sizeOf(chunk, at)) yield { chunk, at };
  }
}

/** As Java's consumer: a producer's batches are passed over from where it aborts to its marker. */
function* committedBatches(data: Partition) {
  const aborted = [...(data.abortedTransactions ?? [])].sort(
    (a, b) => a.firstOffset - b.firstOffset,
  );
  const aborting = new Set<number>();
  for (const { chunk, at } of batches(data)) {
    while (aborted[0] !== undefined && aborted[0].firstOffset <= lastOffsetOf(chunk, at)) {
      aborting.add(aborted.shift()!.producerId);
    }
    const producerId = producerIdOf(chunk, at);
    if (isControl(chunk, at)) {
      if (readEndTransactionMarker(chunk, at)?.committed === false) aborting.delete(producerId);
    } else if (!isTransactional(chunk, at) || !aborting.has(producerId)) {
      yield { chunk, at };
    }
  }
}
