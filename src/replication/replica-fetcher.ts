import type { Knobs } from '../config/knobs.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { FetchRequest, FetchResponse } from '../protocol/messages/fetch.ts';
import { ZERO_UUID } from '../protocol/types.ts';
import type { Clock, Timer } from '../simulation/clock.ts';
import { type AskEpochEnd, truncateFirst } from './historical-truncation.ts';
import type { Partition } from './partition.ts';
import type { PartitionIdentity } from './partition-assignment.ts';
import type { ReplicationQuota } from './replication-quota.ts';
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
  readonly knobs: Pick<Knobs, 'truncation' | 'fencing'>;
  /** One for all fetchers of the broker. */
  readonly quota: ReplicationQuota;
  readonly fetch: SendToLeader<FetchRequest, FetchResponse>;
  /**
   * Where the leader's log starts and ends, to begin anew when the follower's end is outside it.
   */
  readonly leaderBounds: (
    partition: Partition,
    reply: (bounds: { logStartOffset: number; logEndOffset: number } | undefined) => void,
  ) => void;
  /** Where a leader epoch ends in the leader's log. */
  readonly askEpochEnd: (partition: Partition) => AskEpochEnd;
}

type PartitionData = FetchResponse['responses'][number]['partitions'][number];

/** A partition that is followed, and the position that its leader was told last. */
interface Followed {
  readonly key: string;
  readonly partition: Partition;
  /** The request that told it, by number; 0: none has, and no response is about it. */
  toldIn: number;
  toldLeaderEpoch: number;
  toldFetchOffset: number;
  /** It has all that the leader has said to be committed. */
  isInSync: boolean;
}

const keyOf = (topicId: string, partition: number): string => `${topicId}-${partition}`;

/**
 * The loop of a follower: fetch from one leader, for all partitions that it leads, and append. It
 * is a client like any other, but for its replica id: one incremental fetch session (KIP-227), in
 * which only what has moved is named, and a Fetch that waits at the leader while there is nothing.
 */
export class ReplicaFetcher {
  readonly #options: ReplicaFetcherOptions;
  readonly #followed = new Map<string, Followed>();
  /** Those whose position the leader does not know yet. */
  #moved = new Set<Followed>();
  /** Those that are left out of the session until a pause or a question to the leader is over. */
  readonly #resting = new Set<Followed>();
  /** What the session at the leader still holds for nothing. */
  #forgotten = new Map<string, PartitionIdentity>();
  #session = { id: 0, epoch: 0 };
  #sessionRefused = false;
  #requests = 0;
  #inFlight = 0;
  #nextSend: Timer | undefined;
  #closed = false;

  constructor(options: ReplicaFetcherOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#followed.size === 0;
  }

  follows({ identity }: Partition): boolean {
    return this.#followed.has(keyOf(identity.topicId, identity.partition));
  }

  follow(partition: Partition): void {
    const key = keyOf(partition.identity.topicId, partition.identity.partition);
    const told = { toldIn: 0, toldLeaderEpoch: -1, toldFetchOffset: -1 };
    const followed = { key, partition, ...told, isInSync: false };
    this.#followed.set(key, followed);
    this.#begin(followed);
  }

