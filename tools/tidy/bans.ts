import { basename } from 'node:path';
import ts from 'typescript';
import type { Finding } from './inspect.ts';
import { eachNode, lineOf } from './sources.ts';
import type { Source } from './sources.ts';

interface Ban {
  readonly rule: string;
  readonly message: string;
  /** The files it holds in. */
  readonly holdsIn: (source: Source) => boolean;
  readonly matches: (node: ts.Node) => boolean;
}

const inPackages = (path: string, names: readonly string[]): boolean =>
  names.some((name) => path.startsWith(`${name}/`));

/** Programs that speak to a terminal: they may print, and read their own settings. */
const COMMANDS = ['cli', 'bench', 'tools'];
const ENTRY_POINTS = new Set([
  ...['main.ts', 'worker-main.ts', 'stopping.ts', 'worker.ts'],
  ...['reset.ts', 'reseal.ts', 'dump-schema.ts'],
]);
const isConfig = (path: string): boolean => /(^|[/.])config\.(ts|mjs)$/.test(path);
const isDecision = (path: string): boolean => /(^|\/)(rules|decide)(\.ts$|\/)/.test(path);
const isPure = ({ path, kind }: Source): boolean =>
  kind === 'source' && (inPackages(path, ['protocol/src', 'api/src']) || isDecision(path));
/** SQL is written in a `store.ts`, or a `store/` folder once that is too long for one file. */
const mayHoldSql = ({ path, kind }: Source): boolean =>
  kind === 'test' ||
  isStore(path) ||
  inPackages(path, ['bank/src/db', 'auditor', 'bench', 'sim', 'tools']);
const isStore = (path: string): boolean => /(^|\/)store(\.ts$|\/)/.test(path);

const BANS: readonly Ban[] = [
  {
    rule: 'randomness',
    message: 'Math.random can be predicted and not replayed: take randomness as an argument',
    holdsIn: () => true,
    matches: (node) => isMember(node, 'Math', ['random']),
  },
  {
    rule: 'clock',
    message: 'a decision that reads a clock cannot be replayed: take `now` as an argument',
    holdsIn: isPure,
    matches: (node) => isMember(node, 'Date', ['now']) || isNewDateWithoutArguments(node),
  },
  {
    rule: 'environment',
    message: 'settings come in through config.ts: take the value as an argument',
    holdsIn: ({ path, kind }) =>
      kind === 'source' && !isConfig(path) && !inPackages(path, COMMANDS),
    matches: (node) => isMember(node, 'process', ['env']),
  },
  {
    rule: 'console',
    message: 'log an event with fields instead, or print from a command',
    holdsIn: ({ path }) => !inPackages(path, COMMANDS) && !ENTRY_POINTS.has(basename(path)),
    matches: (node) => ts.isPropertyAccessExpression(node) && isNamed(node.expression, 'console'),
  },
  {
    rule: 'default-export',
    message: 'export it by name, so that it is called the same everywhere',
    // A declaration says what somebody else's package exports.
    holdsIn: ({ path }) => !isConfig(path) && !path.endsWith('.d.ts'),
    matches: isDefaultExport,
  },
  {
    rule: 'enum',
    message: 'use a const array and the union of its members: enums are not erasable',
    holdsIn: () => true,
    matches: ts.isEnumDeclaration,
  },
  {
    rule: 'any',
    message: 'use unknown and parse it, or name the type',
    holdsIn: () => true,
    matches: (node) => node.kind === ts.SyntaxKind.AnyKeyword,
  },
  {
    rule: 'sql',
    message: "SQL is written in the domain's store.ts: name the query there and call it",
    holdsIn: (source) => !mayHoldSql(source),
    matches: isSql,
  },
  {
    rule: 'sql-parameters',
    message: 'only a CONSTANT is pasted into SQL: pass values as parameters',
    // `create role` and its like take no parameters, and only db/ writes them.
    holdsIn: ({ path, kind }) =>
      kind === 'source' && isStore(path) && !inPackages(path, ['bank/src/db']),
    matches: (node) => ts.isTemplateExpression(node) && isSql(node) && !pastesConstants(node),
  },
];

