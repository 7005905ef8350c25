// Runs one scenario: in each round every target in turn, so that a slow minute is slow for all, and
// every other round backwards, so that nobody always comes after the same one.
import { targets } from './targets/index.mjs';

/** What `take` is told becomes samples[metric][target][round]; rounds before 0 are thrown away. */
class Samples {
  samples = {};
  troubles = [];
  #rounds;

  constructor(rounds) {
    this.#rounds = rounds;
  }

  /** Runs `driver` and keeps its figures; one that fails is a line of trouble and a gap. */
  async take(key, { target, round }, driver, seen) {
    try {
      for (const [unit, value] of Object.entries(await driver())) {
        seen.push([`${key} ${unit}`, value]);
        if (round < 0) continue;
        this.samples[`${key} ${unit}`] ??= {};
        this.samples[`${key} ${unit}`][target] ??= Array(this.#rounds).fill(null);
        this.samples[`${key} ${unit}`][target][round] = Number(value.toPrecision(5));
      }
    } catch (error) {
      this.troubles.push(`${key}, ${target}, round ${round + 1}: ${error.message}`);
      seen.push([key, error.message]);
    }
  }
}

/** Sessions that go on from round to round, for the targets that are at their best then. */
class Sessions {
  #warm = new Map();

  async with(name, { brokers, fresh }, use) {
    const session = this.#warm.get(name) ?? (await targets[name].start(brokers));
    const stays = targets[name].staysWarm && !fresh;
    if (stays) this.#warm.set(name, session);
    try {
      await use(session);
    } finally {
      if (!stays) await session.stop();
    }
  }

  async stop() {
    for (const session of this.#warm.values()) await session.stop();
  }
}

async function measure(scenario, sessions, { target, size, scale }, take) {
  if (scenario.alone) await scenario.alone[target](take);
  else {
    await sessions.with(target, scenario, (session) =>
      scenario.measure({ session, take, scale, size }),
    );
  }
}

/** `seen` is told what each target brought in each round, as it comes. */
export async function runRounds(scenario, { present, rounds, scale, seen }) {
  const samples = new Samples(rounds);
  const sessions = new Sessions();
  try {
    for (let round = -(scenario.warmups ?? 1); round < rounds; round++) {
      for (const size of scenario.sizes ?? [undefined]) {
        for (const target of round % 2 === 0 ? present : present.toReversed()) {
          const begin = performance.now();
          const figures = [];
          const at = { target, round };
          const key = (metric) => (size === undefined ? metric : `${metric} @${size}`);
          const take = (metric, driver) => samples.take(key(metric), at, driver, figures);
          const whole = () => measure(scenario, sessions, { target, size, scale }, take);
          await take('scenario', () => whole().then(() => ({})));
          seen({ round, size, target, figures, ms: performance.now() - begin });
        }
      }
    }
  } finally {
    await sessions.stop();
  }
  return { samples: samples.samples, troubles: samples.troubles };
}
