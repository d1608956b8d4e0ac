import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import type { JsonMember, JsonNode } from './node.ts';

export interface JsonTextLimits {
  /** Objects and arrays inside one another. */
  readonly depth: number;
  /** Values in all. */
  readonly nodes: number;
}

export type JsonTextCode = 'malformed' | 'duplicate_key' | 'too_deep';

/** Keys by which a careless merge would reach an object's prototype. */
const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** A string without escapes has its value between the quotes. */
// eslint-disable-next-line no-control-regex -- RFC 8259 §7: these have to be escaped.
const PLAIN_STRING = /"([^"\\\u0000-\u001f]*)"/y;
// eslint-disable-next-line no-control-regex -- the same
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const LITERALS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;
const LONE_SURROGATE = /\p{Surrogate}/u;

interface Walk {
  readonly text: string;
  readonly limits: JsonTextLimits;
  at: number;
  nodes: number;
}

class Refused extends Error {
  readonly code: JsonTextCode;

  constructor(code: JsonTextCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

/**
 * Reads a JSON text (RFC 8259) into nodes that keep their places and their numbers' source text,
 * without what readers disagree about: `duplicate_key` for a key named twice in one object,
 * `too_deep` over the limit, `malformed` for anything else that is not JSON, a lone surrogate, the
 * keys of prototypes, or more values than the limit. Never throws.
 */
export function parseJsonText(
  text: string,
  limits: JsonTextLimits,
): Result<JsonNode, JsonTextCode> {
  if (LONE_SURROGATE.test(text)) return failure('malformed', 'a lone surrogate');
  const walk: Walk = { text, limits, at: 0, nodes: 0 };
  try {
    const node = readValue(walk, 0);
    skipSpace(walk);
    if (walk.at !== text.length) stop('something follows the value');
    return success(node);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return failure(error.code, `${error.message} at character ${walk.at}`);
  }
}

function stop(detail: string): never {
  throw new Refused('malformed', detail);
}

function readValue(walk: Walk, depth: number): JsonNode {
  walk.nodes += 1;
  if (walk.nodes > walk.limits.nodes) stop('too many values');
  skipSpace(walk);
  const start = walk.at;
  switch (walk.text[start]) {
    case '{':
      return { type: 'object', members: readMembers(walk, depth), start, end: walk.at };
    case '[':
      return { type: 'array', items: readItems(walk, depth), start, end: walk.at };
    case '"':
      return { type: 'string', value: readString(walk), start, end: walk.at };
    default:
      return readLiteral(walk) ?? readNumber(walk);
  }
}

function readMembers(walk: Walk, depth: number): readonly JsonMember[] {
  const members: JsonMember[] = [];
  const keys = new Set<string>();
  readList(walk, { depth, close: '}' }, () => {
    if (walk.text[walk.at] !== '"') stop('a key was expected');
    const key = readString(walk);
    if (PROTOTYPE_KEYS.has(key)) stop('a key of prototypes');
    if (keys.has(key)) throw new Refused('duplicate_key', 'a key named twice');
    keys.add(key);
    skipSpace(walk);
    if (!take(walk, ':')) stop('a colon was expected');
    members.push({ key, value: readValue(walk, depth + 1) });
  });
  return members;
}

function readItems(walk: Walk, depth: number): readonly JsonNode[] {
  const items: JsonNode[] = [];
  readList(walk, { depth, close: ']' }, () => items.push(readValue(walk, depth + 1)));
  return items;
}

function readList(
  walk: Walk,
  { depth, close }: { readonly depth: number; readonly close: ']' | '}' },
  readOne: () => void,
): void {
  if (depth >= walk.limits.depth) throw new Refused('too_deep', 'nested too deep');
  walk.at += 1;
  skipSpace(walk);
  if (take(walk, close)) return;
  do {
    skipSpace(walk);
    readOne();
    skipSpace(walk);
  } while (take(walk, ','));
  if (!take(walk, close)) stop('a comma or the end of the list was expected');
}

function readString(walk: Walk): string {
  const plain = match(walk, PLAIN_STRING);
  if (plain !== undefined) return plain.slice(1, -1);
  const escaped = match(walk, STRING);
  if (escaped === undefined) stop('not a string');
  // Of text that the pattern took, this undoes the escapes and nothing else.
  const value = JSON.parse(escaped) as string;
  if (LONE_SURROGATE.test(value)) stop('a lone surrogate');
  return value;
}

function readLiteral(walk: Walk): JsonNode | undefined {
  const start = walk.at;
  for (const [word, value] of LITERALS) {
    if (!walk.text.startsWith(word, start)) continue;
    walk.at += word.length;
    return { type: 'literal', value, start, end: walk.at };
  }
  return undefined;
}

function readNumber(walk: Walk): JsonNode {
  const start = walk.at;
  const text = match(walk, NUMBER);
  if (text === undefined) stop('not a value');
  return { type: 'number', text, start, end: walk.at };
}

function match(walk: Walk, pattern: RegExp): string | undefined {
  pattern.lastIndex = walk.at;
  const found = pattern.exec(walk.text)?.[0];
  walk.at += found?.length ?? 0;
  return found;
}

function skipSpace(walk: Walk): void {
  match(walk, SPACE);
}

function take(walk: Walk, character: string): boolean {
  if (walk.text[walk.at] !== character) return false;
  walk.at += 1;
  return true;
}
