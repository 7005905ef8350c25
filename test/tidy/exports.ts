import { exportsOf, importsOf } from './modules.ts';
import { at, inSource, inTest, isTypeScript, type Project, type Rule } from './project.ts';

const publicSurface = 'src/index.ts';
const barrels = [publicSurface, 'src/protocol/messages/index.ts'];

/**
 * Where users, runners and tools come in; what these export or import is alive. A `.d.ts` has the
 * types of a package that brings none.
 */
const isRoot = (path: string): boolean =>
  path === publicSurface ||
  /(\/main|\.config|\.test|\.test-d|\.d)\.ts$/.test(path) ||
  !/^(src|test)\//.test(path);

/** `src/log/segment.ts` has its own test in `test/log/segment.test.ts`. */
const ownTestOf = (path: string): string =>
  path.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts');

/** An export that nothing imports, or nothing but its own test, is dead. */
export const noDeadExports: Rule = (project) => {
  const used = new Map<string, Set<string>>();
  for (const { from, target, names } of importsOf(project)) {
    if (target === undefined || from.path === ownTestOf(target)) continue;
    const set = used.get(target) ?? new Set();
    used.set(target, set);
    for (const name of names === '*' ? ['*'] : names) set.add(name);
  }
  return project
    .filter((file) => isTypeScript(file) && (inSource(file) || inTest(file)) && !isRoot(file.path))
    .flatMap((file) => {
      const names = used.get(file.path);
      return exportsOf(file)
        .filter(({ name }) => names === undefined || !(names.has('*') || names.has(name)))
        .map(({ name, node }) => `${at(file, node)} nobody imports '${name}': do not export it`);
    });
};

function reachable(project: Project): Set<string> {
  const targets = new Map<string, string[]>();
  for (const { from, target } of importsOf(project)) {
    if (target !== undefined) targets.set(from.path, [...(targets.get(from.path) ?? []), target]);
  }
  const seen = new Set<string>();
  const pending = project.map((file) => file.path).filter(isRoot);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    pending.push(...(targets.get(path) ?? []));
  }
  return seen;
}

/** A file of `src` is reached from an entry of the package; one of `test` from a test. */
export const noDeadFiles: Rule = (project) => {
  const fromEntries = reachable(project.filter(inSource));
  const fromAnywhere = reachable(project);
  return project
    .filter(isTypeScript)
    .filter((file) =>
      inSource(file) ? !fromEntries.has(file.path) : inTest(file) && !fromAnywhere.has(file.path),
    )
    .map((file) => `${file.path}:1 nothing imports this file: delete it`);
};

/** Configuration files are read by tools that want a default export; nothing else has one. */
export const noDefaultExports: Rule = (project) =>
  project
    .filter((file) => isTypeScript(file) && !/\.config\.ts$/.test(file.path))
    .flatMap((file) =>
      exportsOf(file)
        .filter(({ name }) => name === 'default')
        .map(({ node }) => `${at(file, node)} default export: give it a name`),
    );

/** Re-exports stand in the public surface and in the register of messages only. */
export const noBarrels: Rule = (project) =>
  importsOf(project)
    .filter(({ from, reexport }) => reexport && !barrels.includes(from.path))
    .map(({ from, node }) => `${at(from, node)} re-export: import it from where it is declared`);
