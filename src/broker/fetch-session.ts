import type { FetchRequest } from '../protocol/messages/fetch.ts';
import { ZERO_UUID } from '../protocol/types.ts';
import type { Partition, PartitionChange, PartitionListener } from '../replication/partition.ts';

type RequestedPartition = FetchRequest['topics'][number]['partitions'][number];

/** One partition of a fetch: where the reader stands, and what it has been told. */
export interface FetchEntry {
  /** '' when the request names topics by id. */
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  position: RequestedPartition;
  /** The request in hand states this position; a follower's progress is taken from it once. */
  isStated: boolean;
  /** -1: nothing yet, so that the next response says it (again). */
  toldHighWatermark: number;
  toldLogStartOffset: number;
  /** Only while the session listens to it: a reader that has gone must not hold on to a log. */
  partition: Partition | undefined;
}

const keyOf = (topic: string, topicId: string, index: number): string =>
  `${topicId === ZERO_UUID ? topic : topicId}:${index}`;

/**
 * The partitions that a reader fetches from, over many requests (KIP-227) or in a single one.
 *
 * `dirty` holds the entries that may have something to say. A clean entry had nothing when it was
 * last looked at, and its partition tells when that may have changed; so an idle session costs what
 * has changed and not what it spans. Its order decides who gets the bytes of a response.
 */
export class FetchSession implements PartitionListener {
  readonly usesTopicIds: boolean;
  /** 0: not kept beyond this request. */
  id = 0;
  /** The epoch that the next request must carry. */
  epoch = 0;
  lastUsedMs = 0;
  readonly dirty = new Set<FetchEntry>();
  /** The request of this session that waits or was the last to wait. */
  current: { interrupt(): void } | undefined;
  /** Called when a partition changes; set while a request of this session waits. */
  wake: ((change: PartitionChange) => void) | undefined;
  readonly #entries = new Map<string, FetchEntry>();
  readonly #byPartition = new Map<Partition, FetchEntry>();
  #closed = false;

  constructor(usesTopicIds: boolean) {
    this.usesTopicIds = usesTopicIds;
  }

  get size(): number {
    return this.#entries.size;
  }

  entries(): Iterable<FetchEntry> {
    return this.#entries.values();
  }

  /** Takes over what a request adds, moves and forgets. */
  update(request: Pick<FetchRequest, 'topics' | 'forgottenTopicsData'>): void {
    for (const { topic, topicId, partitions } of request.topics) {
      for (const position of partitions) this.#state(topic, topicId, position);
    }
    for (const { topic, topicId, partitions } of request.forgottenTopicsData) {
      for (const index of partitions) this.#forget(keyOf(topic, topicId, index));
    }
  }

  /** Hears of the next change of the entry's partition; while a request waits, of every one. */
  listen(entry: FetchEntry, partition: Partition): void {
    this.unlisten(entry, partition);
    if (this.#closed || entry.partition === partition) return;
    entry.partition = partition;
    this.#byPartition.set(partition, entry);
    partition.subscribe(this);
  }

  /** Hears no more of the entry's partition, but for `served`, which serves it now. */
  unlisten(entry: FetchEntry, served?: Partition): void {
    const { partition } = entry;
    if (partition === undefined || partition === served) return;
    entry.partition = undefined;
    this.#byPartition.delete(partition);
    partition.unsubscribe(this);
  }

  partitionChanged(partition: Partition, change: PartitionChange): void {
    const entry = this.#byPartition.get(partition);
    if (entry === undefined) return;
    this.dirty.add(entry);
    // A session whose reader never comes again must cost nothing: what is dirty stays dirty.
    if (this.wake === undefined) this.unlisten(entry);
    else this.wake(change);
  }

  /** The end: a request that still waits is answered with what there is. */
  close(): void {
    this.#closed = true;
    this.current?.interrupt();
    for (const entry of this.#byPartition.values()) this.unlisten(entry);
  }

  #state(topic: string, topicId: string, position: RequestedPartition): void {
    const key = keyOf(topic, topicId, position.partition);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = {
        topic,
        topicId,
        index: position.partition,
        position,
        isStated: true,
        toldHighWatermark: -1,
        toldLogStartOffset: -1,
        partition: undefined,
      };
      this.#entries.set(key, entry);
    }
    entry.position = position;
    entry.isStated = true;
    // A follower says what it knows (KIP-1166): a response that told it more may have been in vain.
    const { highWatermark, logStartOffset } = position;
    if (highWatermark >= 0 && highWatermark < entry.toldHighWatermark) {
      entry.toldHighWatermark = highWatermark;
    }
    if (logStartOffset >= 0 && logStartOffset < entry.toldLogStartOffset) {
      entry.toldLogStartOffset = logStartOffset;
    }
    this.dirty.add(entry);
  }

  #forget(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.unlisten(entry);
    this.#entries.delete(key);
    this.dirty.delete(entry);
  }
}
