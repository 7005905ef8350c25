import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { odradekDefaults } from '../src/config/odradek-defaults.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');

const found = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1]!);

test('docs/ERRORS.md has a section for every error code of ours, and for no other', () => {
  const declared = found(read('src/server/cluster-error.ts'), /\| '(E_\w+)'/g);
  expect(found(read('docs/ERRORS.md'), /^## (E_\w+)$/gm)).toEqual(declared);
});

test('the first test in README.md is the example that runs', () => {
  const [shown] = found(read('README.md'), /^```ts\n([\s\S]*?)^```$/gm);
  expect(shown).toBe(read('examples/first.test.ts'));
});

test('the first test in docs/HISTORY.md is the example that runs', () => {
  const [shown] = found(read('docs/HISTORY.md'), /^```ts\n([\s\S]*?)^```$/gm);
  expect(shown).toBe(read('examples/history.test.ts'));
});

test('docs/HISTORY.md has every rule of the checker', () => {
  const page = read('docs/HISTORY.md');
  const declared = found(read('src/history/finding.ts'), /^ {2}\| '([\w-]+)'/gm);
  expect(declared.length).toBeGreaterThan(15);
  expect(declared.filter((rule) => !page.includes(`\`${rule}\``))).toEqual([]);
});

test('the commands in README.md exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const texts = ['README.md', 'CONTRIBUTING.md', 'docs/STYLE.md'].map(read).join('\n');
  const used = found(texts, /npm run ([\w:-]+)/g);
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test('docs/DIFFERENCES.md has every default of ours', () => {
  const page = read('docs/DIFFERENCES.md');
  const rows = odradekDefaults.map(({ name, value }) => `| \`${name}\` | ${value} |`);
  expect(rows.filter((row) => !page.includes(row))).toEqual([]);
});
