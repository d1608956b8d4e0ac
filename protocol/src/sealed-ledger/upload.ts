import { decodeBase64 } from '../base64.ts';
import { failure, success } from '../errors.ts';
import type { Failure, Result } from '../errors.ts';
import { javascriptJson, member, parseJsonText } from '../json-text/index.ts';
import type { JsonNode } from '../json-text/index.ts';
import {
  MAX_LEDGER_CHARACTERS,
  MAX_LEDGER_DEPTH,
  MAX_LEDGER_ENTRIES,
  MAX_LEDGER_VALUES,
} from '../limits.ts';
import { readPublicJwk } from '../public-jwk.ts';
import type { KeyAgreement } from '../sealing/key-wrap.ts';
import type { LedgerCode } from './codes.ts';
import { openText } from './envelope.ts';
import { readEntry } from './transaction.ts';
import type { LedgerEntry, ReadKey } from './transaction.ts';

/** What the receiver of a sealed ledger says of the whole of it: nothing proved. */
export interface SignedLedger {
  /** The ledger as `JSON.stringify` writes it, keys in the order received. */
  readonly text: string;
  /** SHA-256 of that text in hex, as claimed. */
  readonly hash: string;
  /** r‖s over the bytes of the hash. */
  readonly signature: Uint8Array;
  /** 33 bytes: worth nothing unless it is the registered one. */
  readonly receiverKey: Uint8Array;
}

export interface LedgerUpload {
  readonly form: 'sealed' | 'array' | 'entry' | 'ledger';
  /** As the form `ledger` names itself; a claim. */
  readonly receiverId: string | undefined;
  /** In the order received; at least one. */
  readonly entries: readonly LedgerEntry[];
  /** Of the form `sealed` alone. */
  readonly signed: SignedLedger | undefined;
}

/** A failure that concerns one entry says which, counted from 0. */
export type LedgerFailure<C extends LedgerCode = LedgerCode> = Failure<C> & {
  readonly entry?: number;
};

const LIMITS = { depth: MAX_LEDGER_DEPTH, nodes: MAX_LEDGER_VALUES };
const HASH = /^[0-9a-f]{64}$/;

/**
 * Reads the body of both ledger routes (spec/sealed-ledger.md §1) in any of its four forms, opening
 * the sealed one with the first of the bank's keys that fits. Says nothing about signatures or the
 * chain. Refuses with the codes of §6 up to `ledger/transaction_malformed`. Never throws.
 */
export async function openLedgerUpload(
  body: string,
  agreements: readonly KeyAgreement[],
): Promise<{ readonly ok: true; readonly value: LedgerUpload } | LedgerFailure> {
  const parsed = parse(body);
  if (!parsed.ok) return parsed;
  const node = parsed.value;
  if (member(node, 'encrypted_payload') !== undefined) {
    const opened = await openText(node, { peer: 'receiver_public_key', agreements });
    return opened.ok ? readSignedLedger(opened.value) : opened;
  }
  if (node.type === 'array') return uploadOf('array', node);
  if (member(node, 'ledger_index') !== undefined) {
    return uploadOf('entry', { type: 'array', items: [node], start: 0, end: 0 });
  }
  const ledger = member(node, 'ledger');
  const entries = ledger === undefined ? undefined : member(ledger, 'entries');
  if (ledger === undefined || entries === undefined) {
    return failure('ledger/malformed', 'not one of the four forms');
  }
  return uploadOf('ledger', entries, { receiverId: textIn(ledger, 'receiver_id') });
}

/** Reads what a receiver sealed: `{ledger, hash, signature, receiver_public_key}`. */
export function readSignedLedger(
  text: string,
): { readonly ok: true; readonly value: LedgerUpload } | LedgerFailure {
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const node = parsed.value;
  const ledger = member(node, 'ledger');
  const hash = textIn(node, 'hash');
  const signature = decodeBase64(textIn(node, 'signature') ?? '');
  if (ledger === undefined || hash === undefined || !HASH.test(hash)) {
    return failure('ledger/malformed', 'no ledger or no hash');
  }
  if (signature?.length !== 64) return failure('ledger/malformed', 'no signature');
  const receiverKey = readPublicJwk(member(node, 'receiver_public_key'));
  if (receiverKey === undefined) {
    return failure('ledger/key_invalid', 'receiver_public_key is no public P-256 key');
  }
  const written = javascriptJson(ledger);
  if (written === undefined) return failure('ledger/malformed', 'no text of JavaScript');
  return uploadOf('sealed', ledger, {
    signed: { text: written, hash, signature, receiverKey },
  });
}

/** Reads the text of a ledger that its receiver signed. */
export function readLedgerText(
  signed: SignedLedger,
): { readonly ok: true; readonly value: LedgerUpload } | LedgerFailure {
  const parsed = parse(signed.text);
  return parsed.ok ? uploadOf('sealed', parsed.value, { signed }) : parsed;
}

function uploadOf(
  form: LedgerUpload['form'],
  list: JsonNode,
  { receiverId, signed }: Partial<Pick<LedgerUpload, 'receiverId' | 'signed'>> = {},
): { readonly ok: true; readonly value: LedgerUpload } | LedgerFailure {
  if (list.type !== 'array') return failure('ledger/malformed', 'no list of entries');
  if (list.items.length === 0) return failure('ledger/empty', 'no entries');
  if (list.items.length > MAX_LEDGER_ENTRIES) {
    return failure('ledger/too_large', `more than ${MAX_LEDGER_ENTRIES} entries`);
  }
  const readKey = rememberingReader();
  const entries: LedgerEntry[] = [];
  for (const [i, item] of list.items.entries()) {
    const entry = readEntry(item, readKey);
    if (!entry.ok) return { ...entry, entry: i };
    entries.push(entry.value);
  }
  return success({ form, receiverId, entries, signed });
}

/** Reads each JWK of an upload once: its senders are few, and a point costs arithmetic. */
function rememberingReader(): ReadKey {
  const known = new Map<string, Uint8Array | undefined>();
  return (node) => {
    const name = node === undefined ? undefined : javascriptJson(node);
    if (name === undefined) return undefined;
    if (!known.has(name)) known.set(name, readPublicJwk(node));
    return known.get(name);
  };
}

function parse(text: string): Result<JsonNode, 'ledger/too_large' | 'ledger/malformed'> {
  if (text.length > MAX_LEDGER_CHARACTERS) {
    return failure('ledger/too_large', `more than ${MAX_LEDGER_CHARACTERS} characters`);
  }
  const parsed = parseJsonText(text, LIMITS);
  if (!parsed.ok) return failure('ledger/malformed', `${parsed.code}: ${parsed.detail}`);
  return parsed;
}

function textIn(node: JsonNode, key: string): string | undefined {
  const value = member(node, key);
  return value?.type === 'string' ? value.value : undefined;
}
