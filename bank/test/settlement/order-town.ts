import { randomBytes, randomUUID } from 'node:crypto';
import {
  decodeBase64,
  deviceTransactionContent,
  deviceTransactionId,
  encodeBase64,
  encodeLedgerItem,
  keyHash,
  ledgerEntryText,
  openBundleCarrier,
  openLedgerUpload,
  sealContent,
  sha256,
  signBundle,
  signLedgerTransaction,
  utf8,
} from '@sikka/protocol';
import type { BundleCarrier, LedgerTransaction, LedgerUpload, Signer } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import { inTransaction } from '../../src/db/index.ts';
import { createAccounts, post } from '../../src/ledger/index.ts';
import { bundleBatch } from '../../src/settlement/index.ts';
import type { BundleItem } from '../../src/settlement/index.ts';
import type { Person, Town } from './town.ts';
import { PKR, START } from './town.ts';

/** People of ledgers and tills with their money, and what they sign, in a town. */
export interface LedgerPerson {
  readonly no: bigint;
  readonly userId: string;
  readonly signer: Signer;
  readonly person: Person;
  /** Set aside for what he signs. */
  readonly limit: bigint;
  readonly walletId: string;
}

const at = new Date(START * 1000);

async function keyPair(): Promise<Signer> {
  return nodeSigner('ES256', (await generateNodeSigningKey('ES256')).privateKey);
}

/** An account with floor 0 and so much on it. */
async function fundedAccount(town: Town, minor: number): Promise<bigint> {
  const account = await inTransaction(town.db.serverPool, async (tx) => {
    const [made] = await createAccounts(tx, [{ kind: 'float', currency: PKR }], at);
    return made!;
  });
  if (minor > 0) await addMoney(town, account, minor);
  return account;
}

/** More money on an account that orders are paid from. */
export async function addMoney({ db }: Town, credit: bigint, minor: number): Promise<void> {
  await inTransaction(db.serverPool, async (tx) => {
    const [debit] = await createAccounts(tx, [{ kind: 'bank_cash', currency: PKR }], at);
    const move = { kind: 'funding', currency: PKR, debit: debit!, credit };
    await post(tx, [{ ...move, amountMinor: BigInt(minor) }], at);
  });
}

/** Registered and approved, with a limit wallet of so much. */
export async function ledgerPerson(town: Town, minor = 100_000): Promise<LedgerPerson> {
  const signer = await keyPair();
  const person = await town.person({ offline: 0 });
  const [userId, walletId] = [randomUUID(), randomUUID()];
  const limit = await fundedAccount(town, minor);
  const { rows } = await town.db.ownerPool.query<{ no: bigint }>(
    `insert into kyc_users (user_id, role, public_key, key_id, status, account_id, created_at,
        updated_at)
      values ($1, 'both', $2, $3, 'approved', $4, $5, $5) returning no`,
    [userId, signer.publicKey, keyHash('ES256', signer.publicKey), person.accountId, at],
  );
  const { no } = rows[0]!;
  await town.db.ownerPool.query(
    `insert into limit_wallets (wallet_id, kyc_user, currency, ledger_account, requested, approved,
        status, funded_from, created_at, updated_at)
      values ($1, $2, $3, $4, $5, $5, 'approved', 'credit_line', $6, $6)`,
    [walletId, no, PKR, limit, Math.max(minor, 1), at],
  );
  return { no, userId, signer, person, limit, walletId };
}

export interface EntryFields {
  readonly amount?: string;
  readonly txnId?: string;
  readonly walletId?: string;
  readonly toId?: string;
  readonly signer?: Signer;
}

export interface SignedEntry {
  readonly item: Uint8Array;
  readonly id: Uint8Array;
  readonly transaction: LedgerTransaction;
  /** As JSON, with its hash. */
  readonly text: string;
  readonly hash: string;
}

