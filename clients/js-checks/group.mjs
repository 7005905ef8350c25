import { deepStrictEqual } from 'node:assert/strict';
import { Member, until } from './member.mjs';
import { MemberProcess } from './member-process.mjs';
import { eventually, named } from './report.mjs';

/**
 * How a member joins: `commits` is after each batch ('each'), by the client itself ('auto'), or only
 * when it is told ('told').
 *
 * @typedef {{ groupId: string, topic: string, commits: 'each' | 'auto' | 'told',
 *   sessionTimeout?: number, instanceId?: string, kind?: 'cooperative' | '848' }} Joining
 *
 * @typedef {import('./member.mjs').Read} Read
 *
 * What the client does; `committed` has an offset for each partition of the topic. `memberFile` runs
 * `join` in a process of its own. `leavesWhenStatic`: closing it sends LeaveGroup even then.
 * @typedef {{ createTopic(topic: string, partitions: number): Promise<void>,
 *   write(topic: string, rows: Omit<Read, 'offset'>[]): Promise<void>,
 *   join(member: Member, how: Joining): Promise<{ close(): Promise<void>,
 *     commit(offsets: number[]): Promise<void> }>,
 *   committed(groupId: string, topic: string): Promise<number[]>,
 *   typeOf?(groupId: string): Promise<string>, memberFile: string,
 *   leavesWhenStatic?: boolean }} Client
 */

const partitions = [0, 1, 2, 3, 4, 5];
const atOnce = 5;

/** A group, its topic, and all that was written to it. */
export class Group {
  /** @type {Member[]} */
  members = [];
  #client;

  /**
   * On a topic of its own, to which is written: so each broker, leader of some of it, has heard of
   * it before anyone joins.
   *
   * @param {Client} client
   */
  static async create(client, name) {
    const topic = named(name);
    await client.createTopic(topic, partitions.length);
    const written = partitions.map(() => []);
    const group = new Group(client, topic, topic, written);
    await group.write();
    return group;
  }

  /** @param {Read[][]} written what is in each partition of the topic */
  constructor(client, id, topic, written) {
    this.#client = client;
    this.id = id;
    this.topic = topic;
    this.written = written;
  }

  /** Another one on the same topic; without a suffix the same, with nobody in it. */
  another(suffix = '') {
    return new Group(this.#client, `${this.id}${suffix}`, this.topic, this.written);
  }

  async join(how = {}) {
    const member = new Member();
    this.members.push(member);
    member.client = await this.#client.join(member, this.#joining(how));
    return member;
  }

  joinByProcess(how = {}) {
    const member = new MemberProcess(this.#client.memberFile, this.#joining(how));
    this.members.push(member);
    return member;
  }

  #joining(how) {
    return { groupId: this.id, topic: this.topic, commits: 'each', ...how };
  }

  async close() {
    await Promise.all(this.members.map((member) => member.close()));
  }

  /** Writes a few records to each partition; resolves to these. */
  async write() {
    const rows = partitions.flatMap((partition) =>
      Array.from({ length: atOnce }, (_, i) => {
        const offset = this.written[partition].length + i;
        return { partition, offset, key: `key ${offset}`, value: `${partition}, ${offset}` };
      }),
    );
    await this.#client.write(
      this.topic,
      rows.map(({ offset, ...row }) => row),
    );
    for (const row of rows) this.written[row.partition].push(row);
    return rows;
  }

  /** Until all that was written was read, by whomever; what was read is just that. */
  async allRead() {
    const all = this.written.flat();
    const isRead = (row) => this.members.some((member) => has(member, row));
    await until(() => all.every(isRead), `${all.length} records are read`, this.members);
    deepStrictEqual(sorted(this.members.flatMap(({ reads }) => reads)), all);
  }

  /** Writes once more, until all is read. */
  async round() {
    await this.write();
    await this.allRead();
  }

  /**
   * Until each has read what is written to its own partitions. Written to all twice, for a fetch
   * that was under way when a partition moved may still bring the first of it to its last owner.
   */
  async readByOwners() {
    await this.round();
    const rows = await this.write();
    const isRead = (row) =>
      this.members.some((member) => member.partitions.includes(row.partition) && has(member, row));
    await until(() => rows.every(isRead), 'everyone reads its own', this.members);
    await this.allRead();
  }

  /** Until these have all partitions, each some, and none is two members'. */
  async sharedBy(...members) {
    const isShared = () => {
      const all = members.flatMap((member) => member.partitions).sort();
      return members.every((member) => member.partitions.length > 0) && same(all, partitions);
    };
    await until(isShared, `${members.length} share the partitions`, members);
    return members.map((member) => member.partitions.join(' ')).join(' · ');
  }

  /** Until the group's offset is this in every partition. */
  async committedEverywhere(offset) {
    await eventually(async () => {
      const committed = await this.#client.committed(this.id, this.topic);
      deepStrictEqual(
        committed,
        partitions.map(() => offset),
      );
    });
  }
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function has({ reads }, { partition, offset }) {
  return reads.some((row) => row.partition === partition && row.offset === offset);
}

/** In order, and what came twice once. */
function sorted(rows) {
  const byPlace = new Map(rows.map((row) => [`${row.partition}@${row.offset}`, row]));
  return [...byPlace.values()].sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}
