import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Member } from './member.mjs';

/** A member in a process of its own, which runs `file`; so it can be killed, and then cannot leave. */
export class MemberProcess extends Member {
  #child;

  constructor(file, options) {
    super();
    const args = [file, JSON.stringify(options)];
    this.#child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const { assigned, read } = JSON.parse(line);
      if (assigned !== undefined) this.assigned(assigned);
      else this.read(read);
    });
  }

  /** Kills it. */
  async close() {
    if (this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
    this.assigned([]);
  }
}

/** The other side of it: joins as it is told, and tells what it is given and reads. */
export async function runMember(join) {
  const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const teller = { assigned: (assigned) => say({ assigned }), read: (read) => say({ read }) };
  // Whoever started it must not be outlived.
  process.stdin.on('end', () => process.exit()).resume();
  await join(teller, JSON.parse(process.argv[2]));
}
