import { appRanks } from './app-ranks.ts';
import { packageArrows } from './arrows.ts';
import { bannedCode } from './bans.ts';
import { untestedCodes } from './codes.ts';
import { bankRanks } from './ranks.ts';
import { sizes } from './sizes.ts';
import { readSources } from './sources.ts';
import type { Source } from './sources.ts';

/** One broken rule: where, which, and what to do about it. */
export interface Finding {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** Sees the whole tree at once, since some rules join files. */
export type Rule = (sources: readonly Source[]) => readonly Finding[];

const RULES: readonly Rule[] = [
  ...[packageArrows, bankRanks, appRanks],
  ...[sizes, bannedCode, untestedCodes],
];

/** Applies every rule to the tree under `root`; findings come sorted by file and line. */
export function inspect(root: string): {
  readonly files: number;
  readonly findings: readonly Finding[];
} {
  const sources = readSources(root);
  const findings = RULES.flatMap((rule) => rule(sources));
  const sorted = findings.sort((a, b) => compare(a.path, b.path) || a.line - b.line);
  return { files: sources.length, findings: sorted };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
