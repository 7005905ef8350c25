import { ErrorCode } from '../../protocol/error-code.ts';
import type { FetchRequest, FetchResponse } from '../../protocol/messages/fetch.ts';
import type { Partition } from '../../replication/partition.ts';
import { failedRead, isIsolationLevel } from '../../replication/partition-read.ts';
import type { ReplicationQuota } from '../../replication/replication-quota.ts';
import type { Broker } from '../broker.ts';
import {
  DelayedFetch,
  type FetchParameters,
  type FetchRead,
  type FetchReads,
} from '../delayed-fetch.ts';
import { type FetchEntry, FetchSession } from '../fetch-session.ts';
import { LeaderHints } from '../leader-hints.ts';
import { noReadReplica, preferredReadReplica } from '../preferred-read-replica.ts';
import type { Handler } from '../request-context.ts';

type TopicResponse = FetchResponse['responses'][number];
type PartitionResponse = TopicResponse['partitions'][number];

/**
 * Versions: 7 sessions (KIP-227), 11 follower reads (KIP-392), 12 divergence, 13 topic ids
 * (KIP-516), 16 hints.
 */
export const fetch: Handler<'Fetch'> = (broker, request, { apiVersion }, reply) => {
  const replicaId = request.replicaState?.replicaId ?? request.replicaId;
  if (!isIsolationLevel(request.isolationLevel)) {
    reply(refuseAll(request, apiVersion));
    return;
  }
  const parameters = parametersOf(broker, request, replicaId, apiVersion);
  if (broker.metadata.brokers.has(replicaId) && !parameters.isStale) {
    broker.replicas.followerFetches(replicaId);
  }
  const opened = openSession(broker, request, apiVersion);
  if (typeof opened === 'number') {
    reply({ throttleTimeMs: 0, errorCode: opened, sessionId: 0, responses: [], nodeEndpoints: [] });
    return;
  }
  const { session, isFull } = opened;
  const delayed = new DelayedFetch(
    session,
    parameters,
    (entry) => find(broker, session, entry),
    (reads) => {
      const withHints = apiVersion >= 16;
      if (isFull) keepSession(broker, session, request, replicaId);
      const answer = new FetchAnswer(broker, session, request.isolationLevel === 1, withHints);
      if (replicaId >= 0) countTowardsQuota(broker, session, reads);
      reply(answer.build(reads, isFull));
      if (session.id === 0) session.close();
    },
  );
  session.current = delayed;
  delayed.start(broker.replicas.purgatory);
};

/** Kafka cannot read such a request, and says so of all of it. */
function refuseAll({ topics }: FetchRequest, apiVersion: number): FetchResponse {
  const errorCode = ErrorCode.UNKNOWN_SERVER_ERROR;
  const partitionsOf = ({ partitions }: FetchRequest['topics'][number]) =>
    partitions.map(({ partition }) => partitionAnswer(partition, failedRead(errorCode), false));
  const answers = topics.map((topic) => ({ ...topic, partitions: partitionsOf(topic) }));
  const responses = apiVersion < 13 ? answers : [];
  return { throttleTimeMs: 0, errorCode, sessionId: 0, responses, nodeEndpoints: [] };
}

function parametersOf(
  broker: Broker,
  request: FetchRequest,
  replicaId: number,
  apiVersion: number,
): FetchParameters {
  const isFollower = replicaId >= 0;
  const { fetchMaxBytes } = broker.settings;
  const maxBytes = isFollower ? request.maxBytes : Math.min(request.maxBytes, fetchMaxBytes);
  const committed = request.isolationLevel === 1 ? 'last-stable-offset' : 'high-watermark';
  const replicaEpoch = broker.knobs.brokerEpochs ? (request.replicaState?.replicaEpoch ?? -1) : -1;
  const known = broker.metadata.brokers.get(replicaId);
  return {
    replicaId,
    replicaEpoch,
    isStale: replicaEpoch >= 0 && known?.fenced === false && known.brokerEpoch > replicaEpoch,
    isolation: isFollower ? 'log-end' : committed,
    minBytes: Math.min(request.minBytes, maxBytes),
    maxBytes,
    maxWaitMs: request.maxWaitMs,
    mayReadFollower: !isFollower && apiVersion >= 11,
    readReplica: isFollower
      ? () => noReadReplica
      : (partition, offset) => preferredReadReplica(broker, request.rackId, partition, offset),
    isThrottled: isFollower
      ? (partition) => isThrottled(broker.replicas.leaderQuota, partition, replicaId)
      : () => false,
  };
}

/**
 * Which partitions this request is about: its own, or those of the session that it goes on with.
 */
function openSession(
  broker: Broker,
  request: FetchRequest,
  apiVersion: number,
): { session: FetchSession; isFull: boolean } | ErrorCode {
  const { sessionId, sessionEpoch } = request;
  const usesTopicIds = apiVersion >= 13;
  const sessions = broker.fetchSessions;
  if (sessionEpoch === 0 || sessionEpoch === -1) {
    if (sessionId !== 0) sessions.remove(sessionId);
    const session = new FetchSession(usesTopicIds);
    session.update(request);
    return { session, isFull: true };
  }
  const session = sessions.get(sessionId);
  if (session === undefined) return ErrorCode.FETCH_SESSION_ID_NOT_FOUND;
  if (session.epoch !== sessionEpoch) return ErrorCode.INVALID_FETCH_SESSION_EPOCH;
  if (session.usesTopicIds !== usesTopicIds) return ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR;
  session.current?.interrupt();
  session.update(request);
  if (session.size === 0) {
    // Nothing left to fetch: the session ends, and the request is answered as one without.
    sessions.remove(sessionId);
    return { session: new FetchSession(usesTopicIds), isFull: true };
  }
  session.epoch = sessionEpoch === 0x7fffffff ? 1 : sessionEpoch + 1;
  session.lastUsedMs = broker.clock.now();
  return { session, isFull: false };
}

