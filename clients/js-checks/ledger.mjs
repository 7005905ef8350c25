import { deepStrictEqual, ok } from 'node:assert/strict';
import { Member, until } from './member.mjs';
import { named } from './report.mjs';

/**
 * A producer with a transactional id that has been initialized. `send` resolves when all is
 * acknowledged, to the offset of each row where the client tells it. In `offsets` is what the next
 * member of the group is to read.
 *
 * @typedef {{ partition: number, key: string, value: string }} Row
 * @typedef {{ begin(): Promise<void>, send(topic: string, rows: Row[]): Promise<number[] | void>,
 *   sendOffsets(offsets: Map<number, number>, from: { groupId: string, topic: string,
 *     member: Member }): Promise<void>,
 *   commit(): Promise<void>, abort(): Promise<void>, close(): Promise<void> }} Producer
 *
 * What the client does. `nameOf` an error; `fencedAs`, the name of the one that a fenced producer gets.
 * `join` is told the isolation level too, 'read_committed' or 'read_uncommitted'.
 * @typedef {import('./group.mjs').Client & { nameOf(error: Error): string, fencedAs: string,
 *   transactional(transactionalId: string): Promise<Producer> }} Client
 */

/** A topic, all that is written to it in transactions, and two who read it from its start. */
export class Ledger {
  /** @type {(Row & { offset?: number, isAborted: boolean })[]} in the order of writing */
  rows = [];
  #client;
  #partitions;

  /**
   * On a topic to which is written before anyone reads: so each broker, leader of some of it, has
   * heard of it.
   *
   * @param {Client} client
   */
  static async open(client, name, partitions) {
    const ledger = new Ledger();
    ledger.#client = client;
    ledger.topic = named(name);
    ledger.#partitions = Array.from({ length: partitions }, (_, partition) => partition);
    await client.createTopic(ledger.topic, partitions);
    const first = ledger.batch();
    await client.write(ledger.topic, first);
    ledger.rows.push(...first.map((row, i) => ({ ...row, offset: i % 2, isAborted: false })));
    ledger.committed = await ledger.#read('read_committed');
    ledger.uncommitted = await ledger.#read('read_uncommitted');
    return ledger;
  }

  async #read(isolation) {
    const member = new Member();
    const groupId = `${this.topic}-${isolation}`;
    const how = { groupId, topic: this.topic, commits: 'each', isolation };
    member.client = await this.#client.join(member, how);
    return member;
  }

  get #readers() {
    return [this.committed, this.uncommitted];
  }

  close() {
    return Promise.all(this.#readers.map((reader) => reader.close()));
  }

  /** Two rows for each partition. */
  batch() {
    const label = `row ${this.rows.length}`;
    return this.#partitions.flatMap((partition) =>
      ['a', 'b'].map((key) => ({ partition, key, value: `${label}, ${partition} ${key}` })),
    );
  }

  /** Writes in the open transaction of a producer, of which is known how it will end. */
  async write(producer, fate, rows = this.batch()) {
    const offsets = (await producer.send(this.topic, rows)) ?? [];
    const isAborted = fate === 'abort';
    this.rows.push(...rows.map((row, i) => ({ ...row, offset: offsets[i], isAborted })));
    return rows;
  }

  /** @param {'commit' | 'abort'} fate */
  async transaction(producer, fate) {
    await producer.begin();
    await this.write(producer, fate);
    await producer[fate]();
  }

  /** Until somebody has read these rows, which are the last of all. */
  hasRead(reader, rows) {
    const isRead = (row) => reader.reads.some(({ value }) => value === row.value);
    return until(() => rows.every(isRead), `${rows.length} rows are read`, [reader]);
  }

  /** A last transaction, and when both have read it, they have read just what they should. */
  async settle(producer) {
    await producer.begin();
    const last = await this.write(producer, 'commit');
    await producer.commit();
    await Promise.all(this.#readers.map((reader) => this.hasRead(reader, last)));
    for (const partition of this.#partitions) this.#compare(partition);
    const aborted = this.rows.filter(({ isAborted }) => isAborted).length;
    return `${this.rows.length} records, ${aborted} of them aborted`;
  }

  #compare(partition) {
    const rows = this.rows.filter((row) => row.partition === partition);
    const read = readIn(this.uncommitted, partition);
    const written = rows.map(({ isAborted, ...row }, i) => {
      return { ...row, offset: row.offset ?? read[i]?.offset };
    });
    deepStrictEqual(read, written.map(ordered), 'read uncommitted');
    ok(read.every(({ offset }, i) => i === 0 || offset > read[i - 1].offset));
    const committed = read.filter((_, i) => !rows[i].isAborted);
    deepStrictEqual(readIn(this.committed, partition), committed, 'read committed');
  }
}

const ordered = ({ partition, offset, key, value }) => ({ partition, offset, key, value });

/** What was read of a partition, in that order; what a rebalance brought again, once. */
export function readIn({ reads }, partition) {
  const rows = reads.filter((row) => row.partition === partition);
  return [...new Map(rows.map((row) => [row.offset, ordered(row)])).values()];
}
