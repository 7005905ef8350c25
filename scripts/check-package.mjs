// npm run check:package, after a build: what would be published is well formed, complete and small.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const packedMaxBytes = 750_000;
// Minified, with commander (45 kB) in it. They are read and compiled at every start.
const cliFiles = ['dist/cli.cjs', 'dist/cli-core.cjs'];
const cliMaxBytes = 530_000;

const problems = [];
const run = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' });
const attempt = (name, check) => {
  try {
    check();
    console.log(`ok: ${name}`);
  } catch (error) {
    problems.push(name);
    console.log(`FAILED: ${name}\n${error.stdout ?? error.message}`);
  }
};
const atMost = (bytes, maxBytes) => {
  if (bytes > maxBytes) throw new Error(`${bytes} bytes, at most ${maxBytes}`);
};

const folder = mkdtempSync(join(tmpdir(), 'odradek-pack-'));
const packArguments = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
const [packed] = JSON.parse(run('npm', ...packArguments));
const tarball = join(folder, packed.filename);
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

attempt('publint', () => run('npx', '--no', 'publint', 'run', tarball, '--strict'));
attempt('arethetypeswrong', () => run('npx', '--no', 'attw', tarball));
attempt(`packed at most ${packedMaxBytes} bytes (${packed.size})`, () =>
  atMost(packed.size, packedMaxBytes),
);
const cliBytes = cliFiles.reduce((sum, file) => sum + statSync(file).size, 0);
attempt(`the bundled command line at most ${cliMaxBytes} bytes (${cliBytes})`, () =>
  atMost(cliBytes, cliMaxBytes),
);
attempt('no script runs when it is installed', () => {
  const forbidden = ['preinstall', 'install', 'postinstall'].filter(
    (name) => manifest.scripts[name],
  );
  if (forbidden.length > 0) throw new Error(forbidden.join(', '));
});
attempt('no runtime dependency', () => {
  const names = Object.keys(manifest.dependencies ?? {});
  if (names.length > 0) throw new Error(names.join(', '));
});
attempt('licence, notices, readme and changelog are in it', () => {
  const wanted = [
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'dist/THIRD_PARTY_NOTICES',
    ...cliFiles,
    'dist/cli-experiment.cjs',
  ];
  const paths = packed.files.map(({ path }) => path);
  const missing = wanted.filter((path) => !paths.includes(path));
  if (missing.length > 0) throw new Error(missing.join(', '));
});

rmSync(folder, { recursive: true });
process.exitCode = problems.length === 0 ? 0 : 1;
