// node half-open-clients.mjs PORT COUNT: opens COUNT connections, sends three bytes of a length on each
// and no more. Says how many are open; closes all of them when its standard input ends.
import net from 'node:net';

const [port, count] = process.argv.slice(2).map(Number);
const atOnce = 200;
const sockets = [];

function open() {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      sockets.push(socket);
      socket.write(Buffer.from([0, 0, 1]), () => resolve());
    });
    socket.once('error', () => resolve());
  });
}

for (let opened = 0; opened < count; opened += atOnce) {
  await Promise.all(Array.from({ length: Math.min(atOnce, count - opened) }, open));
}
process.stdout.write(`${sockets.length}\n`);
process.stdin.resume().on('end', () => process.exit());
