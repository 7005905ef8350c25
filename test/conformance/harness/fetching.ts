import { apis } from '../../../src/protocol/messages/index.ts';
import type { Cluster } from './cluster.ts';
import type { Connection } from './connection.ts';
import { errorName } from './error-name.ts';
import { readBatches } from './read-batches.ts';
import type { Topic } from './topic.ts';

const unlimited = 0x7fffffff;

export interface Wanted {
  readonly partition?: number;
  readonly offset?: number;
  readonly maxBytes?: number;
  readonly currentLeaderEpoch?: number;
  readonly lastFetchedEpoch?: number;
}

/** One topic of a Fetch: partition 0 from its start unless said. */
export function wanted(topic: { name: string; id: string }, ...partitions: readonly Wanted[]) {
  const listed = partitions.length === 0 ? [{}] : partitions;
  return {
    topic: topic.name,
    topicId: topic.id,
    partitions: listed.map((one: Wanted) => ({
      partition: one.partition ?? 0,
      fetchOffset: one.offset ?? 0,
      partitionMaxBytes: one.maxBytes ?? unlimited,
      currentLeaderEpoch: one.currentLeaderEpoch ?? -1,
      lastFetchedEpoch: one.lastFetchedEpoch ?? -1,
    })),
  };
}

export interface FetchMany {
  readonly version?: number;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly isolationLevel?: number;
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
  readonly forget?: readonly (readonly [topic: Topic, ...partitions: number[]])[];
  readonly rackId?: string;
}

/**
 * A Fetch of any number of partitions. Waits for nothing unless told to. Its entries come as they
 * were answered, in order, with errors by name and the values of the records.
 */
export async function fetchMany(
  to: Cluster | Connection,
  topics: readonly ReturnType<typeof wanted>[],
  options: FetchMany = {},
  brokerId?: number,
) {
  const { version = 18, forget = [], ...fields } = options;
  const body = {
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: unlimited,
    ...fields,
    topics,
    forgottenTopicsData: forget.map(([topic, ...partitions]) => ({
      topic: topic.name,
      topicId: topic.id,
      partitions,
    })),
  };
  const reply = await to.request(apis.Fetch, version, body, brokerId);
  const entries = reply.responses.flatMap(({ topic, topicId, partitions }) =>
    partitions.map(({ errorCode, records, partitionIndex, ...rest }) => {
      const batches = readBatches(Buffer.concat(records ?? []));
      const values = batches.flatMap((batch) => batch.records.map(({ value }) => value));
      const error = errorName(errorCode);
      return {
        topic,
        topicId,
        partition: partitionIndex,
        error,
        values,
        batches,
        records,
        ...rest,
      };
    }),
  );
  const { errorCode, sessionId, nodeEndpoints } = reply;
  return { error: errorName(errorCode), sessionId, entries, nodeEndpoints };
}
