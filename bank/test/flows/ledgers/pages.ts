import { randomBytes, randomUUID } from 'node:crypto';
import {
  ledgerEntryText,
  publicJwk,
  readPublicJwk,
  sealLedger,
  signLedgerTransaction,
  webCryptoAgreement,
} from '@sikka/protocol';
import type { KeyAgreement, LedgerHead, Signer } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import type { StaffedBank } from '../../support/staffed-bank.ts';

/** Somebody with an older page, registered and approved. */
export interface PageUser {
  readonly userId: string;
  readonly signer: Signer;
}

export interface Sender extends PageUser {
  readonly walletId: string;
}

export async function register(bank: StaffedBank): Promise<PageUser> {
  const signer = nodeSigner('ES256', (await generateNodeSigningKey('ES256')).privateKey);
  const made = await bank.ask(undefined, '/kyc/register', {
    ...{ full_name: 'Ayesha Bibi', email_or_phone: 'ayesha@example.com' },
    public_key: publicJwk(signer.publicKey),
  });
  return { userId: String(made.body['user_id']), signer };
}

export async function decide(
  bank: StaffedBank,
  { userId }: PageUser,
  status: 'approved' | 'rejected',
): Promise<void> {
  const body = { user_id: userId, kyc_status: status };
  const { body: said } = await bank.ask(bank.firstOperator, '/kyc/approve', body);
  if (said['user_id'] !== userId) throw new Error(JSON.stringify(said));
}

export async function approved(bank: StaffedBank): Promise<PageUser> {
  const user = await register(bank);
  await decide(bank, user, 'approved');
  return user;
}

/** Somebody with a limit of so many rupees. */
export async function sender(bank: StaffedBank, limit = 1000): Promise<Sender> {
  const user = await approved(bank);
  const wanted = { user_id: user.userId, requested_limit: limit };
  const asked = await bank.ask(undefined, '/wallets/request', wanted);
  const walletId = String(asked.body['wallet_id']);
  const grant = { wallet_id: walletId, status: 'approved' };
  const granted = await bank.ask(bank.firstFinance, '/wallets/approve', grant);
  if (granted.status !== 200) throw new Error(JSON.stringify(granted.body));
  return { ...user, walletId };
}

export async function fundLine(bank: StaffedBank, amount: string): Promise<void> {
  const body = { account: 'credit_line', currency: 'PKR', amount, note: randomUUID() };
  await bank.ask(bank.firstFinance, '/api/v1/operator/funding', body);
  await bank.ask(bank.secondFinance, '/api/v1/operator/funding', body);
}

export interface PaidFields {
  readonly amount?: string;
  readonly txnId?: string;
  readonly toId?: string;
  readonly walletId?: string | undefined;
  /** Signs in place of the sender. */
  readonly signer?: Signer;
}

/** A transaction as its sender's page signs it, JSON text. */
export async function pay(
  from: Sender,
  to: PageUser,
  { amount = '50', txnId = randomUUID(), toId = to.userId, ...fields }: PaidFields = {},
): Promise<string> {
  const walletId = 'walletId' in fields ? fields.walletId : from.walletId;
  return signLedgerTransaction(
    {
      ...{ txnId, fromId: from.userId, toId, amount, walletId, prevHash: '' },
      timestamp: '2026-11-21T03:00:00.123Z',
    },
    fields.signer ?? from.signer,
  );
}

/** Entries of a ledger over these transactions, each JSON text. */
export function chained(transactions: readonly string[]): readonly string[] {
  let head: LedgerHead | undefined;
  return transactions.map((text) => {
    const { hash } = JSON.parse(text) as { readonly hash: string };
    const next = ledgerEntryText(head, { text, hash });
    head = next.head;
    return next.text;
  });
}

export async function bankKey(bank: StaffedBank): Promise<Uint8Array> {
  const { body } = await bank.ask(undefined, '/bank-public-key');
  const jwk = body['public_key'] as Readonly<Record<string, string>>;
  const member = (key: string) => ({
    key,
    value: { type: 'string', value: jwk[key] ?? '', start: 0, end: 0 } as const,
  });
  const members = ['kty', 'crv', 'x', 'y'].map(member);
  const key = readPublicJwk({ type: 'object', members, start: 0, end: 0 });
  if (key === undefined) throw new Error('Not a key.');
  return key;
}

/** Entries signed by their receiver and sealed to the bank: the body of both routes. */
export async function sealed(
  bank: StaffedBank,
  receiver: Pick<PageUser, 'signer'>,
  entries: readonly string[],
  peer?: Uint8Array,
): Promise<string> {
  return sealLedger(entries, {
    signer: receiver.signer,
    peer: peer ?? (await bankKey(bank)),
    agreement: await freshAgreement(),
    secrets: {
      contentKey: new Uint8Array(randomBytes(32)),
      iv: new Uint8Array(randomBytes(12)),
      wrapIv: new Uint8Array(randomBytes(12)),
    },
  });
}

/** A key agreement key of this one message. */
export async function freshAgreement(): Promise<KeyAgreement> {
  const named = { name: 'ECDH', namedCurve: 'P-256' };
  const pair = await crypto.subtle.generateKey(named, true, ['deriveBits']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const compressed = Uint8Array.from([2 + ((raw[64] ?? 0) & 1), ...raw.subarray(1, 33)]);
  return webCryptoAgreement(pair.privateKey, compressed);
}

export interface Told {
  readonly status: number;
  readonly errors: readonly string[];
  /** `settled_transactions` or `verified_transactions`. */
  readonly transactions: readonly string[];
  readonly ok: boolean;
  readonly logIds: readonly string[];
}

export async function send(
  bank: StaffedBank,
  route: '/verify-ledger' | '/settle-ledger',
  body: string,
): Promise<Told> {
  const answer = await bank.fetch(route, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const said = (await answer.json()) as Readonly<Record<string, unknown>>;
  return {
    status: answer.status,
    errors: (said['errors'] ?? []) as readonly string[],
    transactions: (said['settled_transactions'] ??
      said['verified_transactions'] ??
      []) as readonly string[],
    ok: said['settled'] === true || said['valid'] === true,
    logIds: (said['audit_log_ids'] ?? []) as readonly string[],
  };
}

export async function balanceOf(bank: StaffedBank, { walletId }: Sender): Promise<unknown> {
  return (await bank.ask(undefined, `/wallets/${walletId}`)).body['current_balance'];
}
