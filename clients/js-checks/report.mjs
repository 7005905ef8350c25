import { setTimeout } from 'node:timers/promises';

/** Where the cluster is. */
export const brokers = process.env.BOOTSTRAP_SERVERS.split(',');

/** Gives a topic or a client id its place among those of other programs. */
export const named = (name) => `${process.env.TOPIC_PREFIX}-${name}`;

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Runs a check, which says in a few words what it has seen. The next one runs in any case. */
export async function check(name, work) {
  const began = performance.now();
  const ms = () => Math.round(performance.now() - began);
  try {
    const detail = await work();
    say({ check: name, ok: true, ms: ms(), detail });
  } catch (error) {
    say({ check: name, ok: false, ms: ms(), error: error.stack ?? String(error) });
    process.exitCode = 1;
  }
}

/** What the client does not have. */
export const lacks = (name, why) => say({ lacks: name, why });

/** Until it holds, or a minute long: a broker may show what another one has done a moment later. */
export async function eventually(assertion) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await setTimeout(50);
    }
  }
}
