// Starts and closes three brokers again and again in one process, as a test suite does, and prints
// how many milliseconds each start took: node start-in-process.mjs odradek|null COUNT
// The null broker's part of it is to listen on three ports.
import { once } from 'node:events';
import net from 'node:net';

const [target, count] = process.argv.slice(2);

async function listenOnThree() {
  const servers = Array.from({ length: 3 }, () => net.createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  return { close: () => Promise.all(servers.map((server) => once(server.close(), 'close'))) };
}

async function starterOf() {
  if (target === 'null') return listenOnThree;
  const { startCluster } = await import('../../dist/index.js');
  return () => startCluster({ brokers: 3 });
}

const start = await starterOf();
for (let turn = 0; turn < Number(count); turn++) {
  const begin = performance.now();
  const cluster = await start();
  console.log(performance.now() - begin);
  await cluster.close();
}
