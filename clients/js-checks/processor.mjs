import { until } from './member.mjs';

const atMost = 10;

/** Reads a group's topic and writes what it makes of it, with its offsets in the same transaction. */
export class Processor {
  /** How many rows it has committed. */
  done = 0;
  #group;
  #ledger;
  #member;
  #producer;
  /** By partition, behind what it has taken; a rebalance may bring a row again. */
  #next = new Map();

  /**
   * @param {import('./ledger.mjs').Client} client
   * @param {import('./group.mjs').Group} group
   * @param {import('./ledger.mjs').Ledger} ledger
   */
  static async start(client, group, ledger) {
    const processor = new Processor();
    processor.#group = group;
    processor.#ledger = ledger;
    processor.#producer = await client.transactional(`${group.id}-processor`);
    processor.#member = await group.join({ commits: 'told', isolation: 'read_committed' });
    return processor;
  }

  static transformed({ partition, key, value }) {
    return { partition, key, value: `${value}, transformed` };
  }

  /** Until it has committed so many. What it has done first is aborted, and done again. */
  async work(count) {
    for (let fate = 'abort'; this.done < count; fate = 'commit') {
      const rows = await this.#take();
      if (fate === 'abort') await this.#transform(rows, 'abort');
      await this.#transform(rows, 'commit');
      this.done += rows.length;
    }
  }

  /** One more transaction that it does not end, and then it is gone. */
  async leaveOne() {
    await this.#begin(await this.#take(), 'abort');
    await this.#member.close();
  }

  async #transform(rows, fate) {
    await this.#begin(rows, fate);
    await this.#producer[fate]();
  }

  async #begin(rows, fate) {
    await this.#producer.begin();
    await this.#ledger.write(this.#producer, fate, rows.map(Processor.transformed));
    const offsets = new Map(rows.map(({ partition, offset }) => [partition, offset + 1]));
    const { id: groupId, topic } = this.#group;
    await this.#producer.sendOffsets(offsets, { groupId, topic, member: this.#member });
  }

  /** Some rows that it has read and not taken yet. */
  async #take() {
    const fresh = () =>
      this.#member.reads.filter(
        ({ partition, offset }) => offset >= (this.#next.get(partition) ?? 0),
      );
    await until(() => fresh().length > 0, 'there is more to read', [this.#member]);
    const rows = fresh().slice(0, atMost);
    for (const { partition, offset } of rows) this.#next.set(partition, offset + 1);
    return rows;
  }

  settle() {
    return this.#ledger.settle(this.#producer);
  }

  close() {
    return this.#producer.close();
  }
}
