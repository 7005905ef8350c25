import { type ClientRecord, type OffsetLike, toOffset } from './identity.ts';
import type { Acks, OffsetCommit, Send, Transaction } from './operation.ts';
import { offsetsOf, type PartitionOffset, type Recorder } from './recorder.ts';

/** A record to be sent; the partition may be the client's own choice. */
export interface RecordToSend extends ClientRecord {
  readonly partition?: number | undefined;
}

/** Where an acknowledged record went, as far as it is known. */
export interface Acknowledgement {
  readonly partition?: number;
  readonly offset?: OffsetLike;
}

interface Sender {
  readonly client: string;
  readonly acks?: Acks;
  readonly keepsOrder?: boolean;
}

/** How one send differs from others of its producer. */
interface SendOptions {
  readonly acks?: Acks;
}

/** One send that is under way. Left alone its outcome is unknown, as after a timeout. */
export class HistorySend {
  readonly #recorder: Recorder;
  readonly #send: Send;

  /** @internal */
  constructor(recorder: Recorder, send: Send) {
    this.#recorder = recorder;
    this.#send = send;
  }

  /** With the place of each record, in order, or of the first if all are in one partition. */
  acknowledged(places: Acknowledgement | readonly Acknowledgement[] = []): void {
    const { records } = this.#send;
    const each = Array.isArray(places) ? places : following(places as Acknowledgement, records);
    for (const [index, record] of records.entries()) {
      const { partition, offset } = each[index] ?? {};
      record.partition = partition ?? record.partition;
      record.offset = toOffset(offset);
    }
    this.#end('acknowledged');
  }

  /** Certainly nothing was written. A timeout does not say so. */
  failed(): void {
    this.#end('failed');
  }

  #end(outcome: Send['outcome']): void {
    this.#send.outcome = outcome;
    this.#send.endedAt = this.#recorder.turn();
  }
}

/** Where records went that follow the first one in its batch. */
function following(first: Acknowledgement, { length }: { length: number }): Acknowledgement[] {
  const { offset, ...place } = first;
  const base = toOffset(offset);
  return Array.from({ length }, (_, delta) =>
    base === undefined ? place : { ...place, offset: base + delta },
  );
}

/** What one producer does. */
export class HistoryProducer {
  readonly #recorder: Recorder;
  readonly #sender: Sender;

  /** @internal */
  constructor(recorder: Recorder, sender: Sender) {
    this.#recorder = recorder;
    this.#sender = sender;
  }

  /** Notes that these records are sent from now on. */
  send(records: RecordToSend | readonly RecordToSend[], options: SendOptions = {}): HistorySend {
    return beginSend(this.#recorder, { ...this.#sender, ...options }, records);
  }

  /** Notes that a transaction has begun. */
  begin(): HistoryTransaction {
    return new HistoryTransaction(this.#recorder, this.#sender);
  }
}

/** One transaction. Nobody may see what is in it before `committing`. */
export class HistoryTransaction {
  readonly #recorder: Recorder;
  readonly #sender: Sender;
  /** @internal */
  readonly operation: Transaction;

  /** @internal */
  constructor(recorder: Recorder, sender: Sender) {
    this.#recorder = recorder;
    this.#sender = sender;
    this.operation = recorder.add({
      kind: 'transaction',
      client: sender.client,
      begunAt: recorder.turn(),
      committingAt: Number.POSITIVE_INFINITY,
      endedAt: Number.POSITIVE_INFINITY,
      outcome: 'open',
      sends: [],
      reads: [],
      commits: [],
    });
  }

  /** Notes that these records are sent in it from now on. */
  send(records: RecordToSend | readonly RecordToSend[]): HistorySend {
    return beginSend(this.#recorder, this.#sender, records, this.operation);
  }

  /** The offsets of a group were taken into it, and count when it is committed. */
  commitOffsets(group: string, offsets: readonly PartitionOffset[]): void {
    const now = this.#recorder.turn();
    const commit: OffsetCommit = {
      kind: 'commit',
      client: this.#sender.client,
      group,
      transaction: this.operation,
      offsets: offsetsOf(offsets),
      begunAt: now,
      endedAt: now,
      outcome: 'acknowledged',
    };
    this.operation.commits.push(this.#recorder.add(commit));
  }

  /** The commit is about to be asked for: from now on the outcome is unknown. */
  committing(): void {
    if (this.operation.outcome !== 'open') return;
    this.operation.committingAt = this.#recorder.turn();
    this.operation.outcome = 'unknown';
  }

  committed(): void {
    this.committing();
    this.#end('committed');
  }

  /** It will certainly never be committed. */
  aborted(): void {
    this.#end('aborted');
  }

  #end(outcome: 'committed' | 'aborted'): void {
    this.operation.outcome = outcome;
    this.operation.endedAt = this.#recorder.turn();
  }
}

function beginSend(
  recorder: Recorder,
  { client, acks = -1, keepsOrder = false }: Sender,
  records: RecordToSend | readonly RecordToSend[],
  transaction?: Transaction,
): HistorySend {
  const all: readonly RecordToSend[] = Array.isArray(records) ? records : [records as RecordToSend];
  const send = recorder.add<Send>({
    kind: 'send',
    client,
    acks,
    keepsOrder,
    transaction,
    records: all.map((record) => ({
      topic: record.topic,
      partition: record.partition,
      offset: undefined,
      value: recorder.identityOf(record),
    })),
    begunAt: recorder.turn(),
    endedAt: Number.POSITIVE_INFINITY,
    outcome: 'unknown',
  });
  transaction?.sends.push(send);
  return new HistorySend(recorder, send);
}
