import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadFolders } from '../../clients/runner/folders.mjs';
import { renderPage } from '../../clients/runner/page.mjs';
import type { Result } from '../../clients/runner/result.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8');
const results = (target: string): Result[] =>
  JSON.parse(read(`clients/results/${target}.json`)).results;

/** What is to be the same on Odradek and on Apache Kafka. */
const doneBy = ({ name, version, passed, lacks, failed, problems }: Result) => ({
  ...{ name, version, passed, failed, problems },
  lacks: lacks.map(({ check }) => check),
});

test('what was kept is green, and a client did and lacks the same on both', () => {
  const here = results('odradek').map(doneBy);
  expect(here.filter(({ failed, problems }) => failed.length + problems.length > 0)).toEqual([]);
  expect(results('apache-kafka').map(doneBy)).toEqual(here);
});

test('every client of clients/ was run, at the version that it is at', () => {
  const programs = loadFolders(`${root}/clients`).flatMap((folder) => folder.programs);
  const facts = ({ name, version }: Pick<Result, 'name' | 'version'>) => `${name} ${version}`;
  expect(results('odradek').map(facts)).toEqual(programs.map(facts));
});

test('docs/CLIENTS.md is what the results make; if not: npm run clients -- --page', () => {
  const checks = JSON.parse(read('clients/checks.json'));
  expect(read('docs/CLIENTS.md')).toBe(renderPage(`${root}/clients/results`, checks));
});
