import { posix } from 'node:path';
import type { Finding } from './inspect.ts';
import type { Source } from './sources.ts';

/** The wallet app's folders from the top; imports go down only. */
const RANKS: readonly string[] = [
  ...['screens', 'wallet', 'account', 'vault', 'platform'],
  ...['navigation', 'language', 'settings', 'design'],
];

const ROOT = 'apps/wallet/src/';
/** What screens are given; the only file beside the folders that a folder may import. */
const GIVEN = 'app-context.ts';

/** Enforces the order of the app's folders, so that a screen is thin and a component knows none. */
export function appRanks(sources: readonly Source[]): readonly Finding[] {
  return sources
    .filter(({ path }) => path.startsWith(ROOT))
    .flatMap(({ path, imports }) =>
      imports.flatMap(({ specifier, line }) => {
        const message = judge(path.slice(ROOT.length), specifier);
        return message === undefined ? [] : [{ path, line, rule: 'ranks', message }];
      }),
    );
}

/** `path` is relative to the app's sources. */
function judge(path: string, specifier: string): string | undefined {
  const from = folderOf(path);
  const target = posix.join(posix.dirname(path), specifier);
  if (from === undefined || !specifier.startsWith('.') || target.startsWith('..')) return undefined;
  const to = folderOf(target);
  if (!RANKS.includes(from)) return `${from} has no rank: give it one in tools/tidy/app-ranks.ts`;
  if (to === undefined) {
    if (from === 'screens' && target === GIVEN) return undefined;
    return `${target} is above the folders: take what you need as an argument`;
  }
  if (RANKS.indexOf(from) <= RANKS.indexOf(to)) return undefined;
  return `${to} is above ${from}: pass it as an argument, or move the code`;
}

function folderOf(path: string): string | undefined {
  const [first, second] = path.split('/');
  return second === undefined ? undefined : first;
}