/** A transaction as its sender signs it. */
export async function signEntry(
  from: LedgerPerson,
  to: LedgerPerson,
  fields: EntryFields = {},
): Promise<SignedEntry> {
  const { amount = '50', txnId = randomUUID(), toId = to.userId, walletId = '' } = fields;
  const text = await signLedgerTransaction(
    {
      ...{ txnId, fromId: from.userId, toId, amount, walletId, prevHash: '' },
      timestamp: '2026-11-21T03:00:00.123Z',
    },
    fields.signer ?? from.signer,
  );
  const { hash } = JSON.parse(text) as { readonly hash: string };
  const entry = ledgerEntryText(undefined, { text, hash }).text;
  const upload = await openLedgerUpload(entry, []);
  if (!upload.ok) throw new Error(upload.detail);
  const { transaction } = upload.value.entries[0]!;
  const id = sha256(Buffer.concat([utf8('sikka/ledger-entry/v1'), Buffer.from(hash, 'hex')]));
  return { item: encodeLedgerItem(transaction), id, transaction, text, hash };
}

/** A ledger that its receiver signed, as the bank opens it. */
export async function signedLedger(
  receiver: LedgerPerson,
  entries: readonly SignedEntry[],
): Promise<LedgerUpload> {
  const texts: string[] = [];
  let head: Parameters<typeof ledgerEntryText>[0];
  for (const entry of entries) {
    const next = ledgerEntryText(head, entry);
    head = next.head;
    texts.push(next.text);
  }
  const text = JSON.stringify(JSON.parse(`[${texts.join(',')}]`));
  const upload = await openLedgerUpload(text, []);
  if (!upload.ok) throw new Error(upload.detail);
  const hash = sha256(utf8(text));
  const signature = await receiver.signer.sign(hash);
  const receiverKey = receiver.signer.publicKey;
  const signed = { text, hash: Buffer.from(hash).toString('hex'), signature, receiverKey };
  return { ...upload.value, form: 'sealed', signed };
}

export interface Tenant {
  readonly no: bigint;
  readonly owner: Person;
  readonly float: bigint;
}

export interface Till {
  readonly no: bigint;
  readonly deviceId: string;
  readonly signer: Signer;
  readonly tenant: Tenant;
}

export async function tenantOf(town: Town, minor = 100_000): Promise<Tenant> {
  const owner = await town.person({ offline: 0 });
  const float = await fundedAccount(town, minor);
  const { rows } = await town.db.ownerPool.query<{ no: bigint }>(
    `insert into tenants (tenant_type, tenant_id, account_id, created_at)
      values ('agent', $1, $2, $3) returning no`,
    [randomBytes(6).toString('hex'), owner.accountId, at],
  );
  const { no } = rows[0]!;
  await town.db.ownerPool.query(
    'insert into tenant_floats (tenant, currency, ledger_account) values ($1, $2, $3)',
    [no, PKR, float],
  );
  return { no, owner, float };
}

export async function tillOf(town: Town, tenant: Tenant): Promise<Till> {
  const signer = await keyPair();
  const deviceId = `TILL-${randomBytes(6).toString('hex')}`;
  const { rows } = await town.db.ownerPool.query<{ no: bigint }>(
    `insert into tills (device_id, tenant, registered_by, scheme, public_key, key_id, country,
        currency, status_changed_at, created_at)
      values ($1, $2, $3, 'ECDSA-P256', $4, $5, 'PK', $6, $7, $7) returning no`,
    [
      ...[deviceId, tenant.no, tenant.owner.accountId, signer.publicKey],
      ...[keyHash('ES256', signer.publicKey), PKR, at],
    ],
  );
  return { no: rows[0]!.no, deviceId, signer, tenant };
}

export interface TillFields {
  readonly localId?: string;
  readonly amount?: number;
  readonly currency?: string;
  readonly payment?: Uint8Array;
}

