import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

/** The leaders of the process groups that we started and that have not ended. */
const living = new Set();

/** Ends every process that was started here, and whatever these have started. */
export function killAll() {
  for (const child of living) kill(child);
}

// A negative id means the group: a program's own children end with it.
function kill({ pid }) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

/**
 * Runs a command to its end in a process group of its own, and keeps what it prints in `log`.
 * What exceeds its time is killed. Resolves to `{ stdout, status, timedOut, ms }`; `status` is null
 * where there is none, `timedOut` the limit that it exceeded, if any. With `onSpawn`, which is given
 * the process, it has a standard input.
 */
export async function runCommand([command, ...args], options) {
  const { cwd, env = {}, log, limitMs, onSpawn } = options;
  const started = performance.now();
  const output = createWriteStream(log, { flags: 'a' });
  output.write(`$ ${[command, ...args].join(' ')}\n`);
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: [onSpawn === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const stdout = [];
  child.stdout.on('data', (chunk) => {
    stdout.push(chunk);
    output.write(chunk);
  });
  child.stderr.on('data', (chunk) => output.write(chunk));
  onSpawn?.(child);
  let timedOut;
  const status = await new Promise((resolve) => {
    child.on('error', (error) => {
      output.write(`${error.message}\n`);
      resolve(null);
    });
    if (child.pid === undefined) return;
    living.add(child);
    const timer = setTimeout(() => {
      timedOut = limitMs;
      kill(child);
    }, limitMs);
    // A grandchild that still holds the pipe must not hold us: 'exit' ends the group.
    child.on('exit', () => kill(child));
    child.on('close', (code) => {
      clearTimeout(timer);
      living.delete(child);
      resolve(code);
    });
  });
  await new Promise((resolve) => output.end(resolve));
  const ms = Math.round(performance.now() - started);
  return { stdout: Buffer.concat(stdout).toString(), status, timedOut, ms };
}
