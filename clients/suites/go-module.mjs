import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The tests that a Go module brings, from its proxy: a module's folder is read-only, so they are
 * compiled, and run, in a copy. The copy is never committed.
 */

// The module's own go.mod may be older than the toolchain wants it.
const env = { GOFLAGS: '-mod=mod' };

/** Copies a module into `folder`, and compiles the tests of some of its packages. */
export async function compileTests(folder, { module, version, packages }, command) {
  const source = join(folder, 'source');
  if (!existsSync(source)) {
    mkdirSync(folder, { recursive: true });
    const get = ['go', 'mod', 'download', '-json', `${module}@${version}`];
    const { stdout } = await command(get, { cwd: folder, env });
    cpSync(JSON.parse(stdout).Dir, source, { recursive: true });
    await command(['chmod', '-R', 'u+w', source], { cwd: folder });
  }
  for (const name of packages) {
    const compile = ['go', 'test', '-c', '-o', binaryOf(folder, name), name];
    await command(compile, { cwd: source, env });
  }
  return source;
}

/** The names of a package's tests, without its examples and benchmarks. */
export async function listTests(folder, name, command) {
  const { stdout } = await command([binaryOf(folder, name), '-test.list', '^Test']);
  return stdout.trim().split('\n');
}

/** How one test is run: in a process of its own. */
export function goTest(folder, name, test, { limitMs, env }) {
  const commandFor = (part) => [
    binaryOf(folder, name),
    `-test.run=${part.split('/').map(exactly).join('/')}`,
    ...['-test.v', '-test.count=1', `-test.timeout=${limitMs}ms`],
  ];
  const cwd = join(folder, 'source', name);
  return { name: test, command: commandFor(test), commandFor, cwd, env };
}

const exactly = (name) => `^${name.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')}$`;

const binaryOf = (folder, name) => join(folder, `${name.split('/').at(-1)}.test`);

const begun = /^=== RUN +(\S+)$/gm;
const ended = /^ *--- (PASS|FAIL|SKIP): (\S+) \(/gm;
const verdicts = { PASS: 'passed', FAIL: 'failed', SKIP: 'skipped' };

/**
 * What came of a test by its output: of each of its parts that has none itself. What began and did
 * not end, as the process died or was killed, has failed.
 */
export function verdictsOf(output) {
  const all = new Map([...output.matchAll(begun)].map(([, name]) => [name, 'failed']));
  for (const [, verdict, name] of output.matchAll(ended)) all.set(name, verdicts[verdict]);
  const names = [...all.keys()];
  const isWhole = (name) => !names.some((other) => other.startsWith(`${name}/`));
  return Object.fromEntries([...all].filter(([name]) => isWhole(name)));
}
