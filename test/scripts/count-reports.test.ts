import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/count-reports.mjs', import.meta.url));

/** The last line and the exit status for a folder of these reports. */
function count(expected: readonly string[], reports: Readonly<Record<string, object | string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-reports-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'expected'), expected.join('\n'));
  for (const [name, report] of Object.entries(reports)) {
    const text = typeof report === 'string' ? report : JSON.stringify(report);
    writeFileSync(join(folder, name), text);
  }
  const { stdout, status } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return [stdout.trimEnd().split('\n').at(-1), status];
}

const report = (numPassedTests: number, numFailedTests: number, unloaded = 0) => ({
  ...{ success: numFailedTests + unloaded === 0, numPassedTests, numFailedTests },
  testResults: [
    { status: 'passed', assertionResults: [{}] },
    ...Array.from({ length: unloaded }, () => ({ status: 'failed', assertionResults: [] })),
  ],
});
const step = (status: number) => ({ name: 'lint', status });

test('tests and steps are added up', () => {
  const reports = { 'a.json': report(3, 0), 'b.json': report(4, 0), 'lint.step.json': step(0) };
  expect(count(['a.json', 'b.json'], reports)).toEqual(['8 passed, 0 failed', 0]);
});

test.each<[string, readonly string[], Readonly<Record<string, object | string>>, string]>([
  ['a failed test', ['a.json'], { 'a.json': report(3, 2) }, '3 passed, 2 failed'],
  [
    'a failed step',
    ['a.json'],
    { 'a.json': report(3, 0), 'l.step.json': step(1) },
    '3 passed, 1 failed',
  ],
  ['a suite that did not load', ['a.json'], { 'a.json': report(3, 0, 1) }, '3 passed, 1 failed'],
  [
    'a report that is missing',
    ['a.json', 'b.json'],
    { 'a.json': report(3, 0) },
    '3 passed, 1 failed',
  ],
  ['a report that is cut off', ['a.json'], { 'a.json': '{"numPassed' }, '0 passed, 1 failed'],
  ['a run of no tests', ['a.json'], { 'a.json': report(0, 0) }, '0 passed, 1 failed'],
  [
    'a run that failed beside its tests',
    ['a.json'],
    { 'a.json': { ...report(3, 0), success: false } },
    '3 passed, 1 failed',
  ],
])('%s is a failure', (_name, expected, reports, line) => {
  expect(count(expected, reports)).toEqual([line, 1]);
});
