import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import {
  generateEcdhKeyPair,
  parseJsonText,
  readPublicJwk,
  sealBundle,
  signBundle,
  webCryptoAgreement,
} from '@sikka/protocol';
import type { Signer } from '@sikka/protocol';
import { nodeSigner } from '@sikka/protocol/node';
import { expect } from 'vitest';
import { inTransaction } from '../../../src/db/index.ts';
import { openBareAccount } from '../../../src/flows/open-account.ts';
import { startStaffedBank } from '../../support/staffed-bank.ts';
import type { Asked, StaffedBank } from '../../support/staffed-bank.ts';

/** A till at a counter, what it writes, and what it pushes to a bank over HTTP. */
export interface Till {
  readonly deviceId: string;
  readonly tenantType: string;
  readonly tenantId: string;
  readonly signer: Signer;
  /** The bank's sealing key. */
  readonly bankKey: Uint8Array;
}

export interface Counter {
  readonly bank: StaffedBank;
  readonly till: Till;
  /** A current wallet. */
  readonly customer: number;
}

/** A bank that is no demo, with a policy, a till whose float is full, and somebody to pay. */
export async function openCounter(): Promise<Counter> {
  const bank = await startStaffedBank();
  await setPolicy(bank);
  const till = await openTill(bank);
  await fundFloat(bank, till, '100000.00');
  return { bank, till, customer: await openCustomer(bank) };
}

let tills = 0;

export async function openTill(bank: StaffedBank, change: object = {}): Promise<Till> {
  tills += 1;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = nodeSigner('ES256', privateKey);
  const order = {
    ...{ device_id: `counter-${tills}`, tenant_type: 'agent', tenant_id: `agent-${tills}` },
    ...{ pubkey_pem: publicKey.export({ type: 'spki', format: 'pem' }), country: 'PK' },
    ...{ currency_default: 'PKR', ...change },
  };
  expect(await bank.ask(bank.firstOperator, '/offline/devices', order)).toMatchObject({
    status: 201,
  });
  const { body } = await bank.ask(undefined, '/bank-public-key');
  const parsed = parseJsonText(JSON.stringify(body['public_key']), { depth: 4, nodes: 64 });
  const bankKey = parsed.ok ? readPublicJwk(parsed.value) : undefined;
  if (bankKey === undefined) throw new Error('The bank has no sealing key.');
  const { device_id: deviceId, tenant_type: tenantType, tenant_id: tenantId } = order;
  return { deviceId, tenantType, tenantId, signer, bankKey };
}

/** Money for cash-ins, by two people of finance. */
export async function fundFloat(bank: StaffedBank, till: Till, amount: string): Promise<void> {
  const { tenantType: tenant_type, tenantId: tenant_id } = till;
  const body = { account: 'float', currency: 'PKR', amount, note: `for ${till.deviceId}` };
  for (const as of [bank.firstFinance, bank.secondFinance]) {
    await bank.ask(as, '/api/v1/operator/funding', { ...body, tenant_type, tenant_id });
  }
}

/** A version of the policy of Pakistan, by two operators; thresholds that nobody reaches. */
export async function setPolicy(bank: StaffedBank, change: object = {}): Promise<void> {
  const body = {
    ...{ country: 'PK', max_offline_amount: '5000.00', review_from: 1, quarantine_from: 1 },
    ...{ max_offline_per_device_per_day: 50, ...change },
  };
  await bank.ask(bank.firstOperator, '/offline/policies', body);
  const done = await bank.ask(bank.secondOperator, '/offline/policies', body);
  expect(done.body).toMatchObject({ policy: { status: 'active' } });
}

/** Somebody with a current wallet of this bank; its number. */
export async function openCustomer(bank: StaffedBank, currency = 586): Promise<number> {
  const order = { prefix: 'k', currency, actor: 'system', now: new Date() } as const;
  const { current } = await inTransaction(bank.ownerPool, (tx) => openBareAccount(tx, order));
  return current.number;
}

export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

/** A cash-in as tills write it. */
export function cashIn(receiver: number | string, change: object = {}): object {
  return {
    ...{ local_id: randomUUID(), type: 'cashin', amount: 50, currency: 'PKR', sender: 'counter' },
    ...{ receiver: String(receiver), initiated_at: minutesAgo(5), ...change },
  };
}