/** Transactions as a till writes them, sealed to nobody: the content key stands in the carrier. */
export async function carrierOf(
  { deviceId, signer }: Pick<Till, 'deviceId' | 'signer'>,
  transactions: readonly TillFields[],
): Promise<BundleCarrier> {
  const [contentKey, iv] = [new Uint8Array(randomBytes(32)), new Uint8Array(randomBytes(12))];
  const bundleId = `B-${randomBytes(8).toString('hex')}`;
  const content = JSON.stringify({
    ...{ bundle_id: bundleId, device_id: deviceId, nonce: randomBytes(8).toString('hex') },
    device_clock: '2026-11-21T03:00:00Z',
    transactions: transactions.map(({ localId, amount = 50, currency = 'PKR', payment }) => ({
      ...{ local_id: localId ?? randomUUID(), type: 'cashin', amount, currency },
      ...{ sender: 'agent', receiver: 'someone', initiated_at: '2026-11-21T03:00:00Z' },
      ...(payment === undefined ? {} : { meta: { payment: encodeBase64(payment) } }),
    })),
  });
  const sealed = await sealContent(utf8(content), { key: contentKey, iv });
  const payload = utf8(
    JSON.stringify({
      key_wrapped: encodeBase64(randomBytes(40)),
      iv: encodeBase64(iv),
      tag: encodeBase64(sealed.subarray(-16)),
      cipher: encodeBase64(sealed.subarray(0, -16)),
    }),
  );
  const clock = '2026-11-21T03:00:00Z';
  const push = await signBundle(payload, { deviceId, bundleId, deviceClock: clock }, signer);
  const signature = decodeBase64(push.signature);
  if (signature === undefined) throw new Error('Not base64.');
  return { payload, contentKey, deviceId, bundleId, signature };
}

export interface TakenBundle {
  readonly carrier: BundleCarrier;
  readonly batch: Uint8Array;
  /** Ids of its transactions, in order. */
  readonly ids: readonly Uint8Array[];
  readonly row: bigint;
}

export interface Taking {
  readonly cleared?: boolean;
  readonly own?: boolean;
  /** Null: nobody. */
  readonly payee?: number | null;
}

/** A bundle with the rows that its intake writes; nothing is handed in. */
export async function takeBundle(
  town: Town,
  till: Till,
  transactions: readonly TillFields[],
  { cleared = true, own = true, payee = null }: Taking,
): Promise<TakenBundle> {
  const carrier = await carrierOf(till, transactions);
  return takeCarrier(town, till, carrier, { cleared, own, payee });
}

/** The same for a bundle that is there; a transaction of an earlier one stays that one's. */
export async function takeCarrier(
  town: Town,
  till: Till,
  carrier: BundleCarrier,
  { cleared = true, own = true, payee = null }: Taking,
): Promise<TakenBundle> {
  const { ownerPool } = town.db;
  const opened = await openBundleCarrier(carrier);
  if (!opened.ok) throw new Error(opened.detail);
  const { transactions } = opened.value;
  const { rows } = await ownerPool.query<{ id: bigint }>(
    `insert into device_bundles (bundle_id, till, payload_sha256, nonce, verdict, review, tx_count,
        device_clock, received_at, cleared_at)
      values ($1, $2, $3, $1, $4, $5, $6, $7, $7, $8) returning id`,
    [
      ...[carrier.bundleId, till.no, sha256(carrier.payload)],
      ...(cleared ? ['accepted', null] : ['pending_review', 0]),
      ...[transactions.length, at, cleared ? at : null],
    ],
  );
  const row = rows[0]!.id;
  for (const [ordinal, { transaction }] of transactions.entries()) {
    const { localId, amountMinor, currency, payment } = transaction;
    await ownerPool.query(
      `insert into till_transactions (till, local_id, bundle, ordinal, content_sha256, type, amount,
          currency, sender, receiver, payee_wallet, own, document_id, initiated_at)
        values ($1, $2, $3, $4, $5, 'cashin', $6, $7, 'agent', 'someone', $8, $9, $10, $11)
        on conflict (till, local_id) do nothing`,
      [
        ...[till.no, localId, row, ordinal, deviceTransactionContent(transaction)],
        ...[amountMinor, currency, payee, own],
        ...[payment === undefined ? deviceTransactionId(till.deviceId, localId) : null, at],
      ],
    );
  }
  const items = transactions.map(({ transaction: { payment } }, ordinal): BundleItem =>
    payment === undefined ? { ordinal } : { payment },
  );
  const ids = transactions.map(({ documentId }) => documentId);
  return { carrier, batch: bundleBatch(carrier, items), ids, row };
}
