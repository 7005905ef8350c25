import type { HistoryTransaction } from './history-producer.ts';
import type { ClientRecord, OffsetLike } from './identity.ts';
import type { OffsetCommit, Place, Read, Reader } from './operation.ts';
import { offsetsOf, type PartitionOffset, type Recorder } from './recorder.ts';

/** A record that was read. */
export interface RecordRead extends ClientRecord {
  readonly partition: number;
  readonly offset: OffsetLike;
}

/** One commit of offsets that is under way. Left alone its outcome is unknown. */
export class HistoryCommit {
  readonly #recorder: Recorder;
  readonly #commit: OffsetCommit;

  /** @internal */
  constructor(recorder: Recorder, commit: OffsetCommit) {
    this.#recorder = recorder;
    this.#commit = commit;
  }

  acknowledged(): void {
    this.#end('acknowledged');
  }

  /** Certainly nothing was committed. */
  failed(): void {
    this.#end('failed');
  }

  #end(outcome: OffsetCommit['outcome']): void {
    this.#commit.outcome = outcome;
    this.#commit.endedAt = this.#recorder.turn();
  }
}

/** What one consumer does. */
export class HistoryConsumer {
  readonly #recorder: Recorder;
  readonly #reader: Reader;
  #assignment: readonly Place[] = [];

  /** @internal */
  constructor(recorder: Recorder, reader: Reader) {
    this.#recorder = recorder;
    this.#reader = reader;
  }

  /** What one poll brought, in its order; `transaction`: what comes of it belongs to that. */
  read(records: RecordRead | readonly RecordRead[], transaction?: HistoryTransaction): void {
    const all: readonly RecordRead[] = Array.isArray(records) ? records : [records as RecordRead];
    const read: Read = this.#recorder.add({
      kind: 'read',
      reader: this.#reader,
      transaction: transaction?.operation,
      records: all.map((record) => ({
        topic: record.topic,
        partition: record.partition,
        offset: Number(record.offset),
        value: this.#recorder.identityOf(record),
      })),
      at: this.#recorder.turn(),
    });
    transaction?.operation.reads.push(read);
  }

  /** All that it has now. What it had already it goes on with; elsewhere it begins anywhere. */
  assigned(partitions: readonly Place[]): void {
    const kept = this.#assignment.filter((old) => partitions.some((place) => same(old, place)));
    this.#assignment = partitions;
    this.#moves(false, (place) => !kept.some((one) => same(one, place)));
  }

  /** The group deals its partitions out anew: it goes on where that has committed. */
  rebalanced(): void {
    this.#moves(false, () => true);
  }

  /** A seek or a reset: it may go on anywhere in these partitions, or in all. */
  moved(partitions?: readonly Place[]): void {
    this.#moves(true, (place) => partitions?.some((one) => same(one, place)) ?? true);
  }

  /** Notes that these offsets of its group are committed from now on. */
  commit(offsets: readonly PartitionOffset[]): HistoryCommit {
    const commit: OffsetCommit = this.#recorder.add({
      kind: 'commit',
      client: this.#reader.client,
      group: this.#group(),
      transaction: undefined,
      offsets: offsetsOf(offsets),
      begunAt: this.#recorder.turn(),
      endedAt: Number.POSITIVE_INFINITY,
      outcome: 'unknown',
    });
    return new HistoryCommit(this.#recorder, commit);
  }

  /** Asks which offsets are committed; to be called with the answer, where -1 is none. */
  fetchOffsets(): (offsets: readonly PartitionOffset[]) => void {
    const askedAt = this.#recorder.turn();
    return (offsets) => {
      this.#recorder.add({
        kind: 'offset-fetch',
        client: this.#reader.client,
        group: this.#group(),
        askedAt,
        answeredAt: this.#recorder.turn(),
        offsets: offsetsOf(offsets),
      });
    };
  }

  #group(): string {
    return this.#reader.group ?? this.#reader.client;
  }

  #moves(isSeek: boolean, forgets: (place: Place) => boolean): void {
    this.#recorder.add({
      kind: 'move',
      reader: this.#reader,
      isSeek,
      forgets,
      at: this.#recorder.turn(),
    });
  }
}

const same = (one: Place, other: Place): boolean =>
  one.topic === other.topic && one.partition === other.partition;
