import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ client: string, version: string, target: string,
 *   results: Record<string, import('./index.mjs').Verdict> }} Kept one suite on one target
 * @typedef {{ odradek?: Kept, 'apache-kafka'?: Kept, nobody?: Kept }} Sides by target
 */

/** Keeps what came of a whole suite on one target, by the names of the tests. */
export function keep(folder, suite, target, results) {
  const { client, version } = suite;
  const kept = {
    client,
    version,
    target: target.title,
    results: Object.fromEntries(Object.entries(results).sort()),
  };
  const file = join(folder, 'suites', suite.name, `${target.id}.json`);
  mkdirSync(join(folder, 'suites', suite.name), { recursive: true });
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
}

/**
 * All that was kept.
 *
 * @returns {Sides[]} a suite each, by name
 */
export function readSuites(folder) {
  const root = join(folder, 'suites');
  if (!existsSync(root)) return [];
  const read = (suite, file) => JSON.parse(readFileSync(join(root, suite, file), 'utf8'));
  return readdirSync(root)
    .sort()
    .map((suite) =>
      Object.fromEntries(
        readdirSync(join(root, suite)).map((file) => [
          file.replace('.json', ''),
          read(suite, file),
        ]),
      ),
    );
}

/**
 * The tests that say something of a broker, as they pass on Apache Kafka and not without any, in
 * two lists: those that pass here, and those that do not.
 *
 * @param {Sides} sides
 */
export function compare({ odradek, 'apache-kafka': there, nobody }) {
  const names = Object.keys(there?.results ?? {}).filter(
    (name) => there.results[name] === 'passed' && nobody?.results[name] !== 'passed',
  );
  const passes = (name) => odradek?.results[name] === 'passed';
  return { pass: names.filter(passes), differ: names.filter((name) => !passes(name)) };
}
