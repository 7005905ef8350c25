import ts from 'typescript';
import { inTest, overSyntax, type Rule } from './project.ts';

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Folders and files of code are kebab-case; tests and type tests add their ending. */
export const namesAreKebabCase: Rule = (project) =>
  project
    .filter(({ path }) => /^(src|test|bench|scripts|examples|clients)\//.test(path))
    .filter(({ path }) => /\.(ts|tsx|mjs|cjs|js)$/.test(path))
    .filter(({ path }) =>
      path
        .split('/')
        .some((part) => !kebab.test(part.replace(/(\.(test|test-d|config|d))?\.\w+$/, ''))),
    )
    .map(({ path }) => `${path}:1 not kebab-case: rename it`);

const suites = /^(it|test|describe|suite|bench)$/;

/** No test is switched off or on alone. A test that cannot run here says so with `skipIf`. */
export const noSwitchedTests: Rule = overSyntax(inTest, (node) => {
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  if (!suites.test(node.expression.getText().split('.')[0]!)) return undefined;
  if (!/^(only|skip|todo|fails)$/.test(node.name.text)) return undefined;
  return `.${node.name.text}: mend the test or delete it`;
});

/** Real Kafka in a process of its own offers no event to wait for: it is asked again, here only. */
const asksRealKafka = 'test/conformance/harness/until.ts';

/** A test waits for an event or moves the clock; it never lets time pass and hopes. */
export const noSleepsInTests: Rule = overSyntax(inTest, (node, file) => {
  if (file.path === asksRealKafka) return undefined;
  const instead = 'await an event, or advance the virtual clock';
  if (ts.isImportDeclaration(node) && /node:timers/.test(node.moduleSpecifier.getText())) {
    return `timers in a test: ${instead}`;
  }
  if (!ts.isCallExpression(node)) return undefined;
  const name = node.expression.getText();
  return /(^|\.)(setTimeout|setInterval)$|^(sleep|delay|Atomics\.wait)$/.test(name)
    ? `${name} in a test: ${instead}`
    : undefined;
});

/** The checker is not talked out of a finding. */
export const noEscapeHatches: Rule = overSyntax(
  () => true,
  (node, file) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any: say what it is, or unknown';
    if (!ts.isSourceFile(node)) return undefined;
    const hatch = /(\/\/|\/\*)\s*(@ts-(ignore|expect-error|nocheck)|biome-ignore)/.exec(file.text);
    return hatch === null ? undefined : `${hatch[2]}: mend what it complains about`;
  },
);
