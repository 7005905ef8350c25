// The least that a Node process can do and still satisfy a Kafka client: it acknowledges what it
// throws away, and serves one prebuilt batch of 1 MB without end. The ceiling of this machine.
// node bench/null-broker.mjs BROKERS; prints the bootstrap list once it listens.
// A topic exists when it is asked for. "-p6" and "-s100" in its name give its partitions and the
// size of the records that are served; a topic named "live…" keeps its batches and parks fetches.
import net from 'node:net';
import { Reader, recordBatch, Writer } from './wire.mjs';

const brokers = Number(process.argv[2] ?? 1);
const ports = [];
const produceKey = 0;
const fetchKey = 1;
const listOffsetsKey = 2;
const metadataKey = 3;
const apiVersionsKey = 18;
const initProducerIdKey = 22;
const served = new Map([
  [produceKey, [3, 7]],
  [fetchKey, [4, 4]],
  [listOffsetsKey, [1, 1]],
  [metadataKey, [4, 4]],
  [apiVersionsKey, [0, 3]],
  [initProducerIdKey, [0, 0]],
]);

const parameter = (topic, letter, otherwise) =>
  Number(new RegExp(`-${letter}(\\d+)`).exec(topic)?.[1] ?? otherwise);
const reply = (correlationId, sizeBytes = 1024) => new Writer(sizeBytes).int32(correlationId);

function apiVersions({ version, correlationId }) {
  const out = reply(correlationId).int16(version > 3 ? 35 : 0);
  const flexible = version === 3;
  if (flexible) out.int8(served.size + 1);
  else out.int32(served.size);
  for (const [key, [first, last]] of served) {
    out.int16(key).int16(first).int16(last);
    if (flexible) out.int8(0);
  }
  if (flexible) return out.int32(0).int8(0).frame();
  return (version === 0 || version > 3 ? out : out.int32(0)).frame();
}

function metadata({ body, correlationId }) {
  const names = body.array(() => body.string());
  const sizes = names.map((name) => 64 + name.length + parameter(name, 'p', 1) * 26);
  const size = sizes.reduce((sum, each) => sum + each, 0);
  const out = reply(correlationId, 256 + brokers * 32 + size);
  out.int32(0).int32(brokers);
  for (const [index, port] of ports.entries()) {
    out.int32(index + 1).string('127.0.0.1');
    out.int32(port).int16(-1);
  }
  out.string('null').int32(1).int32(names.length);
  for (const name of names) {
    const partitions = parameter(name, 'p', 1);
    out.int16(0).string(name).int8(0).int32(partitions);
    for (let index = 0; index < partitions; index++) {
      const leader = (index % brokers) + 1;
      out.int16(0).int32(index).int32(leader);
      out.int32(1).int32(leader).int32(1).int32(leader);
    }
  }
  return out.frame();
}

const liveLogs = new Map();
function liveLog(topic, index) {
  if (!topic.startsWith('live')) return null;
  const key = `${topic}:${index}`;
  if (!liveLogs.has(key)) liveLogs.set(key, { end: 0, batches: new Map(), wake: null });
  return liveLogs.get(key);
}

function keep(log, bytes) {
  const batch = Buffer.from(bytes);
  const base = log.end;
  batch.writeBigInt64BE(BigInt(base), 0);
  log.end += batch.readInt32BE(23) + 1;
  log.batches.set(base, batch);
  log.wake?.();
  return base;
}

let thrownAway = 0;
function produce({ body, version, correlationId }) {
  body.string();
  body.skip(6);
  const topics = body.int32();
  const out = reply(correlationId).int32(topics);
  for (let topic = 0; topic < topics; topic++) {
    const name = body.string();
    const partitions = body.int32();
    out.string(name).int32(partitions);
    for (let partition = 0; partition < partitions; partition++) {
      const index = body.int32();
      const size = body.int32();
      const log = liveLog(name, index);
      const base = log ? keep(log, body.bytes.subarray(body.at, body.at + size)) : thrownAway++;
      body.skip(size);
      out.int32(index).int16(0).int64(base).int64(-1);
      if (version >= 5) out.int64(0);
    }
  }
  return out.int32(0).frame();
}

const prebuilt = new Map();
function endless(sizeBytes) {
  if (!prebuilt.has(sizeBytes)) {
    prebuilt.set(sizeBytes, recordBatch(Math.floor(1e6 / (sizeBytes + 9)), sizeBytes));
  }
  return prebuilt.get(sizeBytes);
}

const batchAt = (wanted) => (wanted.log ? wanted.log.batches.get(wanted.offset) : wanted.endless);

/** The answer as buffers; a batch begins with the offset that was asked for. */
function fetched(correlationId, topics) {
  const parts = [];
  let out = reply(correlationId).int32(0).int32(topics.length);
  let size = 0;
  const part = () => {
    parts.push(out.bytes.subarray(0, out.at));
    size += out.at;
  };
  for (const { name, partitions } of topics) {
    out.string(name).int32(partitions.length);
    for (const wanted of partitions) {
      const batch = batchAt(wanted);
      const end = wanted.log ? wanted.log.end : wanted.offset + 1e9;
      out
        .int32(wanted.index)
        .int16(0)
        .int64(end)
        .int64(end)
        .int32(-1)
        .int32(batch?.length ?? 0);
      if (batch === undefined) continue;
      out.int64(wanted.offset);
      part();
      parts.push(batch.subarray(8));
      size += batch.length - 8;
      out = new Writer();
      out.at = 0;
    }
  }
  part();
  parts[0].writeInt32BE(size - 4, 0);
  return parts;
}

