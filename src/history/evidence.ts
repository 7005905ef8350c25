import type { History } from './history.ts';
import type { LogView } from './log-view.ts';
import type {
  Move,
  OffsetCommit,
  OffsetFetch,
  Place,
  Read,
  Reader,
  SeenRecord,
  Send,
  SentRecord,
  Transaction,
} from './operation.ts';
import { PartitionEvidence } from './partition-evidence.ts';

/** One attempt to write a value. After an abort the same value may be sent again. */
export interface Write {
  readonly send: Send;
  readonly record: SentRecord;
}

/** A value in its place, as a consumer was given it, or as it is in the log in the end. */
export interface Sighting extends SeenRecord {
  /** Without one it is the log that shows it. */
  readonly read: Read | undefined;
  /** It is shown as committed. */
  readonly isCommitted: boolean;
  /** The log has no marker yet that ends its transaction. */
  readonly isPending: boolean;
}

export const placeName = ({ topic, partition }: Place): string => `${topic}-${partition}`;

const idOf = (topic: string, value: string): string => `${topic}\n${value}`;

const noWrites: readonly Write[] = [];
const noSightings: readonly Sighting[] = [];

/** A history, indexed: what was written, what was seen of it, and in which order it lies. */
export class Evidence {
  /** Nothing is under way any more, and every consumer has read to the end. */
  readonly isDrained: boolean;
  readonly sends: Send[] = [];
  readonly reads: Read[] = [];
  readonly transactions: Transaction[] = [];
  readonly commits: OffsetCommit[] = [];
  readonly fetches: OffsetFetch[] = [];
  /** What each consumer did, by its name. */
  readonly paths = new Map<string, { reader: Reader; steps: (Read | Move)[] }>();
  readonly partitions = new Map<string, PartitionEvidence>();
  readonly #moves: Move[] = [];
  readonly #writes = new Map<string, Write[]>();
  readonly #sightings = new Map<string, Sighting[]>();
  /** Of unknown outcome, but something of them was seen as committed. */
  readonly #proven = new Set<Transaction>();

  constructor(history: History, { isDrained }: { readonly isDrained: boolean }) {
    this.isDrained = isDrained;
    for (const operation of history.operations) {
      if (operation.kind === 'send') this.#addSend(operation);
      else if (operation.kind === 'transaction') this.transactions.push(operation);
      else if (operation.kind === 'read') this.#addRead(operation);
      else if (operation.kind === 'move') this.#addMove(operation);
      else if (operation.kind === 'commit') this.commits.push(operation);
      else this.fetches.push(operation);
    }
    for (const log of history.logs()) this.#addLog(log);
    for (const sighting of this.sightings()) this.#prove(sighting);
    for (const write of this.writes()) this.#place(write);
  }

