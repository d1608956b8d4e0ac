import ts from 'typescript';
import type { Finding } from './inspect.ts';
import { eachNode, lineOf } from './sources.ts';
import type { Source } from './sources.ts';

/** A closed list is an exported constant of this name, in `codes.ts` or `errors.ts`. */
const CLOSED_LIST = /(^|_)CODES$/;

interface Code {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/**
 * Every code of every closed list (`export const …_CODES = [ … ] as const`) stands somewhere in a
 * test or a vector: a refusal that nothing provokes may as well not be there.
 */
export function untestedCodes(sources: readonly Source[]): readonly Finding[] {
  const known = new Set(sources.flatMap((source) => testedStrings(source)));
  const declared = sources
    .filter(({ kind }) => kind === 'source')
    .flatMap((source) => declaredCodes(source));
  return declared
    .filter(({ text }) => !known.has(text))
    .map(({ path, line, text }) => ({
      path,
      line,
      rule: 'codes',
      message: `'${text}' is in no test and no vector: provoke it in one, or remove it`,
    }));
}

function declaredCodes({ path, tree }: Source): readonly Code[] {
  if (tree === undefined) return [];
  const found: Code[] = [];
  eachNode(tree, (node) => {
    if (!ts.isVariableDeclaration(node) || !isExported(node)) return;
    if (!ts.isIdentifier(node.name) || !CLOSED_LIST.test(node.name.text)) return;
    for (const element of elementsOf(node.initializer)) {
      if (!ts.isStringLiteralLike(element) && !isPropertyName(element)) continue;
      found.push({ path, line: lineOf(tree, element), text: element.text });
    }
  });
  return found;
}

function isExported(node: ts.VariableDeclaration): boolean {
  const statement = node.parent.parent;
  if (!ts.isVariableStatement(statement)) return false;
  return statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** Through `as const`, `satisfies` and parentheses; `Object.freeze([ … ])` too. */
function elementsOf(node: ts.Expression | undefined): readonly ts.Node[] {
  if (node === undefined) return [];
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return elementsOf(node.expression);
  if (ts.isParenthesizedExpression(node)) return elementsOf(node.expression);
  if (ts.isCallExpression(node)) return elementsOf(node.arguments[0]);
  if (ts.isArrayLiteralExpression(node)) return node.elements;
  if (!ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap(({ name }) => (name === undefined ? [] : [name]));
}

function testedStrings({ kind, text, tree }: Source): readonly string[] {
  if (kind === 'source') return [];
  if (tree === undefined) return [...text.matchAll(/"([^"\\\n]{1,80})"/g)].map(([, s = '']) => s);
  const found: string[] = [];
  eachNode(tree, (node) => {
    if (ts.isStringLiteralLike(node) || isPropertyName(node)) found.push(node.text);
  });
  return found;
}

/** A row of a table may be keyed by its code. */
function isPropertyName(node: ts.Node): node is ts.Identifier {
  return ts.isIdentifier(node) && ts.isPropertyAssignment(node.parent) && node.parent.name === node;
}
