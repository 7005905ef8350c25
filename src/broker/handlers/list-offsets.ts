import { ErrorCode } from '../../protocol/error-code.ts';
import type {
  ListOffsetsRequest,
  ListOffsetsResponse,
} from '../../protocol/messages/list-offsets.ts';
import type { Partition } from '../../replication/partition.ts';
import {
  type FetchIsolation,
  isIsolationLevel,
  visibleEnd,
} from '../../replication/partition-read.ts';
import { findByName } from '../find-partition.ts';
import type { Handler } from '../request-context.ts';

type Wanted = ListOffsetsRequest['topics'][number]['partitions'][number];
type Found = ListOffsetsResponse['topics'][number]['partitions'][number];

/** What a timestamp below zero stands for, and the first version that knows it. */
const special = {
  latest: { timestamp: -1, since: 0 },
  earliest: { timestamp: -2, since: 0 },
  maxTimestamp: { timestamp: -3, since: 7 }, // KIP-734
  earliestLocal: { timestamp: -4, since: 8 }, // KIP-405
  latestTiered: { timestamp: -5, since: 9 }, // KIP-1005
  earliestPendingUpload: { timestamp: -6, since: 11 }, // KIP-1023
} as const;

/** A debugger asks with this id and may read a follower, too. */
const debuggingReplicaId = -2;

export const listOffsets: Handler<'ListOffsets'> = (broker, request, { apiVersion }, reply) => {
  const { replicaId, isolationLevel } = request;
  const committed = isolationLevel === 1 ? 'last-stable-offset' : 'high-watermark';
  const isolation: FetchIsolation = replicaId === -1 ? committed : 'log-end';
  const answer = (name: string, wanted: Wanted): Found => {
    const found = findByName(broker, name, wanted.partitionIndex);
    if (typeof found === 'number') return failed(wanted, found);
    const epochError = found.checkLeaderEpoch(wanted.currentLeaderEpoch);
    if (epochError !== ErrorCode.NONE) return failed(wanted, epochError);
    if (found.leadership === undefined && replicaId !== debuggingReplicaId) {
      return failed(wanted, ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }
    return lookUp(found, wanted, isolation, apiVersion);
  };
  const topics = [...wantedByTopic(request)].map(([name, byIndex]) => ({
    name,
    partitions: [...byIndex.values()].map(([wanted, ...again]) => {
      // Kafka cannot read such a request, and says so of all of it.
      if (!isIsolationLevel(isolationLevel)) {
        return failed(wanted, ErrorCode.UNKNOWN_SERVER_ERROR);
      }
      return again.length > 0 ? failed(wanted, ErrorCode.INVALID_REQUEST) : answer(name, wanted);
    }),
  }));
  reply({ throttleTimeMs: 0, topics });
};

/**
 * Each topic and each partition is answered once, however often it is named; a topic without
 * partitions not at all.
 */
function wantedByTopic({ topics }: ListOffsetsRequest) {
  const byTopic = new Map<string, Map<number, [Wanted, ...Wanted[]]>>();
  for (const { name, partitions } of topics) {
    if (partitions.length === 0) continue;
    const byIndex = byTopic.get(name) ?? new Map<number, [Wanted, ...Wanted[]]>();
    byTopic.set(name, byIndex);
    for (const wanted of partitions) {
      const same = byIndex.get(wanted.partitionIndex);
      if (same === undefined) byIndex.set(wanted.partitionIndex, [wanted]);
      else same.push(wanted);
    }
  }
  return byTopic;
}

const failed = ({ partitionIndex }: Wanted, errorCode: ErrorCode): Found => ({
  partitionIndex,
  errorCode,
  timestamp: -1,
  offset: -1,
  leaderEpoch: -1,
});

function lookUp(
  partition: Partition,
  wanted: Wanted,
  isolation: FetchIsolation,
  apiVersion: number,
): Found {
  const { log, leaderEpoch } = partition;
  const { timestamp, partitionIndex } = wanted;
  const kind = Object.values(special).find((one) => one.timestamp === timestamp);
  if (timestamp < 0 && (kind === undefined || apiVersion < kind.since)) {
    return failed(wanted, ErrorCode.UNSUPPORTED_VERSION);
  }
  const at = (offset: number, epoch: number, timestampMs = -1): Found => ({
    partitionIndex,
    errorCode: ErrorCode.NONE,
    timestamp: timestampMs,
    offset,
    leaderEpoch: epoch,
  });
  if (kind === special.earliest || kind === special.earliestLocal) {
    return at(log.logStartOffset, log.earliestEpoch);
  }
  // There is no tiered storage, so nothing is there and nothing waits to go there.
  if (kind === special.latestTiered || kind === special.earliestPendingUpload) return at(-1, -1);
  const end = visibleEnd(partition, isolation);
  const isUnknown = isolation !== 'log-end' && isBehindItsEpoch(partition);
  // A new leader does not know yet how much of what it has is committed (KIP-207).
  const unknownEnd =
    apiVersion >= 5 ? ErrorCode.OFFSET_NOT_AVAILABLE : ErrorCode.LEADER_NOT_AVAILABLE;
  if (kind === special.latest) {
    return isUnknown ? failed(wanted, unknownEnd) : at(end, leaderEpoch);
  }
  const found =
    kind === special.maxTimestamp
      ? log.offsetOfMaxTimestamp()
      : log.offsetForTimestamp(timestamp, end);
  // Kafka does not look for the greatest timestamp of those that are visible.
  if (found !== undefined && found.offset < end) {
    return at(found.offset, found.leaderEpoch, found.timestampMs);
  }
  return isUnknown ? failed(wanted, unknownEnd) : at(-1, -1);
}

const isBehindItsEpoch = ({ leadership, log }: Partition): boolean =>
  leadership !== undefined && log.highWatermark < leadership.epochStartOffset;
