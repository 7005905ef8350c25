import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { version } from '../src/version.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

/** A project of a user's, with nothing in it but what `npm pack` would publish. */
let project: string;
const installed = (): string => join(project, 'node_modules/odradek');

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'odradek-user-'));
  const packArguments = ['pack', '--ignore-scripts', '--pack-destination', project];
  await run('npm', packArguments, { cwd: root });
  const [tarball] = await readdir(project);
  await mkdir(installed(), { recursive: true });
  const unpack = ['-xzf', join(project, tarball!), '-C', installed(), '--strip-components=1'];
  await run('tar', unpack);
});
afterAll(() => rm(project, { recursive: true }));

const useIt = `
  startCluster({ brokers: 1, topics: { a: {} } }).then(async (cluster) => {
    await cluster.topic('a').produce({ key: 'k', value: 'v' });
    const [{ offset, key, value }] = await cluster.topic('a').records();
    console.log(JSON.stringify([version, String(offset), key, value]));
    await cluster.close();
  });
`;

test.each([
  ['a module', 'use.mjs', "import { startCluster, version } from 'odradek';"],
  ['CommonJS', 'use.cjs', "const { startCluster, version } = require('odradek');"],
])('what is packed works from %s, and lets the process end', async (_kind, file, head) => {
  await writeFile(join(project, file), head + useIt);
  const { stdout, stderr } = await run(process.execPath, [file], { cwd: project });
  expect([JSON.parse(stdout), stderr]).toEqual([[version, '0', 'k', 'v'], '']);
});

test('its command line runs by the name of the package', async () => {
  const manifest = JSON.parse(await readFile(join(installed(), 'package.json'), 'utf8'));
  expect([manifest.version, Object.keys(manifest.bin)]).toEqual([version, ['odradek']]);
  const bin = join(installed(), manifest.bin.odradek);
  expect((await run(bin, ['--version'])).stdout).toBe(`${version}\n`);
});

test('it brings no dependency and no install script, but the licences of its parts', async () => {
  const manifest = JSON.parse(await readFile(join(installed(), 'package.json'), 'utf8'));
  const { preinstall, install, postinstall } = manifest.scripts;
  expect([manifest.dependencies, preinstall, install, postinstall]).toEqual(
    Array(4).fill(undefined),
  );
  const notices = await readFile(join(installed(), 'dist/THIRD_PARTY_NOTICES'), 'utf8');
  const inlined = ['commander', 'fzstd', 'picocolors', 'snappyjs'];
  expect(inlined.filter((name) => !notices.includes(`\n${name} `))).toEqual([]);
});
