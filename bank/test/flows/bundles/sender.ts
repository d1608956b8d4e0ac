import { generateKeyPairSync, randomUUID } from 'node:crypto';
import {
  encodeBase64,
  encodeLedgerItem,
  ledgerEntryText,
  openLedgerUpload,
  signLedgerTransaction,
} from '@sikka/protocol';
import type { Signer } from '@sikka/protocol';
import { nodeSigner } from '@sikka/protocol/node';
import { expect } from 'vitest';
import type { StaffedBank } from '../../support/staffed-bank.ts';

export interface Sender {
  readonly userId: string;
  readonly signer: Signer;
}

/** Somebody who signs transactions of ledgers, with 1,000.00 set aside for them. */
export async function openSender(bank: StaffedBank): Promise<Sender> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const person = { full_name: 'Ayesha', email_or_phone: 'ayesha@example.com', role: 'both' };
  const jwk = { public_key: publicKey.export({ format: 'jwk' }) };
  const { body } = await bank.ask(undefined, '/kyc/register', { ...person, ...jwk });
  const user_id = String(body['user_id']);
  const kyc = { user_id, kyc_status: 'approved' };
  await bank.ask(bank.firstOperator, '/kyc/approve', kyc);
  const line = { account: 'credit_line', currency: 'PKR', amount: '1000.00', note: user_id };
  for (const as of [bank.firstFinance, bank.secondFinance]) {
    await bank.ask(as, '/api/v1/operator/funding', line);
  }
  const asked = await bank.ask(undefined, '/wallets/request', { user_id, requested_limit: 1000 });
  const wallet_id = String(asked.body['wallet_id']);
  const approved = { wallet_id, status: 'approved' };
  expect(await bank.ask(bank.firstFinance, '/wallets/approve', approved)).toMatchObject({
    status: 200,
  });
  return { userId: user_id, signer: nodeSigner('ES256', privateKey) };
}

export async function walletOfSender(bank: StaffedBank, { userId }: Sender): Promise<number> {
  const { rows } = await bank.ownerPool.query<{ number: bigint }>(
    `select w.number from kyc_users as u join wallets as w on w.account_id = u.account_id
     where u.user_id = $1 and w.kind = 'current'`,
    [userId],
  );
  return Number(rows[0]?.number);
}

/** Base64 of an entry that takes `amount` from the sender’s limit wallet. */
export async function signedPayment(from: Sender, to: Sender, amount = '50'): Promise<string> {
  const text = await signLedgerTransaction(
    {
      ...{ txnId: randomUUID(), fromId: from.userId, toId: to.userId, amount, walletId: '' },
      ...{ prevHash: '', timestamp: '2026-11-21T03:00:00.123Z' },
    },
    from.signer,
  );
  const { hash } = JSON.parse(text) as { readonly hash: string };
  const upload = await openLedgerUpload(ledgerEntryText(undefined, { text, hash }).text, []);
  const entry = upload.ok ? upload.value.entries[0] : undefined;
  if (entry === undefined) throw new Error('Not an entry.');
  return encodeBase64(encodeLedgerItem(entry.transaction));
}