  unfollow(partition: Partition): void {
    const followed = this.#followed.get(
      keyOf(partition.identity.topicId, partition.identity.partition),
    );
    if (followed === undefined) return;
    this.#exclude(followed);
    this.#resting.delete(followed);
    this.#followed.delete(followed.key);
  }

  /** A fetch that waits at the leader may still know of this; it must not know of any log. */
  close(): void {
    this.#closed = true;
    this.#nextSend?.cancel();
    this.#followed.clear();
    this.#moved.clear();
    this.#resting.clear();
  }

  #begin(followed: Followed): void {
    const { knobs, askEpochEnd } = this.#options;
    const { truncation } = knobs;
    if (truncation === 'kip320') {
      this.#include(followed);
      return;
    }
    const { partition } = followed;
    const { leaderEpoch } = partition;
    this.#resting.add(followed);
    const ask: AskEpochEnd = (epoch, reply) =>
      askEpochEnd(partition)(epoch, (end) => {
        if (this.#isCurrent(followed, leaderEpoch)) reply(end);
      });
    truncateFirst(partition.log, truncation, ask, (done) => {
      if (done) this.#include(followed);
      else this.#rest(followed, () => this.#begin(followed));
    });
  }

  /** Nothing has happened to it since: it rests, and waits for what the leader was asked. */
  #isCurrent(followed: Followed, leaderEpoch: number): boolean {
    const { partition } = followed;
    const isSame = partition.leaderEpoch === leaderEpoch;
    return !this.#closed && this.#resting.has(followed) && isSame;
  }

  #include(followed: Followed): void {
    if (this.#isThrottled(followed)) {
      this.#rest(followed);
      return;
    }
    this.#resting.delete(followed);
    this.#forgotten.delete(followed.key);
    this.#moved.add(followed);
    this.#sendSoon();
  }

  #exclude(followed: Followed): void {
    followed.toldIn = 0;
    this.#moved.delete(followed);
    this.#resting.add(followed);
    this.#forgotten.set(followed.key, followed.partition.identity);
  }

  /** As Kafka: one partition that fails waits alone, the others go on. */
  #rest(followed: Followed, then = () => this.#include(followed)): void {
    const { clock, settings } = this.#options;
    this.#exclude(followed);
    clock.after(settings().replicaFetchBackoffMs, () => {
      if (!this.#closed && this.#resting.has(followed)) then();
    });
  }

  /**
   * Once for all partitions that are added in one go. A Fetch that waits at the leader does not
   * know them, so another goes out behind it; the leader ends the wait of the first. While the
   * session is being opened nothing can be added to it: that Fetch does not wait, and then comes
   * the next one.
   */
  #sendSoon(): void {
    if (this.#inFlight > 1 || (this.#inFlight === 1 && this.#session.id === 0)) return;
    this.#sendAfter(0);
  }

  #sendAfter(delayMs: number): void {
    this.#nextSend?.cancel();
    this.#nextSend = this.#options.clock.after(delayMs, () => this.#send());
  }

  #send(): void {
    this.#nextSend?.cancel();
    this.#nextSend = undefined;
    if (this.#closed) return;
    if (this.#options.quota.isExceeded) this.#restThrottled();
    if (this.#followed.size === this.#resting.size) return;
    this.#inFlight++;
    this.#requests++;
    const number = this.#requests;
    const request = this.#buildRequest();
    this.#options.fetch(request, (response) => {
      this.#inFlight--;
      if (!this.#closed) this.#received(response, number, request.sessionEpoch === 0);
    });
  }

  /** It has to catch up, and the quota for that is used up. Who is in sync never waits. */
  #isThrottled({ partition, isInSync }: Followed): boolean {
    const { quota } = this.#options;
    return !isInSync && quota.isExceeded && quota.isThrottled(partition.identity);
  }

  #restThrottled(): void {
    for (const followed of this.#awake()) if (this.#isThrottled(followed)) this.#rest(followed);
  }

  #buildRequest(): FetchRequest {
    const { brokerId, brokerEpoch } = this.#options;
    const settings = this.#options.settings();
    const { id: sessionId, epoch: sessionEpoch } = this.#session;
    const isFull = sessionEpoch === 0;
    const named = isFull ? this.#awake() : this.#moved;
    const forgotten = isFull ? [] : this.#forgotten.values();
    const request: FetchRequest = {
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: brokerId, replicaEpoch: brokerEpoch() },
      maxWaitMs: isFull && !this.#sessionRefused ? 0 : settings.replicaFetchWaitMaxMs,
      minBytes: settings.replicaFetchMinBytes,
      maxBytes: settings.replicaFetchResponseMaxBytes,
      isolationLevel: 0,
      sessionId,
      sessionEpoch,
      topics: groupByTopic(named, topicIdOfFollowed, (followed) => this.#tell(followed, settings)),
      forgottenTopicsData: groupByTopic(forgotten, topicIdOf, indexOf),
      rackId: '',
    };
    if (this.#moved.size > 0) this.#moved = new Set();
    if (this.#forgotten.size > 0) this.#forgotten = new Map();
    this.#session.epoch = nextSessionEpoch(sessionEpoch);
    return request;
  }

  *#awake(): Iterable<Followed> {
    for (const followed of this.#followed.values()) {
      if (!this.#resting.has(followed)) yield followed;
    }
  }

  #tell(followed: Followed, { replicaFetchMaxBytes }: FetcherSettings) {
    const { identity, log, leaderEpoch } = followed.partition;
    const { knobs } = this.#options;
    followed.toldIn = this.#requests;
    followed.toldLeaderEpoch = leaderEpoch;
    followed.toldFetchOffset = log.logEndOffset;
    return {
      partition: identity.partition,
      currentLeaderEpoch: knobs.fencing ? leaderEpoch : -1,
      fetchOffset: log.logEndOffset,
      lastFetchedEpoch: knobs.truncation === 'kip320' ? log.latestEpoch : -1,
      logStartOffset: log.logStartOffset,
      partitionMaxBytes: replicaFetchMaxBytes,
      replicaDirectoryId: ZERO_UUID,
      highWatermark: log.highWatermark,
    };
  }

  #received(response: FetchResponse | undefined, number: number, wasFull: boolean): void {
    if (response === undefined || response.errorCode !== ErrorCode.NONE) {
      // The session is lost, or the leader: everything must be said again.
      this.#session = { id: 0, epoch: 0 };
      if (this.#inFlight > 0) return;
      const isLeaderLost = response === undefined || wasFull;
      this.#sendAfter(isLeaderLost ? this.#options.settings().replicaFetchBackoffMs : 0);
      return;
    }
    this.#session.id = response.sessionId;
    this.#sessionRefused = response.sessionId === 0;
    if (this.#sessionRefused) this.#session.epoch = 0;
    for (const { topicId, partitions } of response.responses) {
      for (const data of partitions) {
        const followed = this.#followed.get(keyOf(topicId, data.partitionIndex));
        if (followed !== undefined && isAnswer(followed, number)) this.#process(followed, data);
      }
    }
    if (this.#inFlight === 0) this.#send();
  }

  #process(followed: Followed, data: PartitionData): void {
    if (data.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) {
      this.#beginAnew(followed);
      return;
    }
    if (data.errorCode !== ErrorCode.NONE) {
      this.#rest(followed);
      return;
    }
    const { partition } = followed;
    const { log } = partition;
    const { divergingEpoch } = data;
    if (divergingEpoch !== null) {
      truncateToDivergence(log, divergingEpoch);
      this.#moved.add(followed);
      return;
    }
    const chunks = data.records ?? [];
    if (chunks.length > 0) {
      const { errorCode } = log.appendAsFollower(chunks, this.#options.clock.now());
      if (errorCode !== ErrorCode.NONE) {
        this.#rest(followed);
        return;
      }
      this.#moved.add(followed);
      this.#countTowardsQuota(partition, chunks);
    }
    followed.isInSync = log.logEndOffset >= data.highWatermark;
    log.setHighWatermark(Math.min(data.highWatermark, log.logEndOffset));
    if (data.logStartOffset > log.logStartOffset && data.logStartOffset <= log.highWatermark) {
      log.moveLogStart(data.logStartOffset);
      this.#moved.add(followed);
    }
    partition.changed();
  }

  #countTowardsQuota({ identity }: Partition, chunks: readonly Uint8Array[]): void {
    const { quota } = this.#options;
    if (!quota.isThrottled(identity)) return;
    quota.record(chunks.reduce((sum, { length }) => sum + length, 0));
  }

  /** Our end lies outside the leader's log: cut back to its end, or begin at its start. */
  #beginAnew(followed: Followed): void {
    const { partition } = followed;
    const { log, leaderEpoch } = partition;
    this.#exclude(followed);
    this.#options.leaderBounds(partition, (bounds) => {
      if (this.#closed || !this.#resting.has(followed)) return;
      if (bounds === undefined || partition.leaderEpoch !== leaderEpoch) {
        this.#rest(followed);
        return;
      }
      if (bounds.logEndOffset < log.logEndOffset) {
        log.truncateTo(bounds.logEndOffset);
      } else if (bounds.logStartOffset > log.logEndOffset) {
        log.truncateFullyAndStartAt(bounds.logStartOffset);
      }
      this.#include(followed);
    });
  }
}