function keepSession(
  broker: Broker,
  session: FetchSession,
  request: FetchRequest,
  replicaId: number,
): void {
  if (request.sessionEpoch !== 0) return;
  broker.fetchSessions.keep(session, {
    isFollower: replicaId >= 0,
    slots: broker.settings.maxIncrementalFetchSessionCacheSlots,
    nowMs: broker.clock.now(),
  });
}

/** Who is in sync is never held back (KIP-73). */
function isThrottled(quota: ReplicationQuota, partition: Partition, replicaId: number): boolean {
  if (!quota.isExceeded || !quota.isThrottled(partition.identity)) return false;
  return partition.leadership?.isr.includes(replicaId) === false;
}

/** What a response without any partition takes, which counts as well: a rate of 0 lets none by. */
const emptyResponseBytes = 16;

function countTowardsQuota(broker: Broker, session: FetchSession, reads: FetchReads): void {
  const { leaderQuota } = broker.replicas;
  if (!leaderQuota.isLimited) return;
  let sizeBytes = emptyResponseBytes;
  for (const [entry, read] of reads) {
    if (read.sizeBytes === 0) continue;
    const found = find(broker, session, entry);
    if (typeof found !== 'number' && leaderQuota.isThrottled(found.identity)) {
      sizeBytes += read.sizeBytes;
    }
  }
  leaderQuota.record(sizeBytes);
}

function find(broker: Broker, { usesTopicIds }: FetchSession, entry: FetchEntry) {
  const { topic, topicId, index } = entry;
  const { topicsById, topicsByName } = broker.metadata;
  const image = usesTopicIds ? topicsById.get(topicId) : topicsByName.get(topic);
  if (image === undefined && usesTopicIds) return ErrorCode.UNKNOWN_TOPIC_ID;
  if (image?.partitions[index] === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  return broker.replicas.partition(image.topicId, index) ?? ErrorCode.NOT_LEADER_OR_FOLLOWER;
}

function partitionAnswer(
  partitionIndex: number,
  read: FetchRead,
  readCommitted: boolean,
): PartitionResponse {
  const { errorCode } = read;
  const isUnknown =
    errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION || errorCode === ErrorCode.UNKNOWN_TOPIC_ID;
  const hasList = isUnknown || (errorCode === ErrorCode.NONE && readCommitted);
  return {
    partitionIndex,
    errorCode,
    highWatermark: read.highWatermark,
    lastStableOffset: read.lastStableOffset,
    logStartOffset: read.logStartOffset,
    divergingEpoch: read.divergingEpoch ?? null,
    currentLeader: null,
    snapshotId: null,
    // Kafka says null where it did not look, but an empty list where there is no such partition.
    abortedTransactions: hasList ? read.abortedTransactions : null,
    preferredReadReplica: read.preferredReadReplica ?? noReadReplica,
    records: read.chunks,
  };
}

/** Turns what was read into a response, and notes what the reader has been told. */
class FetchAnswer {
  readonly #broker: Broker;
  readonly #session: FetchSession;
  readonly #readCommitted: boolean;
  readonly #hints: LeaderHints | undefined;

  constructor(broker: Broker, session: FetchSession, readCommitted: boolean, withHints: boolean) {
    this.#broker = broker;
    this.#session = session;
    this.#readCommitted = readCommitted;
    this.#hints = withHints ? new LeaderHints(broker) : undefined;
  }

  build(reads: FetchReads, isFull: boolean): FetchResponse {
    const session = this.#session;
    const responses: { topic: string; topicId: string; partitions: PartitionResponse[] }[] = [];
    for (const entry of isFull ? session.entries() : reads.keys()) {
      const read = reads.get(entry);
      if (read === undefined) continue;
      let last = responses.at(-1);
      if (last === undefined || last.topic !== entry.topic || last.topicId !== entry.topicId) {
        last = { topic: entry.topic, topicId: entry.topicId, partitions: [] };
        responses.push(last);
      }
      last.partitions.push(this.#partition(entry, read));
      this.#told(entry, read);
    }
    return {
      throttleTimeMs: 0,
      errorCode: ErrorCode.NONE,
      sessionId: session.id,
      responses,
      nodeEndpoints: this.#hints?.endpoints() ?? [],
    };
  }

  #partition(entry: FetchEntry, read: FetchRead): PartitionResponse {
    const answer = partitionAnswer(entry.index, read, this.#readCommitted);
    const currentLeader = this.#hints?.for(this.#image(entry), read.errorCode) ?? null;
    return currentLeader === null ? answer : { ...answer, currentLeader };
  }

  #image({ topic, topicId, index }: FetchEntry) {
    const { topicsById, topicsByName } = this.#broker.metadata;
    return (topicsById.get(topicId) ?? topicsByName.get(topic))?.partitions[index];
  }

  #told(entry: FetchEntry, read: FetchRead): void {
    const { dirty } = this.#session;
    if (read.errorCode !== ErrorCode.NONE) {
      entry.toldHighWatermark = -1; // so that it is mentioned again once it is healthy
      return;
    }
    entry.toldHighWatermark = read.highWatermark;
    entry.toldLogStartOffset = read.logStartOffset;
    if (read.sizeBytes === 0) return;
    // Who got bytes goes to the end of the queue, so that the others get theirs.
    dirty.delete(entry);
    dirty.add(entry);
  }
}
