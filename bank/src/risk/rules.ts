import { createHash } from 'node:crypto';
import { RISK_FACT_NAMES, RISK_OPS } from '@sikka/api';
import type { RiskFact, RiskOp } from '@sikka/api';
import type { Facts } from './facts.ts';
import { limits } from './limits.ts';

export interface Comparison {
  readonly fact: RiskFact;
  readonly op: RiskOp;
  readonly value: number;
}
export type Term =
  Comparison | { readonly all: readonly Comparison[] } | { readonly any: readonly Comparison[] };
export type Condition = { readonly all: readonly Term[] } | { readonly any: readonly Term[] };

/** A rule only ever adds suspicion: what is let through by a rule is nobody's to write. */
export type Effect =
  /** Ten thousandths, added to the score. */
  { readonly add: number } | { readonly at_least: 'review' | 'quarantine' };

export interface Rule {
  readonly code: string;
  readonly when: Condition;
  readonly then: Effect;
}

/** Rules that have been read: nothing else makes one (a `#private` field cannot be spread). */
export class RuleSet {
  /** In their order. */
  readonly rules: readonly Rule[];
  readonly #digest: Uint8Array;

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    this.#digest = createHash('sha256').update(JSON.stringify(rules)).digest();
  }

  /** SHA-256 of their text as the bank writes it. */
  get digest(): Uint8Array {
    return this.#digest;
  }
}

export type ReadRules =
  | { readonly ok: true; readonly rules: RuleSet }
  /** A JSON pointer into what was given, and a sentence. */
  | { readonly ok: false; readonly pointer: string; readonly detail: string };

/**
 * Reads rules from JSON: at most `limits.rules`, each with a code of its own, a condition of two
 * levels (all of any, any of all: every formula can be written so) and one effect. Members that
 * are not named here are refused.
 */
export function readRules(value: unknown): ReadRules {
  try {
    const rules = listOf(value, '', { least: 0, most: limits.rules }, readRule);
    const twice = rules.findIndex(({ code }, i) => rules.findIndex((r) => r.code === code) < i);
    if (twice >= 0) throw new Malformed(`/${twice}/code`, 'Another rule has this code.');
    return { ok: true, rules: new RuleSet(rules) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { ok: false, pointer: error.pointer, detail: error.detail };
  }
}

/** Thrown to leave the reading, and answered as a value. */
class Malformed extends Error {
  readonly pointer: string;
  readonly detail: string;

  constructor(pointer: string, detail: string) {
    super(detail);
    this.pointer = pointer;
    this.detail = detail;
  }
}

function readRule(value: unknown, at: string): Rule {
  const { code, when, then } = membersOf(value, at, ['code', 'when', 'then']);
  const isCode = typeof code === 'string' && /^[a-z][a-z0-9_]*$/.test(code);
  if (!isCode || code.length > limits.ruleCodeCharacters) {
    throw new Malformed(`${at}/code`, 'A code is small letters, digits and underscores.');
  }
  return { code, when: readCondition(when, `${at}/when`), then: readEffect(then, `${at}/then`) };
}

/** A condition of nothing would hold always, or never. */
const TERMS = { least: 1, most: limits.conditions };

function readCondition(value: unknown, at: string): Condition {
  const [word, terms] = listMember(value, at);
  const read = listOf(terms, `${at}/${word}`, TERMS, readTerm);
  return word === 'all' ? { all: read } : { any: read };
}

function readTerm(value: unknown, at: string): Term {
  if (typeof value === 'object' && value !== null && 'fact' in value) {
    return readComparison(value, at);
  }
  const [word, terms] = listMember(value, at);
  const read = listOf(terms, `${at}/${word}`, TERMS, readComparison);
  return word === 'all' ? { all: read } : { any: read };
}

function readComparison(value: unknown, at: string): Comparison {
  const { fact, op, value: than } = membersOf(value, at, ['fact', 'op', 'value']);
  const name = RISK_FACT_NAMES.find((known) => known === fact);
  if (name === undefined) throw new Malformed(`${at}/fact`, 'There is no such fact.');
  const sign = RISK_OPS.find((known) => known === op);
  if (sign === undefined) throw new Malformed(`${at}/op`, 'There is no such comparison.');
  return { fact: name, op: sign, value: wholeOf(than, `${at}/value`, 0, limits.factMost) };
}

function readEffect(value: unknown, at: string): Effect {
  const isAdd = typeof value === 'object' && value !== null && 'add' in value;
  const { add, at_least } = membersOf(value, at, [isAdd ? 'add' : 'at_least']);
  if (isAdd) return { add: wholeOf(add, `${at}/add`, 1, 10_000) };
  if (at_least === 'review' || at_least === 'quarantine') return { at_least };
  throw new Malformed(at, 'An effect is `add`, or `at_least` review or quarantine.');
}

function listMember(value: unknown, at: string): readonly ['all' | 'any', unknown] {
  const isAll = typeof value === 'object' && value !== null && 'all' in value;
  const word = isAll ? 'all' : 'any';
  return [word, membersOf(value, at, [word])[word]];
}

/** Of an object with exactly these members. */
function membersOf<N extends string>(
  value: unknown,
  at: string,
  names: readonly N[],
): Readonly<Partial<Record<string, unknown>>> {
  const detail = `This is an object with exactly: ${names.join(', ')}.`;
  if (typeof value !== 'object' || value === null) throw new Malformed(at, detail);
  const keys = Object.keys(value);
  const exact = keys.length === names.length && names.every((name) => keys.includes(name));
  if (!exact) throw new Malformed(at, detail);
  return value as Readonly<Partial<Record<string, unknown>>>;
}

function listOf<T>(
  value: unknown,
  at: string,
  size: { readonly least: number; readonly most: number },
  read: (value: unknown, at: string) => T,
): readonly T[] {
  const { least, most } = size;
  if (!Array.isArray(value) || value.length < least || value.length > most) {
    throw new Malformed(at, `This is a list of ${least} to ${most}.`);
  }
  return value.map((one, index) => read(one, `${at}/${index}`));
}

function wholeOf(value: unknown, at: string, least: number, most: number): number {
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) {
    return Number(value);
  }
  throw new Malformed(at, `This is a whole number from ${least} to ${most}.`);
}

/** The rules that fire on these facts, in their order. */
export function firing({ rules }: RuleSet, facts: Facts): readonly Rule[] {
  return rules.filter(({ when }) => holds(when, facts));
}

function holds(term: Condition | Term, facts: Facts): boolean {
  if ('fact' in term) return compare(facts[term.fact], term.op, term.value);
  if ('all' in term) return term.all.every((one) => holds(one, facts));
  return term.any.some((one) => holds(one, facts));
}

function compare(fact: number, op: RiskOp, value: number): boolean {
  switch (op) {
    case '=':
      return fact === value;
    case '!=':
      return fact !== value;
    case '<':
      return fact < value;
    case '<=':
      return fact <= value;
    case '>':
      return fact > value;
    case '>=':
      return fact >= value;
  }
}
