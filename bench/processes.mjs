// Processes that the bench starts, and what they cost as /proc has it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const alive = new Set();

/** However this process ends: what it started ends as well. */
export function leaveNothingBehind() {
  process.on('exit', () => {
    for (const child of alive) child.kill('SIGKILL');
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
}

/** A process that lives until `end` is called. */
export function launch(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  alive.add(child);
  child.stdin.on('error', () => undefined); // who has ended reads nothing any more
  const ended = once(child, 'exit').finally(() => alive.delete(child));
  ended.catch(() => undefined);
  const end = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return { child, ended, end, hasEnded };
}

/** What the process prints next. */
export async function lineOf({ child, ended }) {
  const line = once(child.stdout, 'data', { signal: AbortSignal.timeout(60_000) });
  const gone = ended.then(([status]) => {
    throw new Error(`${child.spawnfile} ended with ${status}`);
  });
  const [text] = await Promise.race([line, gone]);
  return String(text).trim();
}

const execute = promisify(execFile);

/** Runs a command to its end and gives all that it printed; failing or taking too long throws. */
export async function run(command, args, { timeoutMs = 60_000, ...options } = {}) {
  const settings = { encoding: 'utf8', timeout: timeoutMs, maxBuffer: 1 << 26, ...options };
  const running = execute(command, args.map(String), settings);
  alive.add(running.child);
  try {
    const { stdout, stderr } = await running;
    return stdout + stderr;
  } catch (error) {
    const said = `${error.stderr ?? ''}${error.stdout ?? ''}`.trim().split('\n').at(-1);
    const why = error.killed ? `more than ${timeoutMs} ms` : said || error.message;
    throw new Error(`${command}: ${why}`);
  } finally {
    alive.delete(running.child);
  }
}

/** Nanoseconds on a processor, by thread; the ticks of /proc/PID/stat are 10 ms each. */
function threadTimes(pids) {
  const times = new Map();
  for (const pid of pids) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      try {
        const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
        times.set(thread, Number(ns));
      } catch {} // a thread that has just ended
    }
  }
  return times;
}

/** Counts the processor time of `pids` from now on: calling the result gives the seconds. */
export function stopwatch(pids) {
  const before = threadTimes(pids);
  return () => {
    let ns = 0;
    for (const [thread, time] of threadTimes(pids)) ns += time - (before.get(thread) ?? 0);
    return ns / 1e9;
  };
}

/** Resident memory of `pids`, in millions of bytes. */
export function residentMB(pids) {
  const kiB = (pid) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]);
  return pids.reduce((sum, pid) => sum + kiB(pid) * 1.024e-3, 0);
}
