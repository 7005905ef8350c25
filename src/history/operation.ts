/** One partition, as clients name it. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** A record as its sender knows it: where it went is known when that is acknowledged. */
export interface SentRecord {
  readonly topic: string;
  /** What it is told apart by in its topic. */
  readonly value: string;
  partition: number | undefined;
  offset: number | undefined;
}

export interface SeenRecord extends Place {
  readonly offset: number;
  readonly value: string;
}

export interface OffsetOf extends Place {
  readonly offset: number;
}

/** What is certain of a request: `unknown` also when its answer never came. */
type Outcome = 'acknowledged' | 'failed' | 'unknown';

/** As in Produce: -1 is every in-sync replica. */
export type Acks = -1 | 0 | 1;

/** Times are turns of the history: what has not ended ends at infinity. */
export interface Send {
  readonly kind: 'send';
  readonly client: string;
  readonly acks: Acks;
  /** Sends of this producer that overlap keep their order, too. */
  readonly keepsOrder: boolean;
  readonly transaction: Transaction | undefined;
  readonly records: readonly SentRecord[];
  readonly begunAt: number;
  endedAt: number;
  outcome: Outcome;
}

export interface Transaction {
  readonly kind: 'transaction';
  readonly client: string;
  readonly begunAt: number;
  /** When the commit was asked for: nobody may see anything of it earlier. */
  committingAt: number;
  endedAt: number;
  /** `open`: its commit was never asked for. `unknown`: it was, and the answer never came. */
  outcome: 'open' | 'unknown' | 'committed' | 'aborted';
  readonly sends: Send[];
  readonly reads: Read[];
  readonly commits: OffsetCommit[];
}

export type Isolation = 'read_committed' | 'read_uncommitted';

/** Who reads, and how. */
export interface Reader {
  readonly client: string;
  readonly group: string | undefined;
  readonly isolation: Isolation;
  /** Where nothing is committed it begins with the first record there is. */
  readonly fromBeginning: boolean;
}

/** One poll. */
export interface Read {
  readonly kind: 'read';
  readonly reader: Reader;
  readonly transaction: Transaction | undefined;
  readonly records: readonly SeenRecord[];
  readonly at: number;
}

/** From here on the consumer may be anywhere, but in the partitions that it has kept. */
export interface Move {
  readonly kind: 'move';
  readonly reader: Reader;
  /** Of its own will, and not because partitions were dealt out anew. */
  readonly isSeek: boolean;
  readonly forgets: (place: Place) => boolean;
  readonly at: number;
}

export interface OffsetCommit {
  readonly kind: 'commit';
  readonly client: string;
  readonly group: string;
  readonly transaction: Transaction | undefined;
  readonly offsets: readonly OffsetOf[];
  readonly begunAt: number;
  endedAt: number;
  outcome: Outcome;
}

/** Somebody was told which offsets are committed. */
export interface OffsetFetch {
  readonly kind: 'offset-fetch';
  readonly client: string;
  readonly group: string;
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly offsets: readonly OffsetOf[];
}

export type Operation = Send | Transaction | Read | Move | OffsetCommit | OffsetFetch;
