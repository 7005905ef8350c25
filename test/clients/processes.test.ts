import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../clients/runner/processes.mjs';

/** Runs a line of shell, and resolves when nobody holds its standard output any more. */
async function run(line: string, limitMs = 20_000) {
  const cwd = mkdtempSync(join(tmpdir(), 'odradek-clients-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const log = join(cwd, 'log');
  const { stdout, status, timedOut } = await runCommand(['bash', '-c', line], {
    ...{ cwd, log, limitMs },
    env: { GREETING: 'hello' },
  });
  return { stdout, status, timedOut, log: readFileSync(log, 'utf8') };
}

test('a program has its environment, its output is returned and all of it kept', async () => {
  const { stdout, status, log } = await run('echo $GREETING; echo aside >&2; exit 3');
  expect([stdout, status]).toEqual(['hello\n', 3]);
  expect(log.split('\n').sort()).toEqual(expect.arrayContaining(['aside', 'hello']));
});

test('what exceeds its time is killed, with all that it has started', async () => {
  const { status, timedOut } = await run('sleep 600 & sleep 600', 100);
  expect([status, timedOut]).toEqual([null, 100]);
});

test('what a program leaves behind when it ends is killed', async () => {
  const { status, timedOut } = await run('sleep 600 & exit 0');
  expect([status, timedOut]).toEqual([0, undefined]);
});

test('a command that is not there has no status', async () => {
  const log = join(tmpdir(), 'odradek-clients-no-such.log');
  onTestFinished(() => rmSync(log, { force: true }));
  const { status } = await runCommand(['no-such-command'], { cwd: tmpdir(), log, limitMs: 1000 });
  expect(status).toBe(null);
});
