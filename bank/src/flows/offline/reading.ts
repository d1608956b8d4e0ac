import type { Attestation, JsonNode, WalletKeyItem } from '@sikka/protocol';
import {
  ATTESTATION_FIELDS,
  decodeBase64,
  encodeWalletKeyItem,
  member,
  parseJsonText,
  parseLooseAmount,
  readAttestation,
  readSigned,
  scalarText,
  SIX_FIELDS,
} from '@sikka/protocol';
import type { ChainFields } from './chain.ts';
import { limits } from './limits.ts';
import { sentences } from './sentences.ts';

/** What an element says of itself, whatever it is; nothing of it is proved. */
interface Element {
  /** Its nonce, by which the client knows it again. */
  readonly reference: string | undefined;
  /** As written. */
  readonly amount: string | undefined;
}

/** An element that cannot be handed on. */
export interface RefusedElement extends Element {
  readonly kind: 'refused';
  readonly reason: string;
}

export interface ChainClaim {
  readonly fields: ChainFields;
  readonly fingerprint: string;
}

/** A payer's payment, framed as an item of a batch (spec/wallet-key.md §1). */
export interface PaymentElement extends Element {
  readonly kind: 'payment';
  readonly item: WalletKeyItem;
  readonly bytes: Uint8Array;
  readonly chain: ChainClaim;
}

/** What its receiver says of a payment. */
export interface AttestationElement extends Element {
  readonly kind: 'attestation';
  /** The text that was sent, byte for byte. */
  readonly text: string;
  readonly signature: Uint8Array;
  readonly claimed: Attestation;
  readonly chain: ChainClaim;
}

export type SyncElement = RefusedElement | PaymentElement | AttestationElement;

/** A text signed by a wallet's key and the signature, as older clients send the two. */
export type SignedPair =
  | { readonly ok: true; readonly text: string; readonly signature: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/** The nodes of a body that the server has read as JSON before, with their places in `text`. */
export function readBody(
  raw: Uint8Array,
): { readonly text: string; readonly node: JsonNode } | undefined {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(raw);
  const parsed = parseJsonText(text, { depth: limits.jsonDepth, nodes: limits.jsonNodes });
  return parsed.ok ? { text, node: parsed.value } : undefined;
}

/** The elements of a sync's body, in order. */
export function readElements(text: string, body: JsonNode): readonly SyncElement[] {
  const list = member(body, 'transactions');
  return list?.type === 'array' ? list.items.map((node) => readElement(text, node)) : [];
}

/** One element: what it lacks, or what it is (http-api.md, "Offline transactions"). */
export function readElement(text: string, node: JsonNode): SyncElement {
  const data = member(node, 'transaction_data');
  if (data?.type !== 'object') {
    const reason = sentences.missing(['transaction_data']);
    return { kind: 'refused', reference: undefined, amount: undefined, reason };
  }
  const element = {
    reference: scalarText(member(data, 'nonce')),
    amount: scalarText(member(data, 'amount')),
  };
  const refuse = (reason: string): RefusedElement => ({ kind: 'refused', ...element, reason });
  const received = scalarText(member(data, 'direction')) === 'RECEIVED';
  const missing = missingOf(data, received ? ATTESTATION_FIELDS : SIX_FIELDS);
  if (missing.length > 0) return refuse(sentences.missing(missing));
  const signed = readSignature(member(node, 'signature'));
  if (signed === undefined) return refuse(sentences.signature);
  const wrong = wrongAmount(data);
  if (wrong !== undefined) return refuse(wrong);
  const written = text.slice(data.start, data.end);
  const common = { ...element, signature: signed, text: written, chain: chainOf(node) };
  return received ? readReceived(common, refuse) : readSent(common, refuse);
}

interface Written extends Element {
  readonly text: string;
  readonly signature: Uint8Array;
  readonly chain: ChainClaim;
}

type Refuse = (reason: string) => RefusedElement;

function readSent({ text, signature, ...element }: Written, refuse: Refuse): SyncElement {
  const read = Buffer.byteLength(text) > limits.textBytes ? undefined : readSigned(text, signature);
  if (read?.ok !== true) return refuse(sentences.malformed);
  const bytes = encodeWalletKeyItem(Buffer.from(text), signature);
  return { kind: 'payment', ...element, item: read.value, bytes };
}

function readReceived(written: Written, refuse: Refuse): SyncElement {
  const { text } = written;
  const read = Buffer.byteLength(text) > limits.textBytes ? undefined : readAttestation(text);
  if (read?.ok !== true) return refuse(sentences.malformed);
  return { kind: 'attestation', ...written, claimed: read.value };
}

/** `{transaction_data, signature}`, or the dict as the whole body with the signature beside it. */
export function readPair(text: string, body: JsonNode, beside: string | undefined): SignedPair {
  const data = beside === undefined ? member(body, 'transaction_data') : body;
  if (data?.type !== 'object') {
    return { ok: false, reason: sentences.missing(['transaction_data']) };
  }
  const missing = missingOf(data, SIX_FIELDS);
  if (missing.length > 0) return { ok: false, reason: sentences.missing(missing) };
  // A plus sign that nobody escaped arrives as a space.
  const signature =
    beside === undefined
      ? readSignature(member(body, 'signature'))
      : decodeSignature(beside.replaceAll(' ', '+'));
  if (signature === undefined) return { ok: false, reason: sentences.signature };
  const wrong = wrongAmount(data);
  if (wrong !== undefined) return { ok: false, reason: wrong };
  return { ok: true, text: text.slice(data.start, data.end), signature };
}

/** The bytes of a signature in base64; undefined for anything that no RSA-2048 key signs. */
export function decodeSignature(text: string): Uint8Array | undefined {
  const bytes = decodeBase64(text);
  return bytes?.length === 256 ? bytes : undefined;
}

function readSignature(node: JsonNode | undefined): Uint8Array | undefined {
  return node?.type === 'string' ? decodeSignature(node.value) : undefined;
}

/** What is not there, is no text and no number, or is empty. */
function missingOf(data: JsonNode, wanted: readonly string[]): readonly string[] {
  return wanted.filter((key) => (scalarText(member(data, key)) ?? '') === '');
}

function wrongAmount(data: JsonNode): string | undefined {
  const amount = scalarText(member(data, 'amount')) ?? '';
  const read = parseLooseAmount(amount, scalarText(member(data, 'currency')) ?? '');
  if (read.ok) return undefined;
  if (read.code === 'wrong_currency') return sentences.currency;
  const negative = /^-[0-9]+(\.[0-9]+)?$/.test(amount);
  return read.code === 'amount_zero' || negative ? sentences.amountZero : sentences.amountFormat;
}

function chainOf(node: JsonNode): ChainClaim {
  const fingerprint = scalarText(member(node, 'device_fingerprint')) ?? '';
  const fields = {
    previous: plain(member(node, 'ledger_prev_hash')),
    entry: plain(member(node, 'ledger_entry_hash')),
    sequence: plain(member(node, 'ledger_sequence')),
    canonical: plain(member(node, 'integrity_canonical_json')),
  };
  return { fields, fingerprint: fingerprint.slice(0, limits.fingerprintCharacters) };
}

/** A whole number as a bigint, so that no sequence is rounded; null as if it were not there. */
function plain(node: JsonNode | undefined): unknown {
  if (node === undefined || (node.type === 'literal' && node.value === null)) return undefined;
  if (node.type === 'number' && /^-?[0-9]{1,16}$/.test(node.text)) return BigInt(node.text);
  return node.type === 'string' ? node.value : false;
}
