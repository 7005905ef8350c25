import ts from 'typescript';
import { isTypeScript, overSyntax, parse, type Rule } from './project.ts';

const fileLinesMax = 500;
const functionLinesMax = 70;
const columnsMax = 100;

export const filesAreShort: Rule = (project) =>
  project.filter(isTypeScript).flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length;
    return lines <= fileLinesMax
      ? []
      : [`${path}:1 ${lines} lines, at most ${fileLinesMax}: divide it by what changes together`];
  });

/** The callback of `describe` is a chapter, not a function: its tests are what is measured. */
function isChapter(node: ts.Node): boolean {
  const call = node.parent;
  return ts.isCallExpression(call) && /^describe\b/.test(call.expression.getText());
}

export const functionsAreShort: Rule = overSyntax(
  () => true,
  (node, file) => {
    if (!ts.isFunctionLike(node) || isChapter(node)) return undefined;
    const tree = parse(file);
    const line = (position: number) => tree.getLineAndCharacterOfPosition(position).line;
    const lines = line(node.end) - line(node.getStart(tree)) + 1;
    return lines <= functionLinesMax
      ? undefined
      : `function of ${lines} lines, at most ${functionLinesMax}: give a part of it a name`;
  },
);

export const linesAreShort: Rule = (project) =>
  project
    .filter(isTypeScript)
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) =>
          line.length <= columnsMax
            ? []
            : [`${path}:${index + 1} ${line.length} columns, at most ${columnsMax}`],
        ),
    );
