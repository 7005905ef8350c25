// franz-go's transactional producers, in a process of their own.
import { build } from '../build.mjs';
import { run, stopwatch } from '../processes.mjs';

/**
 * `producers` of them side by side, for a number of seconds. Gives how many offsets are taken then,
 * and the figures: records per second, and broker CPU for each transaction, those before the clock
 * was started among them.
 */
export async function commitTransactions(session, load) {
  const { topic, partitions, producers, seconds, records, sizeBytes } = load;
  const elapsed = stopwatch(session.pids);
  const args = [session.bootstrap, topic, partitions, producers, seconds, records, sizeBytes];
  const text = await run(build('transactions'), args, { timeoutMs: 60_000 });
  const [all, count, took] = text.trim().split(' ').map(Number);
  if (!(took > 0)) throw new Error('it does not say how long it took');
  const figures = { rate: (count * records) / took, cpuUs: (elapsed() * 1e6) / all };
  return { offsets: all * (records + 1), figures }; // each ends with a marker
}
