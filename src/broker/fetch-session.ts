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

  /** Binds an entry to the replica that serves it now; it may have gone and come again. */
  bind(entry: FetchEntry, partition: Partition | undefined): void {
    if (entry.partition === partition) return;
    this.#release(entry);
    entry.partition = partition;
  }

  /** Hears of the next change of the entry's partition; while a request waits, of every one. */
  listen(entry: FetchEntry): void {
    const { partition } = entry;
    if (this.#closed || partition === undefined || this.#byPartition.has(partition)) return;
    this.#byPartition.set(partition, entry);
    partition.subscribe(this);
  }

  partitionChanged(partition: Partition, change: PartitionChange): void {
    const entry = this.#byPartition.get(partition);
    if (entry === undefined) return;
    this.dirty.add(entry);
    // A session whose reader never comes again must cost nothing: what is dirty stays dirty.
    if (this.wake === undefined) this.#release(entry);
    else this.wake(change);
  }

  /** The end: a request that still waits is answered with what there is. */
  close(): void {
    this.#closed = true;
    this.current?.interrupt();
    for (const partition of this.#byPartition.keys()) partition.unsubscribe(this);
    this.#byPartition.clear();
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
    const { highWatermark } = position;
    if (highWatermark >= 0 && highWatermark < entry.toldHighWatermark) {
      entry.toldHighWatermark = highWatermark;
    }
    this.dirty.add(entry);
  }

  #forget(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#release(entry);
    this.#entries.delete(key);
    this.dirty.delete(entry);
  }

  #release({ partition }: FetchEntry): void {
    if (partition === undefined || !this.#byPartition.delete(partition)) return;
    partition.unsubscribe(this);
  }
}
