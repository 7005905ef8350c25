import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function spawnCli(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...rest } = process.env;
  return spawn(process.execPath, [cli, ...args], { env: { ...rest, ...env } });
}

/** A built `odradek` that runs until it is stopped; killed at the end of its scope in any case. */
export class RunningCli implements AsyncDisposable {
  readonly child: ChildProcess;
  #stdout = '';
  #stderr = '';
  readonly #closed: Promise<unknown>;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawnCli(args, env);
    this.child.stdout!.on('data', (text) => (this.#stdout += text));
    this.child.stderr!.on('data', (text) => (this.#stderr += text));
    this.#closed = once(this.child, 'close');
  }

  /** The lines of standard output up to and including the first that starts with `start`. */
  async linesUpTo(start: string): Promise<string[]> {
    const lines: string[] = [];
    for await (const line of createInterface({ input: this.child.stdout! })) {
      lines.push(line);
      if (line.startsWith(start)) return lines;
    }
    throw new Error(`it ended without '${start}': ${this.#stdout}${this.#stderr}`);
  }

  async finished(): Promise<Finished> {
    await this.#closed;
    return { code: this.child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }

  interrupt(): Promise<Finished> {
    this.child.kill('SIGINT');
    return this.finished();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#closed;
  }
}

/** Runs the built `odradek` to its end. */
export async function runCli(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Finished> {
  await using cli = new RunningCli(args, env);
  return await cli.finished();
}
