import { encodeBase64 } from '../base64.ts';
import { hex, utf8 } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { javascriptJson, parseJsonText } from '../json-text/index.ts';
import { MAX_LEDGER_CHARACTERS, MAX_LEDGER_DEPTH, MAX_LEDGER_VALUES } from '../limits.ts';
import { publicJwk } from '../public-jwk.ts';
import type { PublicJwk } from '../public-jwk.ts';
import type { KeyAgreement } from '../sealing/key-wrap.ts';
import { sha256 } from '../sha256.ts';
import type { Signer } from '../suites/ports.ts';
import { sealText } from './envelope.ts';
import type { EnvelopeSecrets } from './envelope.ts';
import { chainHash, readFields, transactionHash } from './transaction.ts';
import type { LedgerFields } from './transaction.ts';

/** The last entry of a ledger, or undefined before the first. */
export interface LedgerHead {
  readonly index: number;
  readonly hash: string;
}

const LIMITS = { depth: MAX_LEDGER_DEPTH, nodes: MAX_LEDGER_VALUES };

/**
 * A transaction signed by its sender, as JSON text (spec/sealed-ledger.md §3). `amount` is a
 * decimal text that JavaScript prints in the same way.
 * @throws ProtocolError `malformed` for fields that no reader takes, or a key of another suite.
 */
export async function signLedgerTransaction(fields: LedgerFields, signer: Signer): Promise<string> {
  const { txnId, fromId, toId, amount, timestamp, prevHash, walletId } = fields;
  const named = { txn_id: txnId, from_id: fromId, to_id: toId, amount: Number(amount), timestamp };
  const core = {
    ...named,
    prev_hash: prevHash,
    ...(walletId === undefined ? {} : { wallet_id: walletId }),
  };
  const parsed = parseJsonText(JSON.stringify(core), LIMITS);
  const read = parsed.ok ? readFields(parsed.value) : parsed;
  if (!read.ok) throw new ProtocolError('malformed', read.detail);
  if (read.value.amount !== amount) throw new ProtocolError('malformed', 'not a double’s text');
  const hash = transactionHash(read.value);
  const signature = encodeBase64(await signatureOf(hash, signer));
  const sender_public_key = jwkOf(signer.publicKey);
  return JSON.stringify({ ...core, hash: hex(hash), signature, sender_public_key });
}

/** A signed transaction's JSON text sealed to its receiver, with both of the sender's keys. */
export async function sealTransaction(
  transaction: string,
  {
    signer,
    ...envelope
  }: {
    readonly signer: Signer;
    /** The receiver's key agreement key, 33 bytes. */
    readonly peer: Uint8Array;
    readonly agreement: KeyAgreement;
    readonly secrets: EnvelopeSecrets;
  },
): Promise<string> {
  return JSON.stringify({
    ...(await sealText(transaction, envelope)),
    sender_public_key: jwkOf(signer.publicKey),
    sender_ecdh_public_key: jwkOf(envelope.agreement.publicKey),
  });
}

/** The next entry of a ledger, as JSON text: a transaction's text at its place in the chain. */
export function ledgerEntryText(
  head: LedgerHead | undefined,
  transaction: { readonly text: string; readonly hash: string },
): { readonly head: LedgerHead; readonly text: string } {
  const index = head === undefined ? 0 : head.index + 1;
  const hash = chainHash(head?.hash ?? 'GENESIS', transaction.hash);
  const parts = [`"ledger_index":${index}`, `"transaction":${transaction.text}`];
  const text = `{${[...parts, `"hash":"${hash}"`, '"status":"verified"'].join(',')}}`;
  return { head: { index, hash }, text };
}

/**
 * A whole ledger signed by its receiver and sealed to the bank: the body of both ledger routes.
 * @throws ProtocolError `malformed` for entries that are no JSON text of JavaScript.
 */
export async function sealLedger(
  entries: readonly string[],
  {
    signer,
    ...envelope
  }: {
    readonly signer: Signer;
    /** The bank's sealing key, 33 bytes. */
    readonly peer: Uint8Array;
    readonly agreement: KeyAgreement;
    readonly secrets: EnvelopeSecrets;
  },
): Promise<string> {
  const list = `[${entries.join(',')}]`;
  const parsed = list.length > MAX_LEDGER_CHARACTERS ? undefined : parseJsonText(list, LIMITS);
  const ledger = parsed?.ok === true ? javascriptJson(parsed.value) : undefined;
  if (ledger === undefined) throw new ProtocolError('malformed', 'not a ledger that is read');
  const hash = sha256(utf8(ledger));
  const signature = encodeBase64(await signatureOf(hash, signer));
  const key = JSON.stringify(jwkOf(signer.publicKey));
  const parts = [`"ledger":${ledger}`, `"hash":"${hex(hash)}"`, `"signature":"${signature}"`];
  const payload = `{${[...parts, `"receiver_public_key":${key}`].join(',')}}`;
  return JSON.stringify({
    ...(await sealText(payload, envelope)),
    receiver_public_key: jwkOf(envelope.agreement.publicKey),
  });
}

function signatureOf(hash: Uint8Array, signer: Signer): Promise<Uint8Array> {
  if (signer.suite !== 'ES256') throw new ProtocolError('malformed', 'a P-256 key signs ledgers');
  return signer.sign(hash);
}

function jwkOf(publicKey: Uint8Array): PublicJwk {
  const jwk = publicJwk(publicKey);
  if (jwk === undefined) throw new ProtocolError('malformed', 'not a P-256 public key');
  return jwk;
}