  *writes(): Generator<Write> {
    for (const writes of this.#writes.values()) yield* writes;
  }

  *sightings(): Generator<Sighting> {
    for (const sightings of this.#sightings.values()) yield* sightings;
  }

  /** All values that were written or seen, each once. */
  *values(): Generator<{ writes: readonly Write[]; sightings: readonly Sighting[] }> {
    for (const [id, writes] of this.#writes) {
      yield { writes, sightings: this.#sightings.get(id) ?? noSightings };
    }
    for (const [id, sightings] of this.#sightings) {
      if (!this.#writes.has(id)) yield { writes: noWrites, sightings };
    }
  }

  writesOf({ topic, value }: { readonly topic: string; readonly value: string }): readonly Write[] {
    return this.#writes.get(idOf(topic, value)) ?? noWrites;
  }

  sightingsOf(record: { readonly topic: string; readonly value: string }): readonly Sighting[] {
    return this.#sightings.get(idOf(record.topic, record.value)) ?? noSightings;
  }

  /** The attempts that what was seen may come from: by offset where that says it. */
  sourcesOf(seen: SeenRecord): readonly Write[] {
    const writes = this.writesOf(seen);
    const known = writes.filter(
      ({ record }) => record.offset === seen.offset && record.partition === seen.partition,
    );
    return known.length > 0 ? known : writes;
  }

  isCommittedTransaction(transaction: Transaction): boolean {
    return transaction.outcome === 'committed' || this.#proven.has(transaction);
  }

  /** Nobody that reads what is committed may ever see it. */
  isVoid({ send }: Write): boolean {
    const outcome = send.transaction?.outcome;
    return send.outcome === 'failed' || outcome === 'aborted' || outcome === 'open';
  }

  /** It was acknowledged, and so was the commit of its transaction: it must be there. */
  isPromised({ send }: Write): boolean {
    const { transaction, outcome, acks } = send;
    if (outcome !== 'acknowledged' || acks === 0) return false;
    return transaction === undefined || this.isCommittedTransaction(transaction);
  }

  partition(place: Place): PartitionEvidence {
    const name = placeName(place);
    let partition = this.partitions.get(name);
    if (partition === undefined) {
      partition = new PartitionEvidence(place);
      this.partitions.set(name, partition);
      for (const move of this.#moves) partition.addMove(move);
    }
    return partition;
  }

  /** Where a write lies: as acknowledged, or as seen if nobody else wrote the value. */
  placeOf({ send, record }: Write): { partition: number; offset: number } | undefined {
    const { partition, offset } = record;
    if (partition !== undefined && offset !== undefined) return { partition, offset };
    if (send.outcome === 'failed' || this.writesOf(record).length > 1) return undefined;
    return this.sightingsOf(record)[0];
  }

  #addSend(send: Send): void {
    this.sends.push(send);
    for (const record of send.records) {
      const id = idOf(record.topic, record.value);
      const writes = this.#writes.get(id);
      if (writes === undefined) this.#writes.set(id, [{ send, record }]);
      else writes.push({ send, record });
    }
  }

  #addRead(read: Read): void {
    this.reads.push(read);
    this.#path(read.reader).push(read);
    const isCommitted = read.reader.isolation === 'read_committed';
    for (const record of read.records) {
      const partition = this.partition(record);
      this.#see({ ...record, read, isCommitted, isPending: false }, partition);
      partition.addRead(read.reader, record.offset);
    }
  }

  #addMove(move: Move): void {
    this.#path(move.reader).push(move);
    this.#moves.push(move);
    for (const partition of this.partitions.values()) partition.addMove(move);
  }

  #addLog(log: LogView): void {
    const partition = this.partition(log);
    partition.log = log;
    for (const { offset, value, state } of log.records) {
      const { topic, partition: index } = log;
      const status = { isCommitted: state === 'committed', isPending: state === 'open' };
      const seen = { topic, partition: index, offset, value, read: undefined, ...status };
      this.#see(seen, partition);
    }
  }

  #see(sighting: Sighting, partition: PartitionEvidence): void {
    const id = idOf(sighting.topic, sighting.value);
    const sightings = this.#sightings.get(id);
    if (sightings === undefined) this.#sightings.set(id, [sighting]);
    else sightings.push(sighting);
    const who = sighting.read === undefined ? 'the log' : sighting.read.reader.client;
    partition.addValue(sighting, who, sighting.isCommitted);
  }

  #path(reader: Reader): (Read | Move)[] {
    let path = this.paths.get(reader.client);
    if (path === undefined) {
      path = { reader, steps: [] };
      this.paths.set(reader.client, path);
    }
    return path.steps;
  }

  #prove(sighting: Sighting): void {
    if (!sighting.isCommitted) return;
    const able = this.sourcesOf(sighting).filter((write) => !this.isVoid(write));
    const transaction = able[0]?.send.transaction;
    if (transaction?.outcome !== 'unknown') return;
    if (able.every(({ send }) => send.transaction === transaction)) this.#proven.add(transaction);
  }

  #place(write: Write): void {
    const { send, record } = write;
    const { topic, partition, offset, value } = record;
    if (send.outcome !== 'acknowledged' || partition === undefined || offset === undefined) return;
    const evidence = this.partition({ topic, partition });
    evidence.addValue({ offset, value }, send.client, this.isPromised(write));
  }
}
