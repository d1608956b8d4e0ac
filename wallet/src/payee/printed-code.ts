import { fromBase64url, toBase64url } from '@sikka/api/text';
import { equalBytes, hex, provePayeePacket, qrText } from '@sikka/protocol';
import type { Credential, Signed } from '@sikka/protocol';
import { refusalOf } from '../core/bank.ts';
import { viewOf } from '../core/view.ts';
import type { View } from '../core/view.ts';
import type { Wallet } from '../core/wallet.ts';
import { answering, refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import { checkSeller, readSeller } from './seller.ts';
import type { Seller } from './seller.ts';

export interface PrintedCode {
  readonly credentialId: string;
  readonly packet: Uint8Array;
  /** To be printed: QR text, `SK1:…`. */
  readonly text: string;
  readonly name: string;
  readonly town: string;
  readonly wallet: number;
  /** By the bank's time, in seconds. */
  readonly until: number;
}

/**
 * The till's printed code: the one it has, or a new one from the bank. It names this till only,
 * and only the journal that fetched it accepts for it, so a till that lost its seen-set gets
 * another code (spec/journal.md 6). Its key is a lasting one: no forward secrecy.
 *
 * Refuses `wallet/not_enrolled`, `wallet/role_missing`, `wallet/bank_…`, `wallet/answer_invalid`
 * and `wallet/store_…`.
 */
export async function printedCode(wallet: Wallet): Promise<Outcome<PrintedCode>> {
  return answering(async () => {
    const view = await viewOf(wallet, await wallet.journal.read());
    const seller = await readSeller(wallet, view);
    if (!seller.ok) return seller;
    const kept = [...view.state.printedCodes.values()].findLast(
      (code) => checkSeller(code, view).ok,
    );
    if (kept !== undefined) return codeOf(kept);
    const made = await wallet.journal.change(() => wallet.keystore.createAgreementKey());
    if (!made.ok) return made;
    const answer = await wallet.client.createPrintedCode({
      params: { till: seller.till },
      body: { ecdh_key: toBase64url(made.value) },
    });
    if (!answer.ok) return refusalOf(answer.problem);
    const packet = fromBase64url(answer.value.credential.packet);
    if (packet === undefined) return refuse('wallet/answer_invalid', 'not a packet');
    return keep(wallet, { view, seller, ecdhKey: made.value, packet });
  });
}

interface Fetched {
  readonly view: View;
  readonly seller: Seller;
  readonly ecdhKey: Uint8Array;
  readonly packet: Uint8Array;
}

async function keep(wallet: Wallet, fetched: Fetched): Promise<Outcome<PrintedCode>> {
  const { view, seller, ecdhKey } = fetched;
  const proved = await provePayeePacket(fetched.packet, view.trust);
  if (!proved.ok) return refuse('wallet/answer_invalid', proved.detail);
  const code = proved.value;
  if (code.kind !== 'printed-code') return refuse('wallet/answer_invalid', 'not a printed code');
  if (!isOurs(code.credential.fields, seller, ecdhKey)) {
    return refuse('wallet/answer_invalid', 'a printed code of another key or till');
  }
  const done = await wallet.journal.change(async (_, append) => {
    const keys = await wallet.keystore.agreementKeys();
    if (!keys.some((key) => equalBytes(key, ecdhKey))) return false;
    await append({ type: 'code-printed', packet: code.bytes });
    return true;
  });
  if (!done.ok) return done;
  if (!done.value) return refuse('wallet/store_conflict', 'the key was cleared away: try again');
  return codeOf(code);
}

function isOurs(fields: Credential, { credential, till }: Seller, ecdhKey: Uint8Array): boolean {
  const { suite, publicKey, wallet } = credential.fields;
  return (
    fields.mode === 'static' &&
    fields.till === till &&
    fields.wallet === wallet &&
    fields.suite === suite &&
    equalBytes(fields.publicKey, publicKey) &&
    fields.ecdhKey !== undefined &&
    equalBytes(fields.ecdhKey, ecdhKey)
  );
}

interface KeptCode {
  readonly bytes: Uint8Array;
  readonly credential: Signed<Credential>;
  readonly credentialId: Uint8Array;
}

function codeOf({ bytes, credential, credentialId }: KeptCode): Outcome<PrintedCode> {
  const { name, town, wallet, until } = credential.fields;
  return {
    ok: true,
    credentialId: hex(credentialId),
    packet: bytes,
    text: qrText(bytes),
    name,
    town,
    wallet,
    until,
  };
}
