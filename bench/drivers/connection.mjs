// One connection that asks and waits for the answer, for what no stock driver measures.
import { once } from 'node:events';
import net from 'node:net';
import { Reader, recordBatch, Writer } from '../wire.mjs';

const timeoutMs = 120_000;
const clientId = 'bench';

/** A request's frame; `write` adds its body. */
export function request(key, version, write, sizeBytes = 1024) {
  const out = new Writer(sizeBytes).int16(key).int16(version).int32(1).string(clientId);
  write(out);
  return out.frame();
}

const metadataOf = (topics) => (out) => {
  out.int32(topics === null ? -1 : topics.length);
  for (const topic of topics ?? []) out.string(topic);
  out.int8(0);
};

export const frames = {
  apiVersions: () => request(18, 0, () => undefined),
  metadata: (topics) => request(3, 4, metadataOf(topics)),
  /** One record of `sizeBytes`. */
  produce(topic, acks, sizeBytes) {
    const batch = recordBatch(1, sizeBytes);
    const write = (out) => {
      out.string(null).int16(acks).int32(30_000).int32(1).string(topic);
      out.int32(1).int32(0).int32(batch.length).raw(batch);
    };
    return request(0, 3, write, 1024 + batch.length);
  },
  /** All partitions from offset 0, 64 KiB of each. */
  fetch(topic, partitions, { maxWaitMs, minBytes, maxBytes = 1 << 20 }) {
    const write = (out) => {
      out.int32(-1).int32(maxWaitMs).int32(minBytes).int32(maxBytes).int8(0);
      out.int32(1).string(topic).int32(partitions);
      for (let index = 0; index < partitions; index++) out.int32(index).int64(0).int32(65_536);
    };
    return request(1, 4, write, 1024 + partitions * 16);
  },
};

function readMetadata(reply) {
  reply.int32();
  const brokers = reply.array(() => {
    const broker = { id: reply.int32(), host: reply.string(), port: reply.int32() };
    reply.string();
    return broker;
  });
  reply.string();
  const controllerId = reply.int32();
  const topics = reply.array(() => {
    const topic = { error: reply.int16(), name: reply.string(), internal: reply.int8() };
    const partitions = reply.array(() => {
      const partition = { error: reply.int16(), index: reply.int32(), leader: reply.int32() };
      reply.skip(reply.int32() * 4); // replicas
      reply.skip(reply.int32() * 4); // in-sync replicas
      return partition;
    });
    return { ...topic, partitions };
  });
  return { brokers, controllerId, topics };
}

export class Connection {
  #socket;
  #chunks = [];
  #size = 0;
  #wanted = null;

  constructor(socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', (error) => this.#fail(error.message));
    socket.on('close', () => this.#fail('the broker closed the connection'));
    socket.on('data', (chunk) => this.#take(chunk));
  }

  /** `address` is HOST:PORT; of a list the first. */
  static async open(address) {
    const [host, port] = address.split(',')[0].split(':');
    const socket = net.connect(Number(port), host === 'localhost' ? '127.0.0.1' : host);
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** `count` of them; 40 at a time, as Kafka lets no more than 50 wait to be accepted. */
  static async openAll(address, count, each = async () => undefined) {
    const opened = [];
    const one = async () => {
      const connection = await Connection.open(address);
      opened.push(connection);
      await each(connection);
    };
    while (opened.length < count) {
      const next = Math.min(40, count - opened.length);
      await Promise.all(Array.from({ length: next }, one));
    }
    return opened;
  }

  #take(chunk) {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#chunks[0].length < 4) this.#chunks = [Buffer.concat(this.#chunks)];
    if (this.#size < 4 || this.#size < this.#chunks[0].readInt32BE(0) + 4) return;
    const frame = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#size = 0;
    this.#settle().resolve(new Reader(frame, 8));
  }

  #settle() {
    const wanted = this.#wanted;
    this.#wanted = null;
    clearTimeout(wanted?.timer);
    return wanted;
  }

  #fail(why) {
    this.#settle()?.reject(new Error(why));
  }

  /** Sends a frame and reads its answer, one at a time. */
  ask(frame) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail('no answer in time'), timeoutMs);
      this.#wanted = { resolve, reject, timer };
      if (this.#socket.destroyed) this.#fail('the connection is closed');
      else this.#socket.write(frame);
    });
  }

  close() {
    this.#fail('closed by us');
    this.#socket.destroy();
  }

  async metadata(topics = []) {
    return readMetadata(await this.ask(frames.metadata(topics)));
  }

  async createTopic(name, partitions, replicas) {
    const write = (out) => {
      out.int32(1).string(name).int32(partitions).int16(replicas).int32(0).int32(0);
      out.int32(60_000).int8(0);
    };
    const reply = await this.ask(request(19, 2, write));
    const [error] = reply.skip(4).array(() => {
      reply.string();
      return reply.int16();
    });
    if (error !== 0) throw new Error(`create ${name}: error ${error}`);
  }

  async deleteTopic(name) {
    await this.ask(request(20, 1, (out) => out.int32(1).string(name).int32(60_000)));
  }

  /** The end offsets of some partitions that this broker leads. */
  async endOffsets(topic, indexes) {
    const write = (out) => {
      out.int32(-1).int32(1).string(topic).int32(indexes.length);
      for (const index of indexes) out.int32(index).int64(-1);
    };
    const reply = await this.ask(request(2, 1, write, 1024 + indexes.length * 12));
    const [offsets] = reply.array(() => {
      reply.string();
      return reply.array(() => {
        const { index, error } = { index: reply.int32(), error: reply.int16() };
        if (error !== 0) throw new Error(`offset of ${topic}-${index}: error ${error}`);
        return reply.skip(8).int64();
      });
    });
    return offsets;
  }
}
