import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { experiments } from '../../../src/lab/experiments/experiments.ts';

const page = fileURLToPath(new URL('../../../docs/EXPERIMENTS.md', import.meta.url));
const [begin, end] = ['<!-- experiments -->\n', '<!-- /experiments -->\n'] as const;

/** The page with its table as it must be; `vitest -u` writes it. */
test('docs/EXPERIMENTS.md has every experiment in its table', async () => {
  const text = readFileSync(page, 'utf8');
  const [before, rest] = text.split(begin) as [string, string];
  const rows = experiments.map(({ id, name, title, prevention }) => {
    const story = `[${name}](../test/lab/experiments/golden/${name}.txt)`;
    return `| ${id} | ${story} | ${title} | ${prevention} | \`npx odradek experiment ${name}\` |`;
  });
  const head = [
    '| | story | what one learns | prevented by | command |',
    '| --- '.repeat(5).concat('|'),
  ];
  const table = [...head, ...rows, ''].join('\n');
  await expect([before, begin, table, end, rest.split(end)[1]].join('')).toMatchFileSnapshot(page);
});
