import { setTimeout as pause } from 'node:timers/promises';
import { Connection, request } from './connection.mjs';

const patienceMs = 60_000;
// Loading, not available, not the coordinator; anything else is an answer about the group.
const notYet = [14, 15, 16];

/** Whether the broker has taken the group over; who only leads its partition may not have yet. */
async function coordinates(address, group) {
  const connection = await Connection.open(address);
  const write = (out) => out.string(group).int32(0).string('nobody').string(null);
  const reply = await connection.ask(request(12, 3, write)).finally(() => connection.close());
  return !notYet.includes(reply.skip(4).int16());
}

/** HOST:PORT of who coordinates the group. Real Kafka has to make a topic first, and does not wait. */
export async function findCoordinator(bootstrap, group) {
  const connection = await Connection.open(bootstrap);
  const deadline = performance.now() + patienceMs;
  try {
    for (;;) {
      const reply = await connection.ask(request(10, 0, (out) => out.string(group)));
      const error = reply.int16();
      reply.skip(4); // broker id
      const address = `${reply.string()}:${reply.int32()}`;
      if (error === 0 && (await coordinates(address, group))) return address;
      if (performance.now() > deadline) throw new Error(`no coordinator: error ${error}`);
      await pause(10);
    }
  } finally {
    connection.close();
  }
}
