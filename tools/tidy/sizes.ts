import ts from 'typescript';
import type { Finding } from './inspect.ts';
import { eachNode, lineOf } from './sources.ts';
import type { Source } from './sources.ts';

/** About 300, so that a reader holds a file in mind; the rest is so nobody counts lines. */
const MAX_FILE_LINES = 320;
/** A table of cases grows by rows, not by ideas. */
const MAX_TEST_LINES = 400;
/** About 50: what one screen shows. */
const MAX_FUNCTION_LINES = 60;
const MAX_COLUMNS = 100;

/** Files, functions and lines that have outgrown a reader. Generated files have no reader. */
export function sizes(sources: readonly Source[]): readonly Finding[] {
  return sources
    .filter(({ kind, path }) => kind !== 'vector' && !isGenerated(path))
    .flatMap((source) => [...fileSize(source), ...columns(source), ...functionSizes(source)]);
}

function isGenerated(path: string): boolean {
  return /\.gen\.|(^|\/)generated\//.test(path);
}

function fileSize({ path, kind, text }: Source): readonly Finding[] {
  const lines = text.replace(/\n$/, '').split('\n').length;
  const most = kind === 'test' ? MAX_TEST_LINES : MAX_FILE_LINES;
  if (lines <= most) return [];
  return [finding(path, most + 1, `${lines} lines of at most ${most}: split it by what it names`)];
}

function columns({ path, text }: Source): readonly Finding[] {
  return text.split('\n').flatMap((line, index) => {
    const width = [...line].length;
    // An address cannot be broken.
    if (width <= MAX_COLUMNS || /https?:\/\/\S{40}/.test(line)) return [];
    return [finding(path, index + 1, `${width} columns of at most ${MAX_COLUMNS}: break it`)];
  });
}

/** Tests are left out: a `describe` is a function only to the parser. */
function functionSizes({ path, kind, tree }: Source): readonly Finding[] {
  if (tree === undefined || kind === 'test') return [];
  const found: Finding[] = [];
  eachNode(tree, (node) => {
    if (!ts.isFunctionLike(node)) return;
    const first = lineOf(tree, node);
    const lines = tree.getLineAndCharacterOfPosition(node.end).line + 2 - first;
    if (lines <= MAX_FUNCTION_LINES) return;
    const most = `${lines} lines of at most ${MAX_FUNCTION_LINES}`;
    found.push(finding(path, first, `${most}: give its steps names of their own`));
  });
  return found;
}

function finding(path: string, line: number, message: string): Finding {
  return { path, line, rule: 'sizes', message };
}
