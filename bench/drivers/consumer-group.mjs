// A group of the consumer protocol (KIP-848) of many members in this process, each with a connection
// of its own.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Writer } from '../wire.mjs';

/** Clients ask every 5 s, and at once when something has changed; here nobody shall wait so long. */
export const heartbeatMs = 250;

class ConsumerMember {
  memberId = randomUUID();
  epoch = 0;
  partitions = [];
  topicId = Buffer.alloc(16);
  /** What it has is what it has told the coordinator that it has. */
  isSettled = false;
  #group;
  #connection;

  constructor(group, connection) {
    this.#group = group;
    this.#connection = connection;
  }

  async heartbeat() {
    const reply = await this.#connection.ask(this.#request());
    const error = reply.uvarint() === 0 && reply.skip(4).int16();
    if (error !== 0) throw new Error(`consumer heartbeat: error ${error}`);
    reply.compact(); // message
    reply.compact(); // member id
    this.epoch = reply.int32();
    reply.skip(4); // interval
    this.isSettled = reply.int8() === 255;
    if (!this.isSettled) this.#take(reply);
  }

  #take(reply) {
    this.partitions = [];
    for (let topics = reply.uvarint() - 1; topics > 0; topics--) {
      this.topicId = Buffer.from(reply.bytes.subarray(reply.at, reply.at + 16));
      reply.skip(16);
      const count = reply.uvarint() - 1;
      for (let at = 0; at < count; at++) this.partitions.push(reply.int32());
      reply.uvarint();
    }
  }

  /** Version 1, which has a header with tagged fields. All is said when it joins; later what it owns. */
  #request() {
    const { name, topic } = this.#group;
    const isJoining = this.epoch === 0;
    const out = new Writer(512 + this.partitions.length * 4);
    out.int16(68).int16(1).int32(1).string('bench').uvarint(0);
    out.compact(name).compact(this.memberId).int32(this.epoch).compact(null).compact(null);
    out.int32(isJoining ? 300_000 : -1);
    if (isJoining) out.uvarint(2).compact(topic);
    else out.uvarint(0);
    out.compact(null).compact(null);
    if (this.isSettled) out.uvarint(0);
    else if (this.partitions.length === 0) out.uvarint(1);
    else {
      out
        .uvarint(2)
        .raw(this.topicId)
        .uvarint(this.partitions.length + 1);
      for (const partition of this.partitions) out.int32(partition);
      out.uvarint(0);
    }
    return out.uvarint(0).frame();
  }
}

export class ConsumerGroup {
  members;

  constructor({ name, topic, partitionCount }, connections) {
    Object.assign(this, { name, topic, partitionCount });
    this.members = connections.map((connection) => new ConsumerMember(this, connection));
  }

  /** All join, and go on until they share all partitions at one epoch. */
  async converge() {
    let isOver = false;
    const deadline = performance.now() + 60_000;
    const live = async (member) => {
      while (!isOver) {
        await member.heartbeat();
        isOver ||= this.#hasConverged();
        if (isOver || !member.isSettled) continue;
        if (performance.now() > deadline) throw new Error('the group does not converge');
        await pause(heartbeatMs);
      }
    };
    await Promise.all(this.members.map(live));
  }

  #hasConverged() {
    const [{ epoch }] = this.members;
    if (!this.members.every((member) => member.isSettled && member.epoch === epoch)) return false;
    const owned = new Set(this.members.flatMap(({ partitions }) => partitions));
    return owned.size === this.partitionCount;
  }
}
