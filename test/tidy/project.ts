import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A committed text file; `path` is relative to the project, with forward slashes. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** What a rule reads, and what a planted violation is made of: paths and texts, nothing else. */
export type Project = readonly TextFile[];

/** A rule returns one line per finding, `path:line what is wrong, and what to do instead`. */
export type Rule = (project: Project) => string[];

const notOurs = new Set('.git node_modules dist build target coverage reports fixtures'.split(' '));
const ours = 'ts js mjs cjs json md txt sh yml yaml xml properties svg c go py rs java'.split(' ');
const named = ['run', 'LICENSE', '.npmrc'];
const isText = (name: string) => named.includes(name) || ours.includes(name.split('.').at(-1)!);

/** Every text file of the project but what git ignores and what was captured (`fixtures`). */
export function loadProject(root: string, folder = ''): TextFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return loadProject(root, path);
    return isText(entry.name) ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : [];
  });
}

const parsed = new WeakMap<TextFile, ts.SourceFile>();

/** The file's syntax tree, parsed once. */
export function parse(file: TextFile): ts.SourceFile {
  let tree = parsed.get(file);
  if (tree === undefined) {
    tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true);
    parsed.set(file, tree);
  }
  return tree;
}

export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

export function at(file: TextFile, node: ts.Node): string {
  const tree = parse(file);
  return `${file.path}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
}

export const isTypeScript = (file: TextFile): boolean => file.path.endsWith('.ts');
export const inSource = (file: TextFile): boolean => file.path.startsWith('src/');
export const inTest = (file: TextFile): boolean => file.path.startsWith('test/');

/** A rule that looks at every node of every TypeScript file that `choose` takes. */
export function overSyntax(
  choose: (file: TextFile) => boolean,
  see: (node: ts.Node, file: TextFile) => string | undefined,
): Rule {
  return (project) =>
    project
      .filter((file) => isTypeScript(file) && choose(file))
      .flatMap((file) => {
        const findings: string[] = [];
        visit(parse(file), (node) => {
          const finding = see(node, file);
          if (finding !== undefined) findings.push(`${at(file, node)} ${finding}`);
        });
        return findings;
      });
}
