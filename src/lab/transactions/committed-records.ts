import type { RequestOf, ResponseOf } from '../../broker/request-context.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import { recordsOf } from '../../protocol/records/batch-records.ts';
import { lastOffsetOf } from '../../protocol/records/record-batch.ts';
import { ZERO_UUID } from '../../protocol/types.ts';
import { textOf } from '../batches.ts';
import type { Target } from '../producer.ts';
import { batchesIn, visibleBatches } from '../visible-batches.ts';

export interface ReadRecord extends Target {
  readonly offset: number;
  readonly value: string;
}

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
  const batches = [...batchesIn(data.records ?? [])];
  for (const { chunk, at } of visibleBatches(batches, data.abortedTransactions ?? [])) {
    for (const { offset, value } of recordsOf(chunk, at) ?? []) {
      if (offset >= fromOffset) records.push({ ...target, offset, value: textOf(value) });
    }
  }
  for (const { chunk, at } of batches) {
    nextOffset = Math.max(nextOffset, lastOffsetOf(chunk, at) + 1);
  }
  return { records, nextOffset };
}
