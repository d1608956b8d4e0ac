import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import ts from 'typescript';

/** What a file is for decides which rules it answers to. */
export type SourceKind = 'source' | 'test' | 'vector';

export interface ImportLine {
  readonly specifier: string;
  readonly line: number;
  readonly typeOnly: boolean;
}

export interface Source {
  /** Relative to the checkout, with forward slashes. */
  readonly path: string;
  readonly kind: SourceKind;
  readonly text: string;
  /** Present for TypeScript and JavaScript. */
  readonly tree: ts.SourceFile | undefined;
  readonly imports: readonly ImportLine[];
}

const CODE = new Set(['.ts', '.tsx', '.mjs', '.js']);
const TEXT = new Set(['.sql', '.json']);
const SKIPPED = new Set(['node_modules', 'data', 'demo-out', 'coverage', 'dist']);

/** Reads every file that a rule may look at. Made and hidden folders are left out. */
export function readSources(root: string): readonly Source[] {
  return listFiles(root, '').flatMap((path) => {
    const kind = kindOf(path);
    const code = CODE.has(extname(path));
    if (!code && kind !== 'vector' && extname(path) !== '.sql') return [];
    const text = readFileSync(join(root, path), 'utf8');
    const tree = code ? parse(path, text) : undefined;
    return [{ path, kind, text, tree, imports: tree === undefined ? [] : importsOf(tree) }];
  });
}

/** The line of a node, from 1. */
export function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** Calls `visit` for every node under `tree`, outer nodes first. */
export function eachNode(tree: ts.SourceFile, visit: (node: ts.Node) => void): void {
  const walk = (node: ts.Node): void => {
    visit(node);
    ts.forEachChild(node, walk);
  };
  ts.forEachChild(tree, walk);
}

function listFiles(root: string, folder: string): readonly string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return SKIPPED.has(entry.name) || entry.name.startsWith('.') ? [] : listFiles(root, path);
    }
    const extension = extname(entry.name);
    return entry.isFile() && (CODE.has(extension) || TEXT.has(extension)) ? [path] : [];
  });
}

function kindOf(path: string): SourceKind {
  if (path.startsWith('vectors/')) return 'vector';
  const test = /(^|\/)test\//.test(path) || path.startsWith('stories/');
  return test ? 'test' : 'source';
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, { languageVersion: ts.ScriptTarget.ES2023 }, true);
}

/** `import`, `export … from`, `import()` and `import('…').Type`. */
function importsOf(tree: ts.SourceFile): readonly ImportLine[] {
  const found: ImportLine[] = [];
  const add = (name: ts.Node | undefined, typeOnly: boolean): void => {
    if (name === undefined || !ts.isStringLiteralLike(name)) return;
    found.push({ specifier: name.text, line: lineOf(tree, name), typeOnly });
  };
  eachNode(tree, (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
  });
  return found;
}
