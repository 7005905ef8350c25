import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const fileOf = (folder, suite, target) => join(folder, 'suites', `${suite.name}-${target.id}.json`);

/** Keeps what came of a whole suite on one target, by the names of the tests. */
export function keep(folder, suite, target, results) {
  const { client, version } = suite;
  mkdirSync(join(folder, 'suites'), { recursive: true });
  const kept = {
    client,
    version,
    target: target.title,
    results: Object.fromEntries(Object.entries(results).sort()),
  };
  writeFileSync(fileOf(folder, suite, target), `${JSON.stringify(kept, null, 2)}\n`);
}
