import { PROBLEM_CODES } from '@sikka/api';
import type { RunningBank } from '../running-bank.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** What no answer has in it, whatever was asked: ways of saying it, and this bank's own secrets. */
const NEVER: readonly RegExp[] = [
  /postgres(ql)?:\/\//,
  /\n\s+at .*\(?(file:|node:|\/)/,
  /node_modules/,
  /\$2[aby]\$\d\d\$/,
  /PRIVATE KEY/,
  /\b(syntax error at or near|violates (unique|foreign|check)|relation ".*" does not exist)/,
  /\b(select|insert into|update) [a-z_]+ .*\b(from|values|set)\b/,
];

export interface Judge {
  /** Why this is no answer that a bank gives, in words; undefined where it is one. */
  readonly against: (
    answer: Answer,
    asked: { readonly method: string; readonly path: string },
  ) => string | undefined;
}

/** The description shows by example what a key looks like. */
const DESCRIPTION = '/openapi.json';

export function createJudge({ dataDir, bank }: Pick<RunningBank, 'dataDir' | 'bank'>): Judge {
  const { password } = new URL(bank.databaseUrl);
  const own = [dataDir, decodeURIComponent(password)].filter(({ length }) => length > 3);
  return {
    against: ({ status, type, text }, { method, path }) => {
      if (status >= 500) return 'a bug of the bank';
      const told = NEVER.find((pattern) => path !== DESCRIPTION && pattern.test(text));
      if (told !== undefined) return `it tells ${String(told)}`;
      if (own.some((secret) => text.includes(secret))) return 'it tells a secret of the bank';
      return status < 400 || method === 'HEAD' ? undefined : problemAgainst({ status, type, text });
    },
  };
}

/** RFC 9457, with a code of the closed list that has this status. */
function problemAgainst({ status, type, text }: Answer): string | undefined {
  if (!type.startsWith('application/problem+json')) return `a problem as ${type}`;
  const problem = parsed(text);
  const { code } = problem;
  if (problem.status !== status) return 'a problem of another status';
  if (typeof problem.type !== 'string' || typeof problem.title !== 'string') return 'no problem';
  const isKnown = typeof code === 'string' && Object.hasOwn(PROBLEM_CODES, code);
  return isKnown ? undefined : `a code that nobody knows: ${String(code)}`;
}

interface Parsed {
  readonly type?: unknown;
  readonly title?: unknown;
  readonly status?: unknown;
  readonly code?: unknown;
}

function parsed(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
