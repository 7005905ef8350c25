import { appendFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../runner/processes.mjs';
import { Journal } from './journal.mjs';
import { drawStrikes } from './strikes.mjs';
import { compare } from './verdict.mjs';
import { Wire } from './wire.mjs';

const partitions = 6;
/** Longer than any client's own. */
const patienceMs = 100_000;

/** Of every node. */
export const config = { 'min.insync.replicas': 2, 'auto.create.topics.enable': false };
/** Of the topic: so many records of a partition go with the power, at most. */
const flushed = { 'flush.messages': '100' };

/**
 * One program, on a topic of its own, with the brokers below it hit again and again.
 *
 * @param {{ seed: number, crashes: number, mode: 'leaders' | 'controllers' }} plan
 * @returns {Promise<import('./result.mjs').Outcome>}
 */
export async function runOnce(target, { folder, program }, { seed, crashes, mode }, log) {
  writeFileSync(log, '');
  const strikes = drawStrikes({ seed, crashes, partitions, mode, without: target.without });
  const topic = `failover-${program.name}`;
  const cluster = await target.start({ mode, seed, topic, config });
  const wire = await Wire.open(cluster.bootstrapServers, topic);
  const run = new Run(cluster, strikes, new Journal({ ...program, partitions }));
  try {
    await wire.createTopic(partitions, flushed);
    const env = {
      BOOTSTRAP_SERVERS: cluster.bootstrapServers,
      TOPIC_PREFIX: topic,
      TOPIC: topic,
      PARTITIONS: String(partitions),
    };
    await run.strikeWhile(program.run, { cwd: folder.path, env, log });
    await cluster.whole();
    return { ...tally(strikes), ...run.outcome(await wire.log()) };
  } catch (error) {
    appendFileSync(log, cluster.describe());
    return { ...tally(strikes), problems: [...run.problems, error.message] };
  } finally {
    await wire.close();
    await cluster.close();
  }
}

/** How often there was what. */
function tally(strikes) {
  const count = (kind) => strikes.filter((strike) => strike.kind === kind).length;
  return { kills: count('kill'), powerCuts: count('power cut'), pauses: count('pause') };
}

class Run {
  #cluster;
  #strikes;
  #journal;
  #problems = [];

  constructor(cluster, strikes, journal) {
    this.#cluster = cluster;
    this.#strikes = strikes;
    this.#journal = journal;
  }

  /** Starts a program, strikes, and lets it come to its end. */
  async strikeWhile(command, where) {
    const journal = this.#journal;
    let input;
    const ended = runCommand(command, {
      ...where,
      limitMs: 3 * patienceMs + this.#strikes.length * 10_000,
      onSpawn({ stdin, stdout }) {
        input = stdin;
        stdout.on('data', (chunk) => journal.take(chunk));
      },
    }).finally(() => journal.end());
    try {
      await this.#goesOn();
      for (const strike of this.#strikes) await this.#hit(strike);
      await this.#goesOn();
    } catch (error) {
      appendFileSync(where.log, this.#cluster.describe());
      this.#problems.push(error.message);
    }
    input.end();
    const { status, timedOut } = await ended;
    if (timedOut !== undefined) this.#problems.push(`did not end within ${timedOut / 1000} s`);
    else if (status !== 0) this.#problems.push(`ended with status ${status}`);
  }

  get problems() {
    return [...this.#journal.problems, ...this.#problems];
  }

  outcome(log) {
    const { acked, read, gaveUp, longestWaitMs } = this.#journal;
    return {
      ...compare({ log, acked, read }),
      gaveUp,
      longestWaitMs: Math.round(longestWaitMs),
      problems: this.problems,
    };
  }

  async #hit({ kind, early, downMs, ...who }) {
    if (!early) {
      await this.#cluster.whole();
      await this.#goesOn();
    }
    const nodes = await this.#cluster.victims(who);
    await Promise.all(nodes.map((node) => this.#cluster.strike(kind, node)));
    await delay(downMs);
    await Promise.all(nodes.map((node) => this.#cluster.mend(kind, node)));
  }

  #goesOn() {
    return this.#journal.everyPartitionGoesOn(patienceMs);
  }
}
