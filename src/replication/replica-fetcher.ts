import { ErrorCode } from '../protocol/error-code.ts';
import type { FetchRequest, FetchResponse } from '../protocol/messages/fetch.ts';
import type { Clock, Timer } from '../simulation/clock.ts';
import type { Partition } from './partition.ts';
import { truncateToDivergence } from './truncation.ts';

/**
 * A request to another broker: its response, or undefined when the connection broke or timed out.
 */
type SendToLeader<Request, Response> = (
  request: Request,
  reply: (response: Response | undefined) => void,
) => void;

interface FetcherSettings {
  readonly replicaFetchWaitMaxMs: number;
  readonly replicaFetchMinBytes: number;
  readonly replicaFetchMaxBytes: number;
  readonly replicaFetchResponseMaxBytes: number;
  readonly replicaFetchBackoffMs: number;
}

export interface ReplicaFetcherOptions {
  readonly brokerId: number;
  readonly brokerEpoch: () => number;
  readonly clock: Clock;
  readonly settings: () => FetcherSettings;
  readonly fetch: SendToLeader<FetchRequest, FetchResponse>;
  /**
   * Where the leader's log starts and ends, to begin anew when the follower's end is outside it.
   */
  readonly leaderBounds: (
    partition: Partition,
    reply: (bounds: { logStartOffset: number; logEndOffset: number } | undefined) => void,
  ) => void;
}

type PartitionData = FetchResponse['responses'][number]['partitions'][number];

const keyOf = (topicId: string, partition: number): string => `${topicId}-${partition}`;

/**
 * The loop of a follower: fetch from one leader, for all partitions that it leads, and append. It
 * is a client like any other, but for its replica id: one incremental fetch session (KIP-227), in
 * which only what has moved is named, and a Fetch that waits at the leader while there is nothing.
 */
export class ReplicaFetcher {
  readonly #options: ReplicaFetcherOptions;
  readonly #partitions = new Map<string, Partition>();
  /** Partitions whose position the leader does not know yet. */
  #moved = new Set<Partition>();
  #forgotten: Partition[] = [];
  #session = { id: 0, epoch: 0 };
  #inFlight = 0;
  #backoff: Timer | undefined;
  #closed = false;

  constructor(options: ReplicaFetcherOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#partitions.size === 0;
  }

  follow(partition: Partition): void {
    const { topicId, partition: index } = partition.identity;
    this.#partitions.set(keyOf(topicId, index), partition);
    this.#moved.add(partition);
    this.#sendSoon();
  }

  unfollow(partition: Partition): void {
    const { topicId, partition: index } = partition.identity;
    if (!this.#partitions.delete(keyOf(topicId, index))) return;
    this.#moved.delete(partition);
    this.#forgotten.push(partition);
  }

  close(): void {
    this.#closed = true;
    this.#backoff?.cancel();
  }

  /**
   * Once for all partitions that are added in one go. A Fetch that waits at the leader does not
   * know them, so another goes out behind it; the leader ends the wait of the first.
   */
  #sendSoon(): void {
    if (this.#inFlight > 1) return;
    this.#backoff?.cancel();
    this.#backoff = this.#options.clock.after(0, () => this.#send());
  }

  #send(): void {
    this.#backoff?.cancel();
    this.#backoff = undefined;
    if (this.#closed || this.#partitions.size === 0) return;
    this.#inFlight++;
    const request = this.#buildRequest();
    this.#options.fetch(request, (response) => {
      this.#inFlight--;
      if (!this.#closed) this.#received(response);
    });
  }