export interface BundleChange {
  readonly bundle_id?: string;
  readonly device_id?: string;
  readonly nonce?: string;
  readonly device_clock?: string;
  readonly metadata?: unknown;
  readonly signer?: Signer;
  readonly bankKey?: Uint8Array;
}

export interface PushBody {
  readonly device_id: string;
  readonly bundle_id: string;
  readonly encrypted_payload: string;
  readonly signature: string;
  readonly device_clock: string;
}

export async function bundleOf(
  till: Till,
  transactions: readonly object[],
  { signer = till.signer, bankKey = till.bankKey, ...change }: BundleChange = {},
): Promise<PushBody> {
  const content = {
    ...{ bundle_id: randomUUID(), device_id: till.deviceId, nonce: randomUUID() },
    ...{ device_clock: new Date().toISOString(), metadata: {}, ...change, transactions },
  };
  const { privateKey, publicKey } = await generateEcdhKeyPair({ extractable: false });
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const payload = await sealBundle(JSON.stringify(content), {
    peer: bankKey,
    ephemeral: webCryptoAgreement(privateKey, publicKey),
    secrets: { contentKey: random(32), iv: random(12), wrapIv: random(12) },
  });
  const named = { deviceId: till.deviceId, bundleId: content.bundle_id };
  const push = await signBundle(payload, { ...named, deviceClock: content.device_clock }, signer);
  return {
    ...{ device_id: till.deviceId, bundle_id: content.bundle_id, signature: push.signature },
    ...{ encrypted_payload: push.encryptedPayload, device_clock: push.deviceClock },
  };
}

/** By nobody in particular: the signature says whose it is. */
export function send(bank: StaffedBank, body: object): Promise<Asked> {
  return bank.ask(undefined, '/offline/push', body);
}

export async function push(
  bank: StaffedBank,
  till: Till,
  transactions: readonly object[],
  change: BundleChange = {},
): Promise<Asked & { readonly bundleId: string }> {
  const body = await bundleOf(till, transactions, change);
  return { ...(await send(bank, body)), bundleId: body.bundle_id };
}

export interface SeenBundle {
  readonly status: string;
  readonly push_attempts: number;
  readonly rejected_reason: string | null;
  readonly total_amount: number;
  readonly transactions: readonly {
    readonly local_id: string;
    readonly status: string;
    readonly reason: string | null;
    readonly amount: number;
  }[];
}

export async function seen(bank: StaffedBank, bundleId: string): Promise<SeenBundle> {
  const { body } = await bank.ask(bank.firstOperator, `/offline/bundles/${bundleId}`);
  return body['bundle'] as SeenBundle;
}

/** In minor units. */
export async function balanceOf(bank: StaffedBank, wallet: number): Promise<number> {
  const { rows } = await bank.ownerPool.query<{ balance: bigint }>(
    `select b.balance from wallets as w join ledger_balances as b
       on b.account_id = w.ledger_account where w.number = $1`,
    [wallet],
  );
  return Number(rows[0]?.balance ?? -1n);
}

/** Why a bundle is looked at, and `held` while its upload is. */
export async function reviewOf(bank: StaffedBank, bundleId: string): Promise<readonly string[]> {
  const { rows } = await bank.ownerPool.query<{ reasons: string[]; held: boolean }>(
    `select r.reasons, i.held_by = r.id as held from reviews as r
     join inbox as i on i.upload_id = r.upload_id where r.subject = $1`,
    [`bundle:${bundleId}`],
  );
  return [...(rows[0]?.reasons ?? []), ...(rows[0]?.held === true ? ['held'] : [])];
}

/** The audit events of one subject, in order: `bundle.accepted ok`. */
export async function eventsOf(
  { ownerPool }: Pick<Counter['bank'], 'ownerPool'>,
  subject: string,
): Promise<readonly string[]> {
  const { rows } = await ownerPool.query<{ said: string }>(
    `select action || ' ' || outcome as said from audit_events where subject = $1 order by id`,
    [subject],
  );
  return rows.map(({ said }) => said);
}

export function pick(from: object, key: string): object {
  return { [key]: (from as Record<string, unknown>)[key] };
}
