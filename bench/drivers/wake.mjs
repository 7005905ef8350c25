// native/wake.c: latency on raw sockets, with next to no client in it.
import { once } from 'node:events';
import { build } from '../build.mjs';
import { launch } from '../processes.mjs';
import { quantile } from '../stats.mjs';
import { frames } from './connection.mjs';

const program = build('wake');
const portOf = (address) => address.split(',')[0].split(':')[1];

/** Runs it with frames to send; `untilEnd` gives what it measured, in microseconds. */
function start(args, requests) {
  const { child, end } = launch(program, args.map(String));
  const closed = once(child, 'close'); // all that it has printed is here
  let text = '';
  child.stdout.on('data', (more) => {
    text += more;
  });
  for (const request of requests) child.stdin.write(`${request.toString('hex')}\n`);
  const untilEnd = async () => {
    const [status] = await closed;
    if (status !== 0) throw new Error(`wake ${args[0]} ended with ${status}`);
    return text.trim().split('\n').map(Number);
  };
  return { child, end, untilEnd };
}

/** From a produce of 100 B to the answer of the fetch that waited for it on another connection. */
export async function produceWakesFetch(session, topic, { acks, count }) {
  const fetch = frames.fetch(topic, 1, { maxWaitMs: 5000, minBytes: 1 });
  const offsetAt = fetch.length - 12;
  const [[leader]] = await session.leadersOf(topic);
  const waits = start(
    ['fetch', portOf(leader), count, offsetAt],
    [fetch, frames.produce(topic, acks, 100)],
  );
  const warm = (await waits.untilEnd()).slice(count / 10);
  return { p50Us: quantile(warm, 0.5), p99Us: quantile(warm, 0.99) };
}

/** How long the answer to `frame` takes, the median of `count` in milliseconds. */
export async function answerMs(session, frame, count) {
  const asking = start(['ask', portOf(session.bootstrap), count, 0], [frame]);
  return quantile(await asking.untilEnd(), 0.5) / 1000;
}

/** How long a small request waits for its answer while `busy` runs: added to its figures. */
export async function withPauses(session, busy) {
  const [endless, intervalUs] = [1e9, 2000];
  const args = ['ask', portOf(session.bootstrap), endless, intervalUs];
  const asking = start(args, [frames.apiVersions()]);
  try {
    const result = await busy();
    asking.child.stdin.end();
    const waits = await asking.untilEnd();
    const ms = (share) => quantile(waits, share) / 1000;
    return { ...result, pauseP99Ms: ms(0.99), pauseMaxMs: ms(1) };
  } finally {
    await asking.end();
  }
}
