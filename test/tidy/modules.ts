import { posix } from 'node:path';
import ts from 'typescript';
import { isTypeScript, type Project, parse, type TextFile, visit } from './project.ts';

/** One import, re-export or `import()`. `names` is `'*'` where all of the module may be used. */
interface Import {
  readonly from: TextFile;
  readonly node: ts.Node;
  readonly specifier: string;
  /** The path inside the project, or undefined for a package or a `node:` module. */
  readonly target: string | undefined;
  readonly names: readonly string[] | '*';
  readonly reexport: boolean;
}

interface Export {
  readonly name: string;
  readonly node: ts.Node;
}

function importedNames(node: ts.ImportDeclaration): readonly string[] | '*' {
  const clause = node.importClause;
  if (clause === undefined) return [];
  const names = clause.name === undefined ? [] : ['default'];
  const bindings = clause.namedBindings;
  if (bindings === undefined) return names;
  if (ts.isNamespaceImport(bindings)) return '*';
  return [...names, ...bindings.elements.map((each) => (each.propertyName ?? each.name).text)];
}

function reexportedNames(node: ts.ExportDeclaration): readonly string[] | '*' {
  if (node.exportClause === undefined || ts.isNamespaceExport(node.exportClause)) return '*';
  return node.exportClause.elements.map((each) => (each.propertyName ?? each.name).text);
}

/** `import('./x.ts')`, as a value or as a type. */
function dynamicSpecifier(node: ts.Node): ts.Node | undefined {
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return node.arguments[0];
  }
  return ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
    ? node.argument.literal
    : undefined;
}

/** A configuration names files for its tool to load: `globalSetup: '../build.ts'`. */
function namedFile(node: ts.Node, from: TextFile): ts.Node | undefined {
  if (!from.path.endsWith('.config.ts') || !ts.isStringLiteralLike(node)) return undefined;
  return /^\.{1,2}\/[\w./-]+\.ts$/.test(node.text) ? node : undefined;
}

interface Reference {
  readonly specifier: ts.Node | undefined;
  readonly names: readonly string[] | '*';
  readonly reexport: boolean;
}

function referenceIn(node: ts.Node, from: TextFile): Reference {
  if (ts.isImportDeclaration(node)) {
    return { specifier: node.moduleSpecifier, names: importedNames(node), reexport: false };
  }
  if (ts.isExportDeclaration(node)) {
    return { specifier: node.moduleSpecifier, names: reexportedNames(node), reexport: true };
  }
  const specifier = dynamicSpecifier(node) ?? namedFile(node, from);
  return { specifier, names: '*', reexport: false };
}

/** Every import in the project's TypeScript. */
export function importsOf(project: Project): Import[] {
  return project.filter(isTypeScript).flatMap((from) => {
    const found: Import[] = [];
    visit(parse(from), (node) => {
      const { specifier: literal, names, reexport } = referenceIn(node, from);
      if (literal === undefined || !ts.isStringLiteralLike(literal)) return;
      const specifier = literal.text;
      const folder = posix.dirname(from.path);
      const target = specifier.startsWith('.') ? posix.join(folder, specifier) : undefined;
      found.push({ from, node, specifier, target, names, reexport });
    });
    return found;
  });
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((each) => each.kind === kind)
  );
}

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap((each) =>
      ts.isIdentifier(each.name) ? [each.name.text] : [],
    );
  }
  const { name } = statement as { name?: ts.Node };
  return name !== undefined && ts.isIdentifier(name) ? [name.text] : [];
}

/** The names that a file declares and exports; a default export has the name `default`. */
export function exportsOf(file: TextFile): Export[] {
  return parse(file).statements.flatMap((node): Export[] => {
    if (ts.isExportAssignment(node)) return [{ name: 'default', node }];
    if (ts.isExportDeclaration(node)) {
      const clause = node.exportClause;
      if (node.moduleSpecifier !== undefined || clause === undefined) return [];
      return ts.isNamedExports(clause)
        ? clause.elements.map((each) => ({ name: each.name.text, node }))
        : [];
    }
    if (!hasModifier(node, ts.SyntaxKind.ExportKeyword)) return [];
    if (hasModifier(node, ts.SyntaxKind.DefaultKeyword)) return [{ name: 'default', node }];
    return declaredNames(node).map((name) => ({ name, node }));
  });
}
