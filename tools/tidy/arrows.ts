import { posix } from 'node:path';
import type { Finding } from './inspect.ts';
import type { ImportLine, Source } from './sources.ts';

const EVERYTHING = 'everything';

/** Which of our packages each may import. Absent: not a package yet, and refused. */
const ARROWS: Readonly<Record<string, readonly string[] | typeof EVERYTHING>> = {
  protocol: [],
  api: ['protocol'],
  wallet: ['protocol', 'api'],
  bank: ['protocol', 'api'],
  auditor: ['protocol'],
  'apps/wallet': ['wallet', 'api', 'protocol', 'i18n'],
  'apps/console': ['api', 'protocol'],
  cli: ['wallet', 'api', 'protocol', 'auditor'],
  i18n: [],
  sim: EVERYTHING,
  bench: EVERYTHING,
  stories: EVERYTHING,
  tools: EVERYTHING,
};

/** Nothing may stand on these: they look at the whole. */
const IMPORTED_BY_NOBODY = new Set(['sim', 'bench', 'stories', 'tools']);

/** A real database for tests of other packages; sources never see it. */
const TEST_DOOR = '@sikka/bank/testing';

/**
 * Where Node's own modules may be used, for packages that promise to be pure (`protocol`, `api`)
 * or to run in a browser as well (`wallet`).
 */
const NODE_ONLY: Readonly<Record<string, RegExp>> = {
  protocol: /^protocol\/src\/(node(\.ts$|\/)|verifier-threads?\.ts$)/,
  api: /^$/,
  wallet: /^wallet\/src\/adapters\//,
  'apps/wallet': /^$/,
};

/** Enforces the arrows between packages, and that none reaches into another by a path. */
export function packageArrows(sources: readonly Source[]): readonly Finding[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((line) => {
      const message = judge(source, line);
      if (message === undefined) return [];
      return [{ path: source.path, line: line.line, rule: 'arrows', message }];
    }),
  );
}

/** The package a path belongs to: its first folder, or the first two under `apps/`. */
function packageOf(path: string): string | undefined {
  const [first, second, third] = path.split('/');
  if (second === undefined) return undefined;
  return first === 'apps' && third !== undefined ? `apps/${second}` : first;
}

function judge(source: Source, { specifier }: ImportLine): string | undefined {
  const from = packageOf(source.path);
  if (from === undefined) return undefined;
  if (specifier.startsWith('.')) return judgePath(source.path, from, specifier);
  if (specifier.startsWith('node:')) return judgeNodeModule(source, from, specifier);
  if (!specifier.startsWith('@sikka/')) return undefined;
  const [, to = ''] = specifier.split('/');
  const allowed = ARROWS[from];
  if (allowed === undefined) return `${from} has no arrow yet: give it one in tools/tidy/arrows.ts`;
  if (to === from) return `import your own package by a path, not as ${specifier}`;
  if (IMPORTED_BY_NOBODY.has(to)) return `nobody imports ${to}: move what you need below it`;
  if (source.kind === 'test' && specifier === TEST_DOOR) return undefined;
  if (allowed === EVERYTHING || allowed.includes(to)) return undefined;
  const names = allowed.length === 0 ? 'nothing of ours' : allowed.join(', ');
  return `${from} may import ${names}, not ${to}: pass it as an argument or move the code`;
}

function judgePath(path: string, from: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  const to = packageOf(target);
  // The tools read and generate other packages' files.
  if (to === from || from === 'tools') return undefined;
  // Message catalogues are data, which no package owns: an app's types come from them.
  if (to === 'i18n' && from.startsWith('apps/')) return undefined;
  return `${specifier} leaves ${from}: import @sikka/${to ?? '…'} by its exports`;
}

function judgeNodeModule(source: Source, from: string, specifier: string): string | undefined {
  const allowed = NODE_ONLY[from];
  if (allowed === undefined || source.kind === 'test' || allowed.test(source.path))
    return undefined;
  // Generators beside the sources run under Node and are not carried by an app.
  if (!source.path.startsWith(`${from}/src/`)) return undefined;
  return `${specifier} is not in every runtime ${from} serves: take what it does as an argument`;
}