function fetch({ body, correlationId }, send) {
  body.skip(4);
  const maxWaitMs = body.int32();
  body.skip(9);
  const topics = body.array(() => {
    const name = body.string();
    const partitions = body.array(() => {
      const wanted = { index: body.int32(), offset: body.int64(), log: null };
      body.skip(4);
      wanted.log = liveLog(name, wanted.index);
      if (wanted.log === null) wanted.endless = endless(parameter(name, 's', 100));
      return wanted;
    });
    return { name, partitions };
  });
  const all = topics.flatMap(({ partitions }) => partitions);
  if (all.some((wanted) => batchAt(wanted) !== undefined)) {
    send(fetched(correlationId, topics));
    return;
  }
  const [{ log }] = all;
  const timer = setTimeout(() => log.wake(), maxWaitMs);
  log.wake = () => {
    clearTimeout(timer);
    log.wake = null;
    send(fetched(correlationId, topics));
  };
}

function listOffsets({ body, correlationId }) {
  body.skip(4);
  const topics = body.int32();
  const out = reply(correlationId).int32(topics);
  for (let topic = 0; topic < topics; topic++) {
    const name = body.string();
    const partitions = body.int32();
    out.string(name).int32(partitions);
    for (let partition = 0; partition < partitions; partition++) {
      const index = body.int32();
      const end = body.int64() === -1 ? (liveLog(name, index)?.end ?? 0) : 0;
      out.int32(index).int16(0).int64(-1).int64(end);
    }
  }
  return out.frame();
}

const initProducerId = ({ correlationId }) =>
  reply(correlationId).int32(0).int16(0).int64(1).int16(0).frame();

const handlers = new Map([
  [produceKey, produce],
  [listOffsetsKey, listOffsets],
  [metadataKey, metadata],
  [apiVersionsKey, apiVersions],
  [initProducerIdKey, initProducerId],
]);

/** `send` takes a list of buffers, now or, for a parked fetch, later. */
function handle(bytes, at, send) {
  const body = new Reader(bytes, at + 4);
  const key = body.int16();
  const request = { version: body.int16(), correlationId: body.int32(), body };
  body.string();
  if (key === fetchKey) fetch(request, send);
  else send([handlers.get(key)(request)]);
}

/** The usual large request, one partition of one topic, is answered from its head and not read. */
function isSkippable(bytes, at, sizeBytes) {
  if (sizeBytes < 512 || bytes.readInt16BE(at + 4) !== produceKey) return false;
  const body = new Reader(bytes, at + 12);
  body.string();
  body.string();
  body.skip(6);
  return body.int32() === 1 && !body.string().startsWith('live') && body.int32() === 1;
}

const chunkBytes = 65_536;
const shared = Buffer.allocUnsafeSlow(chunkBytes);

/** Cuts frames from what a socket brings: whole ones where they lie, others put together first. */
class Frames {
  #send;
  #assembly = Buffer.allocUnsafeSlow(chunkBytes);
  #filled = 0;
  #skip = 0;

  constructor(send) {
    this.#send = send;
  }

  take(chunk, size) {
    let at = 0;
    while (at < size) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, size - at);
        this.#skip -= step;
        at += step;
      } else if (this.#filled > 0) at = this.#assemble(chunk, at, size);
      else at = this.#cut(chunk, at, size);
    }
  }

  #cut(chunk, at, size) {
    const end = size - at < 4 ? Number.POSITIVE_INFINITY : at + 4 + chunk.readInt32BE(at);
    if (end <= size) {
      handle(chunk, at, this.#send);
      return end;
    }
    if (end < Number.POSITIVE_INFINITY && isSkippable(chunk, at, size - at)) {
      handle(chunk, at, this.#send);
      this.#skip = end - size;
      return size;
    }
    this.#filled = chunk.copy(this.#assembly, 0, at, size);
    return size;
  }

  #assemble(chunk, at, size) {
    const headed = this.#filled >= 4;
    const wanted = headed ? this.#assembly.readInt32BE(0) + 4 - this.#filled : 4 - this.#filled;
    const step = Math.min(wanted, size - at);
    if (this.#assembly.length < this.#filled + wanted) {
      const grown = Buffer.allocUnsafeSlow(2 * (this.#filled + wanted));
      this.#assembly.copy(grown, 0, 0, this.#filled);
      this.#assembly = grown;
    }
    chunk.copy(this.#assembly, this.#filled, at, at + step);
    this.#filled += step;
    if (headed && step === wanted) {
      this.#filled = 0;
      handle(this.#assembly, 0, this.#send);
    }
    return at + step;
  }
}

function serve(socket, frames) {
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('end', () => socket.end());
  return (size, bytes) => {
    socket.cork();
    frames.take(bytes, size);
    socket.uncork();
    return true;
  };
}

/** Reads into one buffer again and again, which Node offers to clients only. */
function accept(handle) {
  const onread = { buffer: shared, callback: (size, bytes) => read(size, bytes) };
  const socket = new net.Socket({ handle, onread });
  const frames = new Frames((parts) => {
    for (const part of parts) socket.write(part);
  });
  const read = serve(socket, frames);
}

for (let index = 0; index < brokers; index++) {
  const server = net.createServer();
  server.listen(0, '127.0.0.1', () => {
    server._handle.onconnection = (error, handle) => error || accept(handle);
    ports[index] = server.address().port;
    if (Object.keys(ports).length < brokers) return;
    console.log(ports.map((port) => `127.0.0.1:${port}`).join());
  });
}
