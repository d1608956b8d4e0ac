import { parseJsonText, plainOf } from '@sikka/protocol';
import type { JsonNode } from '@sikka/protocol';
import { limits } from './limits.ts';

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly code: 'request/malformed' | 'request/duplicate_key';
      readonly detail: string;
    };

/**
 * JSON as RFC 8259, without what readers disagree about: a key named twice (some take the first,
 * some the last), bytes that are not UTF-8, a byte order mark, nesting without end; and without
 * the keys of prototypes.
 *
 * A number under one of the top-level keys in `amounts` becomes its source text: as a binary
 * fraction it would no longer be the amount that was written.
 */
export function parseJson(
  bytes: Uint8Array,
  amounts: readonly string[] = [],
  nodes: number = limits.jsonNodes,
): ParsedJson {
  const text = decodeUtf8(bytes);
  if (text === undefined) return malformed('The body is not UTF-8.');
  const parsed = parseJsonText(text, { depth: limits.jsonDepth, nodes });
  if (parsed.ok) return { ok: true, value: plainOf(withTexts(parsed.value, amounts)) };
  switch (parsed.code) {
    case 'duplicate_key':
      return { ok: false, code: 'request/duplicate_key', detail: 'A key is named twice.' };
    case 'too_deep':
      return malformed('The body is nested too deeply.');
    case 'malformed':
      return malformed('The body is not JSON, or has a key that no route has.');
  }
}

function withTexts(node: JsonNode, amounts: readonly string[]): JsonNode {
  if (node.type !== 'object' || amounts.length === 0) return node;
  const members = node.members.map(({ key, value }) => {
    if (value.type !== 'number' || !amounts.includes(key)) return { key, value };
    const { text, start, end } = value;
    return { key, value: { type: 'string', value: text, start, end } as const };
  });
  return { ...node, members };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function malformed(detail: string): ParsedJson {
  return { ok: false, code: 'request/malformed', detail };
}
