// Records what a client and a real broker say to each other: test/fixtures/README.md tells how.
//
//   node scripts/capture-frames.mjs FILE ORIGIN LISTEN_PORT BROKER_PORT COMMAND [ARGUMENT…]
//
// Proxies localhost:LISTEN_PORT to localhost:BROKER_PORT while COMMAND runs, and then writes FILE.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net from 'node:net';

const [file, origin, listenPort, brokerPort, command, ...args] = process.argv.slice(2);
if (command === undefined) {
  console.error('capture-frames FILE ORIGIN LISTEN_PORT BROKER_PORT COMMAND [ARGUMENT…]');
  process.exit(2);
}

const longestBytes = 4096;
const mostOfAKind = 4;

/** Frames by what they are; a few of different lengths tell more than many alike. */
const kinds = new Map();

function keep(key, version, side, frame) {
  if (frame.length > longestBytes) return;
  const name = `${key} ${version} ${side}`;
  const kind = kinds.get(name) ?? { key, version, side, frames: new Map() };
  kinds.set(name, kind);
  if (kind.frames.size < mostOfAKind && !kind.frames.has(frame.length)) {
    kind.frames.set(frame.length, frame.toString('hex'));
  }
}

/** Calls back with each frame of a stream, without its size. */
function cutFrames(onFrame) {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
      const end = 4 + pending.readInt32BE(0);
      onFrame(pending.subarray(4, end));
      pending = pending.subarray(end);
    }
  };
}

const server = net.createServer((client) => {
  const broker = net.connect(Number(brokerPort), 'localhost');
  const asked = new Map();
  const onRequest = cutFrames((frame) => {
    const [key, version] = [frame.readInt16BE(0), frame.readInt16BE(2)];
    asked.set(frame.readInt32BE(4), { key, version });
    keep(key, version, 'request', frame);
  });
  const onResponse = cutFrames((frame) => {
    const request = asked.get(frame.readInt32BE(0));
    asked.delete(frame.readInt32BE(0));
    if (request !== undefined) keep(request.key, request.version, 'response', frame);
  });
  client.on('data', onRequest).pipe(broker);
  broker.on('data', onResponse).pipe(client);
  for (const [one, other] of [
    [client, broker],
    [broker, client],
  ]) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
});

server.listen(Number(listenPort), 'localhost');
await once(server, 'listening');
const run = spawn(command, args, { stdio: 'inherit' });
const [status] = await once(run, 'exit');
server.close();

const sorted = [...kinds.values()].sort(
  (a, b) => a.key - b.key || a.version - b.version || (a.side < b.side ? -1 : 1),
);
const lines = sorted.flatMap(({ key, version, side, frames }) =>
  [...frames.values()].map((hex) => JSON.stringify([key, version, side, hex])),
);
writeFileSync(
  file,
  `{\n"origin": ${JSON.stringify(origin)},\n"frames": [\n${lines.join(',\n')}\n]\n}\n`,
);
console.error(`${lines.length} frames of ${sorted.length} kinds in ${file}`);
process.exit(status ?? 1);
