import ts from 'typescript';
import { importsOf } from './modules.ts';
import { at, inSource, overSyntax, parse, type Rule, type TextFile, visit } from './project.ts';

/** What each floor of `src` may import besides itself and the files straight in `src`. */
const ground = ['protocol', 'simulation', 'config'];
const middle = ['log', ...ground];
const broker = ['replication', 'coordinator', 'controller', 'security', ...middle];
const below: Record<string, readonly string[]> = {
  protocol: [],
  simulation: [],
  config: [],
  log: ground,
  history: middle,
  replication: middle,
  coordinator: ground,
  controller: ground,
  security: ground,
  broker,
  cluster: ['broker', ...broker],
  lab: ['cluster', 'broker', 'history', ...broker],
  server: ['cluster', 'broker', 'history', ...broker],
  cli: ['server', 'lab', 'cluster', 'broker', 'history', ...broker],
  testing: ['server', 'cluster', 'broker', 'history', ...broker],
};

/** `src/log/segment.ts` is on floor `log`; files straight in `src` lie below all floors. */
function floorOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

const publicSurface = 'src/index.ts';
const isBelowAll = (path: string): boolean => floorOf(path) === undefined && path !== publicSurface;

/** Imports between the floors of `src` go down only; siblings do not import each other. */
export const importsGoDown: Rule = (project) =>
  importsOf(project.filter(inSource)).flatMap(({ from, node, target }) => {
    const floor = floorOf(from.path) ?? 'src';
    if (target === undefined || from.path === publicSurface || isBelowAll(target)) return [];
    const allowed = floor === 'src' ? [] : below[floor];
    const place = at(from, node);
    if (allowed === undefined)
      return [`${place} '${floor}' is no floor: name it in tidy/floors.ts`];
    const other = floorOf(target);
    if (other !== undefined && (other === floor || allowed.includes(other))) return [];
    return [`${place} '${floor}' may not import ${target}: imports go down only`];
  });

const above = ['server', 'cli', 'testing'];
const isBelowServer = (file: TextFile): boolean =>
  inSource(file) && file.path !== publicSurface && !above.includes(floorOf(file.path) ?? '');

/** Packages and `node:` modules that are used below the server, and the file that wraps each. */
const wrapperOf: Record<string, string> = {
  'node:zlib': 'src/protocol/records/compression.ts',
  snappyjs: 'src/protocol/records/snappy.ts',
  fzstd: 'src/protocol/records/zstd.ts',
  re2js: 'src/coordinator/consumer/topic-expression.ts',
};

/** Below the server, packages and `node:` modules come in only where they are wrapped. */
export const noPackagesBelowServer: Rule = (project) =>
  importsOf(project.filter(isBelowServer)).flatMap(({ from, node, specifier, target }) =>
    target !== undefined || wrapperOf[specifier] === from.path
      ? []
      : [`${at(from, node)} '${specifier}' below src/server: do it in the server and pass it down`],
  );

const clock = 'take the Clock (simulation/clock.ts)';
const random = 'take a stream of Random (simulation/random.ts)';
const callback = 'events run to completion: take a callback, park the reply';
const options = 'read it in src/cli or src/server and pass it down as an option';
const replacementOf: Record<string, string> = {
  Promise: callback,
  queueMicrotask: callback,
  setTimeout: clock,
  setInterval: clock,
  setImmediate: clock,
  Date: clock,
  performance: clock,
  process: options,
  crypto: random,
  randomUUID: random,
};

/** `Promise` and its like as a value or type, but not as somebody's property or a key. */
function isMention(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent))
    return parent.name !== node;
  if (ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent)) return parent.name !== node;
  return !ts.isPropertyDeclaration(parent) || parent.name !== node;
}

/** Whether the file itself declares the name, so that a mention does not mean the global. */
function isDeclaredHere(name: string, file: TextFile): boolean {
  let found = false;
  visit(parse(file), (node) => {
    const declares =
      ts.isVariableDeclaration(node) || ts.isBindingElement(node) || ts.isParameter(node);
    found ||= declares && ts.isIdentifier(node.name) && node.name.text === name;
  });
  return found;
}

/** No time, chance, promise or process below the server. */
export const noWorldBelowServer: Rule = overSyntax(isBelowServer, (node, file) => {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return `async: ${callback}`;
  if (ts.isAwaitExpression(node)) return `await: ${callback}`;
  if (ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random') {
    return `Math.random: ${random}`;
  }
  if (!ts.isIdentifier(node) || !isMention(node)) return undefined;
  const replacement = Object.hasOwn(replacementOf, node.text)
    ? replacementOf[node.text]
    : undefined;
  if (replacement === undefined || isDeclaredHere(node.text, file)) return undefined;
  return `${node.text}: ${replacement}`;
});
