// A broker that throws the bytes away: the least a Node process can do and still satisfy a Kafka
// producer, and so the client's own ceiling on this machine. It answers ApiVersions, Metadata (any
// topic exists, with one partition) and Produce, of which it reads nothing but the head.
// Usage: node bench/null-broker.mjs PORT; prints the port once it listens.
import net from 'node:net';

const produceKey = 0;
const metadataKey = 3;
const apiVersionsKey = 18;
const versions = {
  [produceKey]: [3, 7],
  1: [4, 4],
  [metadataKey]: [4, 4],
  [apiVersionsKey]: [0, 2],
};
const port = Number(process.argv[2] ?? 0);

class Writer {
  constructor(correlationId) {
    this.bytes = Buffer.alloc(512);
    this.at = 4;
    this.int32(correlationId);
  }
  int8(value) {
    this.at = this.bytes.writeInt8(value, this.at);
    return this;
  }
  int16(value) {
    this.at = this.bytes.writeInt16BE(value, this.at);
    return this;
  }
  int32(value) {
    this.at = this.bytes.writeInt32BE(value, this.at);
    return this;
  }
  int64(value) {
    this.at = this.bytes.writeBigInt64BE(BigInt(value), this.at);
    return this;
  }
  string(value) {
    this.int16(value.length);
    this.at += this.bytes.latin1Write(value, this.at);
    return this;
  }
  frame() {
    this.bytes.writeInt32BE(this.at - 4, 0);
    return this.bytes.subarray(0, this.at);
  }
}

class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }
  int16() {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }
  int32() {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }
  string() {
    const size = Math.max(0, this.int16());
    this.at += size;
    return this.bytes.latin1Slice(this.at - size, this.at);
  }
}

function apiVersions(version, correlationId) {
  const out = new Writer(correlationId).int16(version > 2 ? 35 : 0);
  const entries = Object.entries(versions);
  out.int32(entries.length);
  for (const [key, [first, last]] of entries) out.int16(Number(key)).int16(first).int16(last);
  return (version > 0 && version <= 2 ? out.int32(0) : out).frame();
}

function metadata(request, correlationId) {
  const names = Array.from({ length: Math.max(0, request.int32()) }, () => request.string());
  const out = new Writer(correlationId).int32(0).int32(1).int32(1).string('localhost');
  out.int32(server.address().port).int16(-1).string('null').int32(1).int32(names.length);
  for (const name of names) {
    out.int16(0).string(name).int8(0).int32(1);
    out.int16(0).int32(0).int32(1).int32(1).int32(1).int32(1).int32(1);
  }
  return out.frame();
}

let nextOffset = 0;
function produce(request, version, correlationId) {
  request.string();
  request.at += 6;
  const topics = request.int32();
  const name = request.string();
  const out = new Writer(correlationId).int32(topics).string(name).int32(1);
  out.int32(0).int16(0).int64(nextOffset++).int64(-1);
  return (version >= 5 ? out.int64(0) : out).int32(0).frame();
}

function answer(frame) {
  const request = new Reader(frame, 4);
  const key = request.int16();
  const version = request.int16();
  const correlationId = request.int32();
  request.string();
  if (key === produceKey) return produce(request, version, correlationId);
  if (key === metadataKey) return metadata(request, correlationId);
  return apiVersions(version, correlationId);
}

/** Answers a frame from its first bytes and skips the rest unread. */
function serve(socket) {
  let head = Buffer.alloc(0);
  let skip = 0;
  const headBytes = 256;
  socket.on('data', (chunk) => {
    let at = 0;
    const replies = [];
    while (at < chunk.length) {
      if (skip > 0) {
        const step = Math.min(skip, chunk.length - at);
        skip -= step;
        at += step;
        continue;
      }
      const rest = chunk.subarray(at);
      const bytes = head.length > 0 ? Buffer.concat([head, rest]) : rest;
      const size = bytes.length >= 4 ? bytes.readInt32BE(0) + 4 : Number.POSITIVE_INFINITY;
      if (bytes.length < Math.min(size, headBytes)) {
        head = Buffer.from(bytes);
        break;
      }
      replies.push(answer(bytes));
      const used = size - head.length;
      head = Buffer.alloc(0);
      skip = Math.max(0, used - (chunk.length - at));
      at += Math.min(used, chunk.length - at);
    }
    if (replies.length > 0)
      socket.write(replies.length === 1 ? replies[0] : Buffer.concat(replies));
  });
  socket.on('error', () => {});
}

const server = net.createServer({ noDelay: true }, serve);
server.listen(port, '127.0.0.1', () => console.log(server.address().port));
