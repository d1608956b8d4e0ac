import { decodeBase64 } from '../base64.ts';
import { hex, utf8 } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { javascriptNumber, member } from '../json-text/index.ts';
import type { JsonNode } from '../json-text/index.ts';
import { MAX_LEDGER_TRANSACTION_BYTES, MAX_OLDER_ID_CHARACTERS } from '../limits.ts';
import { sha256 } from '../sha256.ts';

/** What the sender of a ledger's transaction signed (spec/sealed-ledger.md §3). */
export interface LedgerFields {
  readonly txnId: string;
  readonly fromId: string;
  readonly toId: string;
  /** As JavaScript prints the number; the currency is the debited wallet's. */
  readonly amount: string;
  /** As written; of a number its text. */
  readonly timestamp: string;
  /** 64 digits of lower-case hex, or nothing for a sender's first. */
  readonly prevHash: string;
  /** Nothing where none was named; undefined in the older form, which has no such key. */
  readonly walletId: string | undefined;
}

/** A transaction as handed in: what it claims, nothing proved. */
export interface LedgerTransaction extends LedgerFields {
  /** The text that was hashed, rebuilt as `JSON.stringify` writes it. */
  readonly canonical: string;
  /** r‖s, 64 bytes. */
  readonly signature: Uint8Array;
  /** The key that it names, 33 bytes: worth nothing unless it is the registered one. */
  readonly senderKey: Uint8Array;
}

/** An entry of a receiver's ledger as handed in. */
export interface LedgerEntry {
  readonly index: number;
  /** The entry's place in the chain, as written. */
  readonly hash: string;
  /** The transaction's hash, as written. */
  readonly transactionHash: string;
  readonly transaction: LedgerTransaction;
}

/** A point by the JWK that names it: the same few keys stand in every entry. */
export type ReadKey = (node: JsonNode | undefined) => Uint8Array | undefined;

const HASH = /^[0-9a-f]{64}$/;
const SIGNATURE_BYTES = 64;
/** No control characters, no marks that change direction, no halves of characters. */
const ID = /^[^\p{C}]+$/u;

type Malformed = Result<never, 'ledger/transaction_malformed'>;

/** SHA-256 of the text that was hashed: what the sender signed. */
export function transactionHash({ canonical }: { readonly canonical: string }): Uint8Array {
  return sha256(utf8(canonical));
}

/** The chain's next hash: of the hash before (or `GENESIS`) and the transaction's, as text. */
export function chainHash(before: string, transaction: string): string {
  return hex(sha256(utf8(before + transaction)));
}

/** Reads `{ledger_index, transaction, hash, …}`; whatever else stands in it is not looked at. */
export function readEntry(
  node: JsonNode,
  readKey: ReadKey,
): Result<LedgerEntry, 'ledger/transaction_malformed'> {
  const index = member(node, 'ledger_index');
  const hash = textOf(member(node, 'hash'));
  const inside = member(node, 'transaction');
  if (index?.type !== 'number' || !/^(?:0|[1-9][0-9]{0,8})$/.test(index.text)) {
    return malformed('no ledger_index');
  }
  if (hash === undefined || !HASH.test(hash)) return malformed('no hash of the entry');
  if (inside?.type !== 'object') return malformed('no transaction');
  const claimed = textOf(member(inside, 'hash'));
  if (claimed === undefined || !HASH.test(claimed)) return malformed('no hash of the transaction');
  const transaction = readTransaction(inside, readKey);
  if (!transaction.ok) return transaction;
  return success({
    index: Number(index.text),
    hash,
    transactionHash: claimed,
    transaction: transaction.value,
  });
}

