// native/wake.c: latency on raw sockets, with next to no client in it.
import { build } from '../build.mjs';
import { run } from '../processes.mjs';
import { quantile } from '../stats.mjs';
import { frames } from './connection.mjs';

const program = build('wake');
const hex = (frame) => frame.toString('hex');
const portOf = (address) => address.split(':')[1];

async function figures(args) {
  const text = await run(program, args, { timeoutMs: 90_000 });
  return text.trim().split('\n').map(Number);
}

/** From a produce of 100 B to the answer of the fetch that waited for it on another connection. */
export async function produceWakesFetch(session, topic, { acks, count }) {
  const fetch = frames.fetch(topic, 1, { maxWaitMs: 5000, minBytes: 1 });
  const offsetAt = fetch.length - 12;
  const port = portOf(await session.leaderOf(topic, 0));
  const produce = hex(frames.produce(topic, acks, 100));
  const all = await figures(['fetch', port, count, hex(fetch), offsetAt, produce]);
  const warm = all.slice(count / 10);
  return { p50Us: quantile(warm, 0.5), p99Us: quantile(warm, 0.99) };
}
