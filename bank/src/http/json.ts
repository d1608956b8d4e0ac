import { limits } from './limits.ts';

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly code: 'request/malformed' | 'request/duplicate_key';
      readonly detail: string;
    };

/** Keys by which a careless merge would reach an object's prototype. */
const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * JSON as RFC 8259, without what readers disagree about: a key named twice (some take the first,
 * some the last), bytes that are not UTF-8, a byte order mark, nesting without end; and without
 * the keys of prototypes.
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  const text = decodeUtf8(bytes);
  if (text === undefined) return malformed('The body is not UTF-8.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed('The body is not JSON.');
  }
  return checkKeys(text) ?? { ok: true, value };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Walks the keys of text that `JSON.parse` has taken, so only strings and brackets matter. */
function checkKeys(text: string): ParsedJson | undefined {
  const open: (Set<string> | undefined)[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[[\]{}]/gs;
  for (const [found, colon] of text.matchAll(token)) {
    if (found === '{' || found === '[') open.push(found === '{' ? new Set() : undefined);
    if (found === '}' || found === ']') open.pop();
    if (open.length > limits.jsonDepth) return malformed('The body is nested too deeply.');
    if (colon === undefined) continue;
    const key = JSON.parse(found.slice(0, found.length - colon.length)) as string;
    const keys = open.at(-1);
    if (PROTOTYPE_KEYS.has(key)) return malformed('The body has a key that no route has.');
    if (keys?.has(key) === true) {
      return { ok: false, code: 'request/duplicate_key', detail: 'A key is named twice.' };
    }
    keys?.add(key);
  }
  return undefined;
}

function malformed(detail: string): ParsedJson {
  return { ok: false, code: 'request/malformed', detail };
}
