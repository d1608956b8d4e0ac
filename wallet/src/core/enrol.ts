import { fromBase64url, toBase64url } from '@sikka/api/text';
import {
  currencyOf,
  encodePacket,
  equalBytes,
  hex,
  keyHash,
  proveDocument,
  signDocument,
} from '@sikka/protocol';
import type { IssuerKeys, PublishedIssuerKey, Role, Signer } from '@sikka/protocol';
import { answering, refuse } from '../errors.ts';
import type { Outcome, Refusal } from '../errors.ts';
import { refusalOf } from './bank.ts';
import type { Wallet } from './wallet.ts';

export interface EnrolOptions {
  readonly role: Role;
}

/**
 * Enrols this installation's key with the bank, and pins the bank's keys (spec/suites.md §3).
 * Repeat it after any failure: an enrolment that was sent is sent again byte for byte, and the
 * bank gives its first answer again. A new journal with a key that is enrolled takes its
 * enrolment over.
 *
 * Refuses `wallet/already_enrolled`, `wallet/bank_…`, and `wallet/answer_invalid` for a credential
 * of another key.
 */
export async function enrol(wallet: Wallet, { role }: EnrolOptions): Promise<Outcome> {
  return answering(async () => {
    const { enrolment } = await wallet.journal.read();
    if (enrolment?.answer !== undefined) {
      return refuse('wallet/already_enrolled', 'this journal has its enrolment');
    }
    const signer = await wallet.keystore.createSigner(wallet.suite);
    const keys = await fetchIssuerKeys(wallet);
    if (!keys.ok) return keys;
    if (enrolment?.role === role) {
      const again = await send(wallet, signer, { ...enrolment, keys: keys.keys });
      // The bank never took it, and its challenge is over: begin anew.
      if (again.ok || again.problem?.code !== 'device/challenge_invalid') return again;
    }
    const signed = await sign(wallet, signer, role);
    if (!signed.ok) return signed;
    return send(wallet, signer, { role, packet: signed.packet, keys: keys.keys });
  });
}

async function sign(
  wallet: Wallet,
  signer: Signer,
  role: Role,
): Promise<Outcome<{ readonly packet: Uint8Array }>> {
  const challenge = await fetchChallenge(wallet, 'enrolment');
  if (!challenge.ok) return challenge;
  const document = await signDocument(
    {
      type: 'enrolment',
      bank: wallet.bank.id,
      account: wallet.bank.account,
      challenge: challenge.challenge,
      suite: signer.suite,
      publicKey: signer.publicKey,
      ecdhKey: undefined,
      role,
      time: wallet.clock.now(),
    },
    signer,
  );
  const packet = encodePacket({ kind: 'document', document });
  const kept = await wallet.journal.change((_, append) =>
    append({ type: 'enrolment-sent', role, packet }),
  );
  return kept.ok ? { ok: true, packet } : kept;
}

/** A challenge of the bank: 32 bytes, used once, valid ten minutes. */
export async function fetchChallenge(
  { client }: Wallet,
  purpose: 'enrolment' | 'allowance',
): Promise<Outcome<{ readonly challenge: Uint8Array }>> {
  const answer = await client.createChallenge({ body: { purpose } });
  if (!answer.ok) return refusalOf(answer.problem);
  const challenge = fromBase64url(answer.value.challenge);
  if (challenge?.length !== 32) return refuse('wallet/answer_invalid', 'not a challenge');
  return { ok: true, challenge };
}

async function fetchIssuerKeys({
  client,
  bank,
}: Wallet): Promise<Outcome<{ readonly keys: readonly PublishedIssuerKey[] }>> {
  const answer = await client.getIssuerKeys();
  if (!answer.ok) return refusalOf(answer.problem);
  if (answer.value.bank !== bank.id) {
    return refuse('wallet/answer_invalid', `the keys are of the bank ${answer.value.bank}`);
  }
  const keys: PublishedIssuerKey[] = [];
  for (const { number, suite, public_key, from, until } of answer.value.keys) {
    const publicKey = fromBase64url(public_key);
    if (publicKey === undefined) return refuse('wallet/answer_invalid', 'not a key');
    keys.push({ number, suite, publicKey, from, until });
  }
  return { ok: true, keys };
}

interface Sent {
  readonly role: Role;
  readonly packet: Uint8Array;
  readonly keys: readonly PublishedIssuerKey[];
}

async function send(wallet: Wallet, signer: Signer, sent: Sent): Promise<Outcome> {
  const currency = currencyOf(wallet.bank.currency)?.alpha;
  const answer = await wallet.client.enrolDevice({
    body: { enrolment: toBase64url(sent.packet), ...(currency === undefined ? {} : { currency }) },
  });
  if (answer.ok) {
    const { device, credential } = answer.value;
    return keep(wallet, signer, { till: device.till, credential, keys: sent.keys });
  }
  const refusal = refusalOf(answer.problem);
  return answer.problem.code === 'device/key_enrolled'
    ? takeOver(wallet, signer, { ...sent, refusal })
    : refusal;
}

/** The key is enrolled and the journal that knew was lost: its record is at the bank. */
async function takeOver(
  wallet: Wallet,
  signer: Signer,
  { role, keys, refusal }: Sent & { readonly refusal: Refusal },
): Promise<Outcome> {
  const answer = await wallet.client.listDevices();
  if (!answer.ok) return refusalOf(answer.problem);
  const hash = hex(keyHash(signer.suite, signer.publicKey));
  const device = answer.value.devices.find(({ key_hash }) => key_hash === hash);
  if (device?.role !== role || device.status !== 'active') return refusal;
  const credential = device.credentials.find(({ mode }) => mode === 'dynamic')?.packet;
  return keep(wallet, signer, { till: device.till, credential, keys });
}

interface Enrolled {
  readonly till: number;
  /** Base64url, as the bank sent it. */
  readonly credential: string | undefined;
  readonly keys: readonly PublishedIssuerKey[];
}

async function keep(
  wallet: Wallet,
  signer: Signer,
  { till, credential: text, keys }: Enrolled,
): Promise<Outcome> {
  const credential = text === undefined ? undefined : fromBase64url(text);
  if (text !== undefined) {
    const refusal = await checkCredential(wallet, { credential, keys, signer });
    if (refusal !== undefined) return refusal;
  }
  const kept = await wallet.journal.change(async ({ enrolment }, append) => {
    if (enrolment?.answer !== undefined) return;
    await append({ type: 'enrolled', till, credential, issuerKeys: keys });
  });
  return kept.ok ? { ok: true } : kept;
}

interface CredentialCheck {
  readonly credential: Uint8Array | undefined;
  readonly keys: readonly PublishedIssuerKey[];
  readonly signer: Signer;
}

async function checkCredential(
  { verifier }: Wallet,
  { credential, keys, signer }: CredentialCheck,
): Promise<Refusal | undefined> {
  if (credential === undefined) return refuse('wallet/answer_invalid', 'not a credential');
  const issuers: IssuerKeys = new Map(keys.map((key) => [key.number, key]));
  const proved = await proveDocument(credential, { issuers, verifier });
  if (!proved.ok) return refuse('wallet/answer_invalid', proved.detail);
  const { fields } = proved.value.document;
  if (fields.type !== 'credential' || fields.mode !== 'dynamic') {
    return refuse('wallet/answer_invalid', 'not a dynamic credential');
  }
  if (fields.suite === signer.suite && equalBytes(fields.publicKey, signer.publicKey)) {
    return undefined;
  }
  return refuse('wallet/answer_invalid', "another key's credential");
}