  #buildRequest(): FetchRequest {
    const { brokerId, brokerEpoch, settings } = this.#options;
    const { id: sessionId, epoch: sessionEpoch } = this.#session;
    const isFull = sessionEpoch === 0;
    const named = isFull ? this.#partitions.values() : this.#moved;
    const forgotten = isFull ? [] : this.#forgotten;
    const request: FetchRequest = {
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: brokerId, replicaEpoch: brokerEpoch() },
      maxWaitMs: settings().replicaFetchWaitMaxMs,
      minBytes: settings().replicaFetchMinBytes,
      maxBytes: settings().replicaFetchResponseMaxBytes,
      isolationLevel: 0,
      sessionId,
      sessionEpoch,
      topics: groupByTopic(named, (partition) => this.#position(partition)),
      forgottenTopicsData: groupByTopic(forgotten, (partition) => partition.identity.partition),
      rackId: '',
    };
    this.#moved = new Set();
    this.#forgotten = [];
    this.#session.epoch = nextSessionEpoch(sessionEpoch);
    return request;
  }

  #position({ identity, log, leaderEpoch }: Partition) {
    return {
      partition: identity.partition,
      currentLeaderEpoch: leaderEpoch,
      fetchOffset: log.logEndOffset,
      lastFetchedEpoch: log.latestEpoch,
      logStartOffset: log.logStartOffset,
      partitionMaxBytes: this.#options.settings().replicaFetchMaxBytes,
      replicaDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAA',
      highWatermark: log.highWatermark,
    };
  }

  #received(response: FetchResponse | undefined): void {
    if (response === undefined || response.errorCode !== ErrorCode.NONE) {
      this.#startAnew(response === undefined);
      return;
    }
    this.#session.id = response.sessionId;
    if (response.sessionId === 0) this.#session.epoch = 0;
    let failed = false;
    for (const { topicId, partitions } of response.responses) {
      for (const data of partitions) {
        const partition = this.#partitions.get(keyOf(topicId, data.partitionIndex));
        if (partition === undefined) continue;
        if (!this.#process(partition, data)) failed = true;
      }
    }
    if (this.#inFlight > 0) return;
    if (failed) this.#retryLater();
    else this.#send();
  }

  /** The session is lost, or the leader: everything must be said again. */
  #startAnew(leaderLost: boolean): void {
    this.#session = { id: 0, epoch: 0 };
    if (this.#inFlight > 0) return;
    if (leaderLost) this.#retryLater();
    else this.#send();
  }

  #retryLater(): void {
    const { clock, settings } = this.#options;
    this.#backoff?.cancel();
    this.#backoff = clock.after(settings().replicaFetchBackoffMs, () => this.#send());
  }

  /** Returns false when the partition must be tried again after a pause. */
  #process(partition: Partition, data: PartitionData): boolean {
    if (data.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) {
      this.#beginAnew(partition);
      return true;
    }
    if (data.errorCode !== ErrorCode.NONE) {
      this.#moved.add(partition);
      return false;
    }
    const { log } = partition;
    const { divergingEpoch } = data;
    if (divergingEpoch !== null) {
      truncateToDivergence(log, divergingEpoch);
      this.#moved.add(partition);
      return true;
    }
    const chunks = data.records ?? [];
    if (chunks.length > 0) {
      // Not at our end any more: the answer to a request that a later one has overtaken.
      const { errorCode } = log.appendAsFollower(chunks, this.#options.clock.now());
      if (errorCode !== ErrorCode.OFFSET_OUT_OF_RANGE) this.#moved.add(partition);
    }
    log.setHighWatermark(Math.min(data.highWatermark, log.logEndOffset));
    if (data.logStartOffset > log.logStartOffset && data.logStartOffset <= log.highWatermark) {
      log.moveLogStart(data.logStartOffset);
      this.#moved.add(partition);
    }
    partition.changed();
    return true;
  }

  /** Our end lies outside the leader's log: cut back to its end, or begin at its start. */
  #beginAnew(partition: Partition): void {
    const { log, leaderEpoch } = partition;
    this.#options.leaderBounds(partition, (bounds) => {
      const { topicId, partition: index } = partition.identity;
      const isOurs = this.#partitions.get(keyOf(topicId, index)) === partition;
      if (this.#closed || !isOurs || partition.leaderEpoch !== leaderEpoch) return;
      if (bounds !== undefined && bounds.logEndOffset < log.logEndOffset) {
        log.truncateTo(bounds.logEndOffset);
      } else if (bounds !== undefined && bounds.logStartOffset > log.logEndOffset) {
        log.truncateFullyAndStartAt(bounds.logStartOffset);
      }
      this.#moved.add(partition);
      this.#sendSoon();
    });
  }
}

const nextSessionEpoch = (epoch: number): number => (epoch === 0x7fffffff ? 1 : epoch + 1);

function groupByTopic<T>(
  partitions: Iterable<Partition>,
  describe: (partition: Partition) => T,
): { topic: string; topicId: string; partitions: T[] }[] {
  const topics = new Map<string, { topic: string; topicId: string; partitions: T[] }>();
  for (const partition of partitions) {
    const { topicId } = partition.identity;
    let topic = topics.get(topicId);
    if (topic === undefined) {
      topic = { topic: '', topicId, partitions: [] };
      topics.set(topicId, topic);
    }
    topic.partitions.push(describe(partition));
  }
  return [...topics.values()];
}
