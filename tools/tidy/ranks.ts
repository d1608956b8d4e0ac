import { posix } from 'node:path';
import type { Finding } from './inspect.ts';
import type { ImportLine, Source } from './sources.ts';

/** The bank's domains from the top; imports go down only, and never sideways. */
const RANKS: readonly (readonly string[])[] = [
  ['http'],
  // Seeds the same acts that a person would make, so it stands on them.
  ['demo'],
  ['flows'],
  ['settlement'],
  ['wallets', 'devices', 'risk'],
  ['identity', 'policy'],
  ['ledger', 'audit', 'notify', 'keys', 'rail', 'idempotency'],
  ['db'],
];

/** Files beside the domains that every rank may import; they import no domain themselves. */
const LEAVES = new Set(['caller.ts', 'errors.ts', 'limits.ts', 'log.ts', 'network.ts', 'trace.ts']);
/** Of those, types only: who is asking is a shape, and the shape is filled in by `http`. */
const TYPES_ONLY = 'caller.ts';

const ROOT = 'bank/src/';

/** Enforces the ranks inside the bank, and each domain's `index.ts` as its only door. */
export function bankRanks(sources: readonly Source[]): readonly Finding[] {
  return sources
    .filter(({ path }) => path.startsWith(ROOT))
    .flatMap((source) => [...unranked(source), ...typesOnly(source), ...judgeImports(source)]);
}

function judgeImports(source: Source): readonly Finding[] {
  return source.imports.flatMap((line) => {
    const message = judge(source.path.slice(ROOT.length), line);
    return message === undefined ? [] : [finding(source.path, line.line, message)];
  });
}

/** `path` and the target are relative to `bank/src`. */
function judge(path: string, { specifier }: ImportLine): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = posix.join(posix.dirname(path), specifier);
  const from = domainOf(path);
  const to = domainOf(target);
  if (from === to) return undefined;
  if (to === undefined) return judgeLeaf(target);
  if (from === undefined && LEAVES.has(path)) return `${path} is for every rank: import no domain`;
  if (target !== `${to}/index.ts`) return `${to}/index.ts is the only door of ${to}`;
  return from === undefined ? undefined : judgeRanks(from, to);
}

function judgeLeaf(target: string): string | undefined {
  if (LEAVES.has(target)) return undefined;
  return `${target} is above the domains: take what you need as an argument`;
}

function judgeRanks(from: string, to: string): string | undefined {
  const fromRank = rankOf(from);
  const toRank = rankOf(to);
  if (fromRank < 0 || toRank < 0 || fromRank < toRank) return undefined;
  const relation = fromRank === toRank ? 'beside' : 'above';
  return `${to} is ${relation} ${from}: let flows join them, or pass it as an argument`;
}

function unranked({ path }: Source): readonly Finding[] {
  const inside = path.slice(ROOT.length);
  const domain = domainOf(inside);
  if (domain === undefined || rankOf(domain) >= 0 || inside !== `${domain}/index.ts`) return [];
  return [finding(path, 1, `${domain} has no rank: give it one in tools/tidy/ranks.ts`)];
}

function typesOnly({ path, imports, tree }: Source): readonly Finding[] {
  if (path !== `${ROOT}${TYPES_ONLY}` || tree === undefined) return [];
  const values = imports.filter(({ typeOnly }) => !typeOnly);
  return values.map(({ line }) => finding(path, line, 'holds types only: use `import type`'));
}

function domainOf(path: string): string | undefined {
  const [first, second] = path.split('/');
  return second === undefined ? undefined : first;
}

function rankOf(domain: string): number {
  return RANKS.findIndex((rank) => rank.includes(domain));
}

function finding(path: string, line: number, message: string): Finding {
  return { path, line, rule: 'ranks', message };
}