/**
 * Does the response to request `number` answer to where the follower stands now? Not if that has
 * been told anew since, or has moved and is about to be: with two requests under way.
 */
function isAnswer(followed: Followed, number: number): boolean {
  const { partition, toldIn, toldLeaderEpoch, toldFetchOffset } = followed;
  const isLast = toldIn > 0 && toldIn <= number;
  const { leaderEpoch, log } = partition;
  return isLast && toldLeaderEpoch === leaderEpoch && toldFetchOffset === log.logEndOffset;
}

const nextSessionEpoch = (epoch: number): number => (epoch === 0x7fffffff ? 1 : epoch + 1);

const topicIdOf = ({ topicId }: PartitionIdentity): string => topicId;
const indexOf = ({ partition }: PartitionIdentity): number => partition;
const topicIdOfFollowed = ({ partition }: Followed): string => partition.identity.topicId;

interface OfTopic<T> {
  readonly topic: string;
  readonly topicId: string;
  readonly partitions: T[];
}

function groupByTopic<Item, T>(
  items: Iterable<Item>,
  topicIdOfItem: (item: Item) => string,
  describe: (item: Item) => T,
): OfTopic<T>[] {
  const byId = new Map<string, OfTopic<T>>();
  const topics: OfTopic<T>[] = [];
  let last: OfTopic<T> | undefined;
  for (const item of items) {
    const topicId = topicIdOfItem(item);
    if (last?.topicId !== topicId) {
      last = byId.get(topicId);
      if (last === undefined) {
        last = { topic: '', topicId, partitions: [] };
        byId.set(topicId, last);
        topics.push(last);
      }
    }
    last.partitions.push(describe(item));
  }
  return topics;
}
