import { History } from '../../src/history/history.ts';
import type { HistoryConsumer } from '../../src/history/history-consumer.ts';
import type { HistoryProducer, HistoryTransaction } from '../../src/history/history-producer.ts';
import type { LogView } from '../../src/history/log-view.ts';

/** What a model can do wrong, once, and the rules by which that has to be found. */
export const faults = {
  'an acknowledged record is not written': 'lost-write',
  'a record is written twice': 'duplicate',
  'a refused record is written': 'aborted-read',
  'an abort commits': 'aborted-read|dirty-read',
  'an open transaction is shown': 'dirty-read|aborted-read',
  'a commit loses the second half': 'torn-transaction',
  'two sends change places': 'nonmonotonic-send',
  'a consumer leaves something out': 'poll-skip',
  'a consumer goes back': 'nonmonotonic-poll',
  'a committed offset is forgotten': 'consumed-twice',
  'a committed offset is too far': 'consumed-never',
  'an old offset is fetched': 'lost-commit',
} as const;

export type Fault = keyof typeof faults;

interface Entry {
  readonly value: string;
  state: 'committed' | 'open' | 'aborted' | 'marker';
}

interface Open {
  readonly told: HistoryTransaction;
  readonly entries: { readonly partition: number; readonly entry: Entry }[];
  /** Where the group goes on if it is committed. */
  readonly next: number | undefined;
}

/** What a reader is: its name, what it reads, and how far it is. */
interface ModelReader {
  readonly told: HistoryConsumer;
  readonly uncommitted: boolean;
  readonly positions: [number, number];
}

const topic = 't';

/**
 * Kafka as it should be, of two partitions: producers, transactions, a group that consumes from
 * partition 0 and produces to partition 1, and readers. It notes what its clients see.
 */
