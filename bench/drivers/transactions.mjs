// franz-go's transactional producers, in a process of their own.
import { build } from '../build.mjs';
import { run, stopwatch } from '../processes.mjs';

/** Records per second, and broker CPU for each transaction; `producers` of them side by side. */
export async function commitTransactions(session, load) {
  const { topic, partitions, producers, count, records, sizeBytes } = load;
  const elapsed = stopwatch(session.pids);
  const args = [session.bootstrap, topic, partitions, producers, count, records, sizeBytes];
  const seconds = Number(await run(build('transactions'), args, { timeoutMs: 120_000 }));
  if (!(seconds > 0)) throw new Error('it does not say how long it took');
  return { rate: (count * records) / seconds, cpuUs: (elapsed() * 1e6) / count };
}
