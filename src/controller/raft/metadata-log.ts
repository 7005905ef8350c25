import { assert } from '../../assert.ts';
import { type ClusterMetadata, emptyMetadata } from '../cluster-metadata.ts';
import type { MetadataRecord } from '../metadata-records.ts';

export interface OffsetAndEpoch {
  readonly offset: number;
  readonly epoch: number;
}

/** Records that one leader has appended together. They are committed, or lost, together. */
export interface MetadataBatch {
  readonly baseOffset: number;
  readonly endOffset: number;
  readonly epoch: number;
  readonly records: readonly MetadataRecord[];
}

/** What all records before `offset` make of the cluster; the last of them is of `epoch`. */
export interface MetadataSnapshot extends OffsetAndEpoch {
  readonly metadata: ClusterMetadata;
}

/** Whether a replica's log, which ends at an offset and an epoch, is the beginning of this one. */
type Validity =
  | { readonly name: 'valid' }
  /** This log holds the epoch, or the next lower one, up to `end` only. */
  | { readonly name: 'diverging'; readonly end: OffsetAndEpoch }
  /** This log begins later. */
  | { readonly name: 'snapshot'; readonly id: OffsetAndEpoch };

const nothing: MetadataSnapshot = { offset: 0, epoch: 0, metadata: emptyMetadata };

/**
 * One replica of `__cluster_metadata`: a snapshot, and the batches that follow upon it. An epoch
 * has one leader, so two logs with the same epoch at the same offset are the same up to there.
 */
export class MetadataLog {
  #snapshot = nothing;
  #batches: MetadataBatch[] = [];

  get snapshot(): MetadataSnapshot {
    return this.#snapshot;
  }

  get batches(): readonly MetadataBatch[] {
    return this.#batches;
  }

  get startOffset(): number {
    return this.#snapshot.offset;
  }

  get endOffset(): number {
    return this.#batches.at(-1)?.endOffset ?? this.#snapshot.offset;
  }

  get lastEpoch(): number {
    return this.#batches.at(-1)?.epoch ?? this.#snapshot.epoch;
  }

  append(epoch: number, records: readonly MetadataRecord[]): void {
    const baseOffset = this.endOffset;
    assert(epoch >= this.lastEpoch, 'epochs only grow along a log');
    this.#batches.push({ baseOffset, endOffset: baseOffset + records.length, epoch, records });
  }

  appendFetched(batches: readonly MetadataBatch[]): void {
    for (const batch of batches) {
      assert(batch.baseOffset === this.endOffset, 'a fetched batch follows upon the log');
      this.#batches.push(batch);
    }
  }

  /** The batches from `startOffset` up to `endOffset`; both are where batches begin and end. */
  read(startOffset: number, endOffset = this.endOffset): readonly MetadataBatch[] {
    let from = this.#batches.length;
    while (from > 0 && this.#batches[from - 1]!.baseOffset >= startOffset) from--;
    let to = this.#batches.length;
    while (to > from && this.#batches[to - 1]!.endOffset > endOffset) to--;
    return this.#batches.slice(from, to);
  }

  /** KIP-595: what a leader answers to a fetch that ends like this. */
  validate({ offset, epoch }: OffsetAndEpoch): Validity {
    const { startOffset } = this;
    const snapshot = this.#snapshot;
    const endsWithSnapshot = offset === startOffset && epoch === snapshot.epoch;
    if (endsWithSnapshot) return { name: 'valid' };
    if (offset <= startOffset || epoch < snapshot.epoch) return { name: 'snapshot', id: snapshot };
    const end = this.endOf(epoch);
    if (end.epoch === epoch && offset <= end.offset) return { name: 'valid' };
    return { name: 'diverging', end };
  }

  /** Where `epoch` ends in this log, or the next lower one that it holds. */
  endOf(epoch: number): OffsetAndEpoch {
    const last = this.#batches.findLast((batch) => batch.epoch <= epoch);
    return last === undefined ? this.#snapshot : { offset: last.endOffset, epoch: last.epoch };
  }

  /** The epoch of the record before `offset`. */
  epochBefore(offset: number): number {
    return (
      this.#batches.findLast((batch) => batch.baseOffset < offset)?.epoch ?? this.#snapshot.epoch
    );
  }

  /** Drops what the leader does not have: it holds `end.epoch` up to `end.offset` only. */
  truncateTo(end: OffsetAndEpoch): void {
    const own = this.endOf(end.epoch);
    const offset = own.epoch === end.epoch ? Math.min(own.offset, end.offset) : own.offset;
    this.#batches = this.#batches.filter((batch) => batch.endOffset <= offset);
    assert(this.endOffset === offset, 'a log is cut where a batch ends');
  }

  /** Begins the log at `snapshot`, which is ahead of its start. */
  startFrom(snapshot: MetadataSnapshot): void {
    this.#snapshot = snapshot;
    this.#batches = this.#batches.filter((batch) => batch.baseOffset >= snapshot.offset);
  }

  /** Takes the leader's snapshot in place of everything. */
  replaceWith(snapshot: MetadataSnapshot): void {
    this.#snapshot = snapshot;
    this.#batches = [];
  }
}
