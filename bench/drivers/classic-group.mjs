// A classic group of many members in this process, each with a connection of its own. Its requests
// are those of a client; what a client does with the records between them is left out.
import { setTimeout as pause } from 'node:timers/promises';
import { Writer } from '../wire.mjs';
import { request } from './connection.mjs';

const sessionTimeoutMs = 45_000;
const rebalanceTimeoutMs = 60_000;
const heartbeatMs = 20;
const errors = { rebalanceInProgress: 27, memberIdRequired: 79 };

function subscriptionTo(topic) {
  const out = new Writer(64).int16(0).int32(1).string(topic).int32(-1);
  return Buffer.from(out.bytes.subarray(4, out.at));
}

function assignmentOf(topic, partitions) {
  const out = new Writer(64 + partitions.length * 4).int16(0).int32(1).string(topic);
  out.int32(partitions.length);
  for (const partition of partitions) out.int32(partition);
  out.int32(-1);
  return Buffer.from(out.bytes.subarray(4, out.at));
}

class ClassicMember {
  memberId = '';
  generation = -1;
  partitions = [];
  #group;
  #connection;

  constructor(group, connection) {
    this.#group = group;
    this.#connection = connection;
  }

  /** Who leads hears of all members; the others of none. */
  async join() {
    const { name, topic } = this.#group;
    const write = (out) => {
      out.string(name).int32(sessionTimeoutMs).int32(rebalanceTimeoutMs);
      out.string(this.memberId).string(null).string('consumer');
      out.int32(1).string('range').sized(subscriptionTo(topic));
    };
    const reply = (await this.#connection.ask(request(11, 5, write))).skip(4);
    const error = reply.int16();
    this.generation = reply.int32();
    reply.string(); // protocol
    reply.string(); // leader
    this.memberId = reply.string();
    if (error === errors.memberIdRequired) return null;
    if (error !== 0) throw new Error(`join: error ${error}`);
    const members = reply.array(() => {
      const memberId = reply.string();
      reply.string();
      reply.sized();
      return memberId;
    });
    return members.length > 0 ? members : null;
  }

  /** `everybody`: whom to assign to, if it leads. False: it has to join again. */
  async sync(everybody) {
    const { name, topic, partitionCount } = this.#group;
    const count = everybody?.length ?? 0;
    const share = (at) => Math.floor((at * partitionCount) / count);
    const write = (out) => {
      this.#identity(out.string(name)).int32(count);
      for (let at = 0; at < count; at++) {
        const length = share(at + 1) - share(at);
        const own = Array.from({ length }, (_, index) => share(at) + index);
        out.string(everybody[at]).sized(assignmentOf(topic, own));
      }
    };
    const sizeBytes = 1024 + count * 256 + partitionCount * 4;
    const reply = await this.#connection.ask(request(14, 3, write, sizeBytes));
    const error = reply.skip(4).int16();
    if (error === errors.rebalanceInProgress) return false;
    if (error !== 0) throw new Error(`sync: error ${error}`);
    const size = reply.int32();
    this.partitions = [];
    if (size === 0) return true;
    reply.skip(2).array(() => {
      reply.string();
      this.partitions.push(...reply.array(() => reply.int32()));
    });
    return true;
  }

  /** Whether it may stay; else the others wait for it to join again. */
  async heartbeat() {
    const write = (out) => this.#identity(out.string(this.#group.name));
    const error = (await this.#connection.ask(request(12, 3, write))).skip(4).int16();
    if (error !== 0 && error !== errors.rebalanceInProgress) {
      throw new Error(`heartbeat: error ${error}`);
    }
    return error === 0;
  }

  async commit(offset) {
    const { name, topic } = this.#group;
    const write = (out) => {
      this.#identity(out.string(name)).int32(1).string(topic);
      out.int32(1).int32(this.partitions[0]).int64(offset).int32(-1).string('');
    };
    const reply = (await this.#connection.ask(request(8, 7, write))).skip(4);
    reply.array(() => {
      reply.string();
      reply.array(() => {
        const error = reply.skip(4).int16();
        if (error !== 0) throw new Error(`commit: error ${error}`);
      });
    });
  }

  #identity(out) {
    return out.int32(this.generation).string(this.memberId).string(null);
  }
}

export class ClassicGroup {
  members;

  constructor({ name, topic, partitionCount }, connections) {
    Object.assign(this, { name, topic, partitionCount });
    this.members = connections.map((connection) => new ClassicMember(this, connection));
  }

  /** All come into one generation. Who comes first begins one alone, and hears of the others. */
  async form() {
    const inside = new Set();
    const isFormed = () =>
      inside.size === this.members.length &&
      this.members.every(({ generation }) => generation === this.members[0].generation);
    const live = async (member) => {
      await member.join(); // for an id
      while (!isFormed()) {
        if (!inside.has(member)) {
          if (await this.#joinOne(member)) inside.add(member);
        } else if (await member.heartbeat()) await pause(heartbeatMs);
        else inside.delete(member);
      }
    };
    await Promise.all(this.members.map(live));
  }

  /** The leader joins again; the others are told so by a heartbeat, and then do as well. */
  async rebalance() {
    const [first, ...rest] = this.members;
    const again = async (member) => {
      while (await member.heartbeat());
      return this.#joinOne(member);
    };
    const synced = await Promise.all([this.#joinOne(first), ...rest.map(again)]);
    if (synced.includes(false)) throw new Error('another rebalance came between');
    this.#check();
  }

  async #joinOne(member) {
    const everybody = await member.join();
    if (everybody !== null)
      this.members = [member, ...this.members.filter((one) => one !== member)];
    return member.sync(everybody);
  }

  #check() {
    const owned = new Set(this.members.flatMap(({ partitions }) => partitions));
    if (owned.size !== this.partitionCount) throw new Error(`${owned.size} partitions are owned`);
  }
}
