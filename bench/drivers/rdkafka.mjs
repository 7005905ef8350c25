// librdkafka's rdkafka_performance: rates as the client sees them, and what they cost the broker.
import { build } from '../build.mjs';
import { run, stopwatch } from '../processes.mjs';

const program = build('rdkafka_performance');

async function drive(session, count, args, pattern) {
  const elapsed = stopwatch(session.pids);
  const text = await run(program, ['-b', session.bootstrap, '-c', count, ...args], {
    timeoutMs: 90_000,
  });
  const cpuSeconds = elapsed();
  const line =
    text
      .split('\n')
      .filter((each) => pattern.test(each))
      .at(-1) ?? '';
  const delivered = Number(pattern.exec(line)?.[1] ?? 0);
  const failed = Number(/(\d+) failed/.exec(line)?.[1] ?? 0);
  if (delivered < count || failed > 0) {
    throw new Error(`${delivered} of ${count} delivered, ${failed} failed: ${text.slice(-200)}`);
  }
  const rate = Number(/: (\d+) msgs\/s/.exec(line)[1]);
  return { rate, cpuUs: (cpuSeconds * 1e6) / count };
}

/**
 * A linger of 5 ms, as its own default of a second measures the linger. Without a partition each
 * batch chooses one; with `spread` each record does.
 */
export function produce(session, { topic, partition, count, sizeBytes, acks = 1, spread = false }) {
  const where = partition === undefined ? [] : ['-p', partition];
  if (spread) where.push('-X', 'sticky.partitioning.linger.ms=0');
  const args = ['-P', '-t', topic, ...where, '-s', sizeBytes, '-a', acks, '-X', 'linger.ms=5'];
  return drive(session, count, args, /(\d+) delivered/);
}

/** Without the backoff its queue would stall for a second whenever 64 MB wait in it. */
export function consume(session, { topic, count }) {
  const args = ['-C', '-t', topic, '-p', 0, '-o', 'beginning', '-X', 'fetch.queue.backoff.ms=0'];
  return drive(session, count, args, /(\d+) messages .*consumed in/);
}
