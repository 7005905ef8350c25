import { setTimeout as pause } from 'node:timers/promises';
import { Connection, request } from './connection.mjs';

const patienceMs = 30_000;

/** HOST:PORT of who coordinates the group. Real Kafka has to make a topic first, and does not wait. */
export async function findCoordinator(bootstrap, group) {
  const connection = await Connection.open(bootstrap);
  const deadline = performance.now() + patienceMs;
  try {
    for (;;) {
      const reply = await connection.ask(request(10, 0, (out) => out.string(group)));
      const error = reply.int16();
      reply.skip(4); // broker id
      if (error === 0) return `${reply.string()}:${reply.int32()}`;
      if (performance.now() > deadline) throw new Error(`no coordinator: error ${error}`);
      await pause(10);
    }
  } finally {
    connection.close();
  }
}
