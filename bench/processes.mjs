// Processes that the bench starts: none of them outlives it, and what they cost is read from /proc.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const alive = new Set();
const endAll = () => {
  for (const child of alive) child.kill('SIGKILL');
};
process.on('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

/** A process that lives until `end` is called. */
export function launch(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], ...options });
  alive.add(child);
  const ended = once(child, 'exit').finally(() => alive.delete(child));
  ended.catch(() => undefined);
  const end = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { child, ended, end };
}

/** The next line that the process prints. */
export async function lineOf({ child, ended }, timeoutMs = 60_000) {
  const timeout = AbortSignal.timeout(timeoutMs);
  const line = once(child.stdout, 'data', { signal: timeout }).then(([text]) => String(text).trim());
  const gone = ended.then(([status]) => {
    throw new Error(`${child.spawnfile} ended with ${status} before it was ready`);
  });
  return Promise.race([line, gone]);
}

const execute = promisify(execFile);

/** Runs a command to its end and gives all that it printed; one that fails or takes too long throws. */
export async function run(command, args, { timeoutMs = 60_000, ...options } = {}) {
  const settings = { encoding: 'utf8', timeout: timeoutMs, maxBuffer: 1 << 26, ...options };
  const { stdout, stderr } = await execute(command, args.map(String), settings).catch((error) => {
    const said = `${error.stderr ?? ''}${error.stdout ?? ''}`.trim().split('\n').at(-1);
    throw new Error(error.killed ? `${command} took more than ${timeoutMs} ms` : `${command}: ${said}`);
  });
  return stdout + stderr;
}

/** Nanoseconds on a processor by thread: the ticks of /proc/PID/stat are 10 ms, which is coarse. */
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

/** Starts to count the processor time of `pids`; the result says how many seconds it has been. */
export function stopwatch(pids) {
  const before = threadTimes(pids);
  return () => {
    let ns = 0;
    for (const [thread, time] of threadTimes(pids)) ns += time - (before.get(thread) ?? 0);
    return ns / 1e9;
  };
}

/** Resident memory of `pids`, in units of 1,000,000 bytes. */
export function residentMB(pids) {
  const kiB = (pid) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]);
  return pids.reduce((sum, pid) => sum + kiB(pid) * 1.024e-3, 0);
}