export class Model {
  readonly history = new History({ logs: () => this.#views() });
  /** The fault has happened, and can be seen. */
  hasErred = false;
  readonly #fault: Fault | undefined;
  readonly #logs: [Entry[], Entry[]] = [[], []];
  readonly #producers: HistoryProducer[];
  readonly #readers: ModelReader[];
  readonly #open = new Map<number, Open>();
  #consuming: Open | undefined;
  #committedOffset = 0;
  /** Somebody was told that an offset is committed. */
  #isSure = false;
  /** The committed offset is wrong, which is seen when the group commits the next one. */
  #spoilt = false;
  #names = 0;

  constructor(fault?: Fault) {
    this.#fault = fault;
    this.#producers = [0, 1].map((id) => this.history.producer(`p${id}`));
    this.#readers = [false, false, true].map((uncommitted, id) => ({
      told: this.history.consumer(`r${id}`, {
        fromBeginning: true,
        isolation: uncommitted ? 'read_uncommitted' : 'read_committed',
      }),
      uncommitted,
      positions: [0, 0],
    }));
  }

  /** One thing happens; numbers decide what. */
  act(what: number, who: number, how: number): void {
    if (what < 4) this.#send(this.#producers[who % 2]!, how % 2, how >> 1);
    else if (what < 6) this.#advance(who % 2, how);
    else if (what < 8) this.#consume(how);
    else this.#read(this.#readers[who % 3]!, how % 2, 1 + (how >> 1));
  }

  /** All ends; someone reads everything. */
  drain(): void {
    for (const id of this.#open.keys()) this.#end(id, 3);
    if (this.#consuming !== undefined) this.#consume(3);
    const told = this.history.consumer('last', { fromBeginning: true });
    const last = { told, uncommitted: false, positions: [0, 0] } satisfies ModelReader;
    for (const partition of [0, 1]) this.#read(last as ModelReader, partition, 1000);
  }

  #errs(fault: Fault): boolean {
    if (this.#fault !== fault || this.hasErred) return false;
    this.hasErred = true;
    return true;
  }

  #send(producer: HistoryProducer, partition: number, fate: number): void {
    const value = `v${this.#names++}`;
    const sending = producer.send({ topic, partition, value });
    const log = this.#logs[partition]!;
    const entry: Entry = { value, state: 'committed' };
    const offset = log.length;
    if (fate === 0) {
      if (this.#errs('a refused record is written')) log.push(entry);
      sending.failed();
    } else if (fate === 1) {
      log.push(entry); // and the answer is lost
    } else if (fate > 2) {
      if (!this.#errs('an acknowledged record is not written')) log.push(entry);
      if (fate === 3 && this.#errs('a record is written twice')) log.push(entry);
      sending.acknowledged({ offset });
      if (fate === 4 && this.#fault === 'two sends change places' && !this.hasErred) {
        this.#swap(producer, partition);
      }
    }
  }

  /** The next one is put before the last one. */
  #swap(producer: HistoryProducer, partition: number): void {
    const value = `v${this.#names++}`;
    const log = this.#logs[partition]!;
    const last = log.pop()!;
    const told = this.history.operations.at(-1);
    if (told?.kind !== 'send') return;
    log.push({ value, state: 'committed' }, last);
    told.records[0]!.offset = log.length - 1;
    producer.send({ topic, partition, value }).acknowledged({ offset: log.length - 2 });
    this.hasErred = true;
  }

  /** A transaction begins, goes on or ends. */
  #advance(id: number, how: number): void {
    const open = this.#open.get(id);
    if (open === undefined) {
      this.#open.set(id, { told: this.#producers[id]!.begin(), entries: [], next: undefined });
    } else if (open.entries.length < 2) {
      const value = `v${this.#names++}`;
      this.#sendIn(open, open.entries.length, value);
    } else {
      this.#end(id, how % 5);
    }
  }

  #sendIn(open: Open, partition: number, value: string): void {
    const entry: Entry = { value, state: 'open' };
    const offset = this.#logs[partition]!.push(entry) - 1;
    open.entries.push({ partition, entry });
    open.told.send({ topic, partition, value }).acknowledged({ offset });
  }

  #end(id: number, fate: number): void {
    const open = this.#open.get(id)!;
    this.#open.delete(id);
    this.#finish(open, fate);
  }

  /** 0: committed; 1: committed, nobody is told; 2: not, nobody is told; 3: aborted; 4: by time. */
  #finish({ told, entries, next }: Open, fate: number): void {
    if (fate < 3) told.committing();
    const isCommitted =
      fate < 2 || (fate > 2 && entries.length > 0 && this.#errs('an abort commits'));
    const isTorn =
      isCommitted && entries.length > 1 && this.#errs('a commit loses the second half');
    for (const [index, { partition, entry }] of entries.entries()) {
      entry.state = isCommitted && !(isTorn && index > 0) ? 'committed' : 'aborted';
      this.#logs[partition]!.push({ value: '', state: 'marker' });
    }
    if (isCommitted && next !== undefined) this.#move(next, fate === 0);
    if (fate === 0) told.committed();
    else if (fate === 3) told.aborted();
  }

  /** The group goes on at `next`, as far as is known if `isTold`. */
  #move(next: number, isTold: boolean): void {
    const isSpoilt = this.#spoilt;
    this.#spoilt = false;
    if (isSpoilt && isTold) this.hasErred = true;
    if (isTold) this.#isSure = true;
    if (this.hasErred || !isTold || isSpoilt) {
      this.#committedOffset = next;
      return;
    }
    const ahead = this.#visible(0, false).filter(({ offset }) => offset >= next);
    const isForgotten = this.#fault === 'a committed offset is forgotten';
    const isTooFar = this.#fault === 'a committed offset is too far' && ahead.length > 1;
    this.#spoilt = isForgotten || isTooFar;
    if (isTooFar) this.#committedOffset = ahead[0]!.offset + 1;
    else if (!isForgotten) this.#committedOffset = next;
  }

  /** The group takes in what comes next, or ends what it has begun. */
  #consume(how: number): void {
    if (this.#consuming !== undefined) {
      const open = this.#consuming;
      this.#consuming = undefined;
      this.#finish(open, how % 5);
      return;
    }
    const from = this.#committedOffset;
    const inputs = this.#visible(0, false).filter(({ offset }) => offset >= from);
    const [input] = inputs;
    if (input === undefined) return;
    const client = `c${this.#names++}`;
    const consumer = this.history.consumer(client, { group: 'g' });
    const answered = consumer.fetchOffsets();
    const isOld = this.#isSure && this.#errs('an old offset is fetched');
    answered([{ topic, partition: 0, offset: isOld || from === 0 ? -1 : from }]);
    const told = this.history.producer(client).begin();
    const next = input.offset + 1;
    const open: Open = { told, entries: [], next };
    consumer.read({ topic, partition: 0, ...input }, told);
    this.#sendIn(open, 1, `${input.value}'`);
    told.commitOffsets('g', [{ topic, partition: 0, offset: next }]);
    this.#consuming = open;
  }

  #visible(partition: number, uncommitted: boolean): { offset: number; value: string }[] {
    const log = this.#logs[partition]!;
    const firstOpen = log.findIndex(({ state }) => state === 'open');
    const end = uncommitted || firstOpen < 0 ? log.length : firstOpen;
    return log.slice(0, end).flatMap(({ value, state }, offset) => {
      const isShown = state === 'committed' || (uncommitted && state !== 'marker');
      return isShown ? [{ offset, value }] : [];
    });
  }

  #read({ told, uncommitted, positions }: ModelReader, partition: number, most: number): void {
    const log = this.#logs[partition]!;
    const position = positions[partition]!;
    const all = this.#visible(partition, uncommitted);
    const fresh = all.filter(({ offset }) => offset >= position);
    const early = log.findIndex(({ state }, offset) => state === 'open' && offset >= position);
    if (!uncommitted && early >= 0 && this.#errs('an open transaction is shown')) {
      told.read({ topic, partition, offset: early, value: log[early]!.value });
      told.moved();
      return;
    }
    if (position > 0 && fresh.length > 1 && this.#errs('a consumer leaves something out')) {
      fresh.shift();
    }
    const read = fresh.slice(0, most);
    if (read.length === 0) return;
    const before = all.filter(({ offset }) => offset < position).at(-1);
    if (before !== undefined && this.#errs('a consumer goes back')) read.unshift(before);
    told.read(read.map((record) => ({ topic, partition, ...record })));
    positions[partition] = read.at(-1)!.offset + 1;
  }

  #views(): LogView[] {
    return this.#logs.map((log, partition) => ({
      topic,
      partition,
      startOffset: 0,
      highWatermark: log.length,
      endOffset: log.length,
      compacted: false,
      records: log.flatMap(({ value, state }, offset) =>
        state === 'marker' ? [] : [{ offset, value, state }],
      ),
    }));
  }
}
