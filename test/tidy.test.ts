import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { planted } from './tidy/planted.ts';
import { loadProject } from './tidy/project.ts';
import { rules } from './tidy/rules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('the project keeps the house rules', () => {
  const project = loadProject(root);

  test.each(Object.entries(rules))('%s', (_name, rule) => {
    expect(rule(project)).toEqual([]);
  });

  test('docs/STYLE.md explains every rule by its name', () => {
    const style = readFileSync(`${root}/docs/STYLE.md`, 'utf8');
    expect(Object.keys(rules).filter((name) => !style.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('each rule finds what it is for', () => {
  test('every rule has planted violations', () => {
    expect(Object.keys(planted)).toEqual(Object.keys(rules));
  });

  test.each(Object.entries(planted))('%s', (name, { clean, dirty }) => {
    const rule = rules[name]!;
    expect(rule(clean)).toEqual([]);
    for (const { files, finding } of dirty) {
      expect(rule(files), files.map((file) => file.text).join('\n')).toEqual([
        expect.stringContaining(finding),
      ]);
    }
  });
});