/** Reads a signed transaction: its fields, `signature` and `sender_public_key`. */
export function readTransaction(
  node: JsonNode,
  readKey: ReadKey,
): Result<LedgerTransaction, 'ledger/transaction_malformed'> {
  const fields = readFields(node);
  if (!fields.ok) return fields;
  const signature = decodeBase64(textOf(member(node, 'signature')) ?? '');
  if (signature?.length !== SIGNATURE_BYTES) return malformed('no signature');
  const senderKey = readKey(member(node, 'sender_public_key'));
  if (senderKey === undefined) return malformed('no sender_public_key');
  return success({ ...fields.value, signature, senderKey });
}

/** Reads the six or seven fields, wherever they stand, and rebuilds the text that was hashed. */
export function readFields(
  node: JsonNode,
): Result<LedgerFields & { readonly canonical: string }, 'ledger/transaction_malformed'> {
  const [txnId, fromId, toId] = ['txn_id', 'from_id', 'to_id'].map((key) => idIn(node, key));
  if (txnId === undefined || fromId === undefined || toId === undefined) {
    return malformed('no txn_id, from_id or to_id');
  }
  const amount = amountOf(member(node, 'amount'));
  if (amount === undefined) return malformed('no amount');
  const time = member(node, 'timestamp');
  const timestamp = time?.type === 'number' ? javascriptNumber(time.text) : idOf(time);
  if (time === undefined || timestamp === undefined) return malformed('no timestamp');
  const prevHash = orNothing(member(node, 'prev_hash'));
  if (prevHash === undefined || (prevHash !== '' && !HASH.test(prevHash))) {
    return malformed('no prev_hash');
  }
  const wallet = member(node, 'wallet_id');
  const walletId = wallet === undefined ? undefined : orNothing(wallet);
  if (wallet !== undefined && walletId === undefined) return malformed('no wallet_id');
  const fields = { txnId, fromId, toId, amount, timestamp, prevHash, walletId };
  const canonical = canonicalText(fields, { numericTime: time.type === 'number' });
  if (utf8(canonical).length > MAX_LEDGER_TRANSACTION_BYTES) return malformed('too long');
  return success({ ...fields, canonical });
}

/** The text that a sender hashes: six keys, or seven with `wallet_id`, in this order. */
export function canonicalText(
  fields: LedgerFields,
  { numericTime }: { readonly numericTime: boolean },
): string {
  const { txnId, fromId, toId, amount, timestamp, prevHash, walletId } = fields;
  const parts = [
    `"txn_id":${JSON.stringify(txnId)}`,
    `"from_id":${JSON.stringify(fromId)}`,
    `"to_id":${JSON.stringify(toId)}`,
    `"amount":${amount}`,
    `"timestamp":${numericTime ? timestamp : JSON.stringify(timestamp)}`,
    `"prev_hash":${JSON.stringify(prevHash)}`,
    ...(walletId === undefined ? [] : [`"wallet_id":${JSON.stringify(walletId)}`]),
  ];
  return `{${parts.join(',')}}`;
}

function amountOf(node: JsonNode | undefined): string | undefined {
  if (node?.type === 'number') return javascriptNumber(node.text);
  // The pages hash `Number(amount)`, so a decimal string is the same amount.
  if (node?.type !== 'string' || !/^[0-9]+(?:\.[0-9]+)?$/.test(node.value)) return undefined;
  return javascriptNumber(node.value);
}

function idIn(node: JsonNode, key: string): string | undefined {
  return idOf(member(node, key));
}

function idOf(node: JsonNode | undefined): string | undefined {
  const text = textOf(node);
  if (text === undefined || text.length > MAX_OLDER_ID_CHARACTERS) return undefined;
  return ID.test(text) ? text : undefined;
}

/** A text, or the empty one for what is missing or null. */
function orNothing(node: JsonNode | undefined): string | undefined {
  if (node === undefined || (node.type === 'literal' && node.value === null)) return '';
  return textOf(node) === '' ? '' : idOf(node);
}

function textOf(node: JsonNode | undefined): string | undefined {
  return node?.type === 'string' ? node.value : undefined;
}

function malformed(detail: string): Malformed {
  return failure('ledger/transaction_malformed', detail);
}