/** Words that say nothing about what a file holds. */
const EMPTY_NAMES = /(^|[/-])(utils?|helpers?|managers?|common|misc)(\.\w+$|\/)/;
const UNFINISHED_WORDS = ['TODO', 'FIXME', 'XXX', 'HACK'];
/** In a comment of TypeScript or SQL, and without the number of an issue after it. */
const UNFINISHED = new RegExp(`(//|\\*|--).*\\b(${UNFINISHED_WORDS.join('|')})\\b(?!.*#\\d)`);

/** Calls, syntax, names and notes that the house does without. */
export function bannedCode(sources: readonly Source[]): readonly Finding[] {
  const read = sources.filter(({ kind }) => kind !== 'vector');
  return read.flatMap((source) => [...banned(source), ...notes(source), ...names(source)]);
}

function banned(source: Source): readonly Finding[] {
  const { path, tree } = source;
  const holding = BANS.filter(({ holdsIn }) => holdsIn(source));
  const found: Finding[] = [];
  if (tree === undefined) return found;
  eachNode(tree, (node) => {
    for (const { rule, message, matches } of holding) {
      if (matches(node)) found.push({ path, line: lineOf(tree, node), rule, message });
    }
  });
  return found;
}

function notes({ path, text }: Source): readonly Finding[] {
  const message = 'do it now, or give it a number: an unnumbered note is read by nobody';
  return text
    .split('\n')
    .flatMap((line, index) =>
      UNFINISHED.test(line) ? [{ path, line: index + 1, rule: 'unfinished', message }] : [],
    );
}

function names({ path }: Source): readonly Finding[] {
  if (!EMPTY_NAMES.test(path)) return [];
  return [{ path, line: 1, rule: 'names', message: 'name it for the thing it holds' }];
}

function isNamed(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}

function isMember(node: ts.Node, object: string, members: readonly string[]): boolean {
  if (!ts.isPropertyAccessExpression(node)) return false;
  return isNamed(node.expression, object) && members.includes(node.name.text);
}

function isNewDateWithoutArguments(node: ts.Node): boolean {
  if (!ts.isNewExpression(node) || !isNamed(node.expression, 'Date')) return false;
  return node.arguments === undefined || node.arguments.length === 0;
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  if (!ts.canHaveModifiers(node)) return false;
  const modifiers = ts.getModifiers(node) ?? [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
}

/** Either case but not a sentence's capital, so that "Select a bank from the list" is prose. */
const STATEMENTS = [
  'select\\s[^]*\\sfrom\\s',
  'select\\s+\\w+\\(',
  'insert\\s+into\\s',
  'update\\s+\\w+\\s+set\\s',
  'delete\\s+from\\s',
  'truncate\\s+table\\s',
  'with\\s+\\w+\\s+as\\s+(materialized\\s+)?\\(',
  '(create|alter|drop)\\s+(table|index|role|database|function|view)\\s',
  'set\\s+role\\s',
  'lock\\s+table\\s',
];
const upper = (pattern: string): string => pattern.replace(/\\?[a-z]+/g, raise);
const raise = (word: string): string => (word.startsWith('\\') ? word : word.toUpperCase());
const SQL = new RegExp(`^\\s*(${[...STATEMENTS, ...STATEMENTS.map(upper)].join('|')})`);

function isSql(node: ts.Node): boolean {
  if (ts.isStringLiteralLike(node)) return SQL.test(node.text);
  if (!ts.isTemplateExpression(node)) return false;
  const tails = node.templateSpans.map(({ literal }) => literal.text);
  return SQL.test([node.head.text, ...tails].join('x'));
}

function pastesConstants(node: ts.TemplateExpression): boolean {
  return node.templateSpans.every(
    ({ expression }) => ts.isIdentifier(expression) && /^[A-Z][A-Z0-9_]*$/.test(expression.text),
  );
}
