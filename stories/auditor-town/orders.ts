import { createPublicKey, randomBytes, randomUUID } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import {
  derSignature,
  deviceTransactionContent,
  encodeBase64,
  encodeBundleCarrier,
  encodeCbor,
  encodeDeviceOrder,
  encodeLedgerItem,
  hex,
  ledgerEntryText,
  openBundleCarrier,
  openLedgerUpload,
  publicKeySpki,
  sealContent,
  sha256,
  signLedgerTransaction,
  utf8,
} from '@sikka/protocol';
import type { BundleCarrier, Signer } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import { openStoryBank } from '../support/bank.ts';
import type { StoryBank, StoryBankOptions } from '../support/bank.ts';

/** Who signs a ledger's transactions, approved by the bank, with a limit of Rs 100. */
export interface LedgerSender {
  readonly userId: string;
  readonly walletId: string;
  readonly signer: Signer;
}

/** An agent's till with Rs 100 of its own behind it. */
export interface OrderTill {
  readonly deviceId: string;
  readonly signer: Signer;
}

/** A bank in which ledgers' senders and tills sign orders. */
export interface OrderTown extends StoryBank {
  person(): Promise<LedgerSender>;
  till(): Promise<OrderTill>;
  /** Numbers of the current wallets of a person of the demo. */
  walletOf(account: string): Promise<number>;
  entry(from: LedgerSender, to: LedgerSender, more?: EntryFields): Promise<Uint8Array>;
  /** A bundle with the rows of its intake, as a batch. */
  bundle(till: OrderTill, cashIns: readonly CashIn[], taking?: Taking): Promise<Uint8Array>;
  /** What became of each item. */
  hand(batch: Uint8Array): Promise<readonly string[]>;
}

export interface EntryFields {
  readonly amount?: string;
  readonly txnId?: string;
  readonly walletId?: string;
}

export interface CashIn {
  readonly localId?: string;
  readonly amount?: number;
  /** As the till writes it. */
  readonly receiver: number | string;
}

export interface Taking {
  readonly cleared?: boolean;
  readonly own?: boolean;
  /** Whom the intake took its receivers for; the wallets that they name. */
  readonly payee?: number;
}

const PKR = 586;

export async function openOrderTown(options: StoryBankOptions = {}): Promise<OrderTown> {
  const story = await openStoryBank(options);
  const { bank, database } = story;
  await database.ownerPool.query(
    `insert into account_roles (account_id, role, granted_at)
      select id, 'finance', created_at from accounts where public_id = 'operator'`,
  );
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const token = await bank.token('operator', ['user', 'pay_admin', 'finance']);
    const answer = await fetch(`${bank.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  };
  const fund = { currency: 'PKR', amount: '1000.00' };
  const funding = '/api/v1/operator/funding';
  await post(funding, { ...fund, account: 'credit_line', note: 'week 47' });
  const town: OrderTown = {
    ...story,
    person: () => registerPerson(post),
    till: async () => {
      const till = await registerTill(post);
      const named = { tenant_type: 'agent', tenant_id: till.deviceId };
      const note = 'week 47';
      await post(funding, { ...fund, ...named, account: 'float', amount: '100.00', note });
      return till;
    },
    walletOf: async (account) => {
      const { rows } = await database.ownerPool.query<{ number: bigint }>(
        `select w.number from wallets as w join accounts as a on a.id = w.account_id
          where a.public_id = $1 and w.kind = 'current' and w.currency = $2`,
        [account, PKR],
      );
      return Number(rows[0]?.number ?? 0n);
    },
    entry: signEntry,
    bundle: async (till, cashIns, taking = {}) => {
      const carrier = await carrierOf(till, cashIns);
      await takeBundle(story, carrier, taking);
      const payloadHash = sha256(carrier.payload);
      const orders = cashIns.map((_, ordinal) => encodeDeviceOrder({ payloadHash, ordinal }));
      return encodeCbor([encodeBundleCarrier(carrier), ...orders]);
    },
    hand: async (batch) => {
      const answer = await fetch(`${bank.url}/api/v1/documents`, {
        method: 'POST',
        headers: {
          'content-type': 'application/cbor',
          authorization: `Bearer ${await bank.token('bilal')}`,
        },
        body: Buffer.from(batch),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      const { outcomes } = JSON.parse(text) as { outcomes: { result: string; code?: string }[] };
      return outcomes.map(({ result, code }) => (result === 'rejected' ? (code ?? '') : result));
    },
  };
  return town;
}

type Post = (path: string, body: object) => Promise<Record<string, unknown>>;

async function newSigner(): Promise<Signer> {
  return nodeSigner('ES256', (await generateNodeSigningKey('ES256')).privateKey);
}

function publicJwk({ publicKey }: Signer): JsonWebKey {
  const key = Buffer.from(publicKeySpki('ES256', publicKey));
  return createPublicKey({ key, format: 'der', type: 'spki' }).export({ format: 'jwk' });
}

/** With the point as tills write it, not compressed. */
function publicPem(signer: Signer): string {
  const key = createPublicKey({ key: publicJwk(signer), format: 'jwk' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

async function registerPerson(post: Post): Promise<LedgerSender> {
  const signer = await newSigner();
  const registered = await post('/kyc/register', {
    ...{ full_name: 'Ayesha Bibi', email_or_phone: 'ayesha@example.com', role: 'both' },
    public_key: publicJwk(signer),
  });
  const userId = String(registered['user_id']);
  await post('/kyc/approve', { user_id: userId, kyc_status: 'approved' });
  const asked = await post('/wallets/request', { user_id: userId, requested_limit: 100 });
  const walletId = String(asked['wallet_id']);
  await post('/wallets/approve', { wallet_id: walletId, status: 'approved' });
  return { userId, walletId, signer };
}

async function registerTill(post: Post): Promise<OrderTill> {
  const signer = await newSigner();
  const deviceId = `till-${randomBytes(6).toString('hex')}`;
  await post('/offline/devices', {
    ...{ device_id: deviceId, tenant_type: 'agent', tenant_id: deviceId },
    ...{ pubkey_pem: publicPem(signer) },
    ...{ country: 'PK', currency_default: 'PKR' },
  });
  return { deviceId, signer };
}

async function signEntry(
  from: LedgerSender,
  to: LedgerSender,
  { amount = '5', txnId = randomUUID(), walletId = '' }: EntryFields = {},
): Promise<Uint8Array> {
  const timestamp = '2026-11-21T03:00:00.123Z';
  const named = { txnId, fromId: from.userId, toId: to.userId, prevHash: '' };
  const text = await signLedgerTransaction({ ...named, amount, walletId, timestamp }, from.signer);
  const { hash } = JSON.parse(text) as { readonly hash: string };
  const upload = await openLedgerUpload(ledgerEntryText(undefined, { text, hash }).text, []);
  const entry = upload.ok ? upload.value.entries[0] : undefined;
  if (entry === undefined) throw new Error('The entry cannot be read.');
  return encodeLedgerItem(entry.transaction);
}

/** A till's bundle, sealed to nobody: the content's key stands in the carrier. */
async function carrierOf(
  { deviceId, signer }: OrderTill,
  cashIns: readonly CashIn[],
): Promise<BundleCarrier> {
  const [contentKey, iv] = [new Uint8Array(randomBytes(32)), new Uint8Array(randomBytes(12))];
  const bundleId = `bundle-${randomBytes(8).toString('hex')}`;
  const at = '2026-11-21T03:00:00Z';
  const content = JSON.stringify({
    ...{ bundle_id: bundleId, device_id: deviceId, nonce: bundleId, device_clock: at },
    transactions: cashIns.map(({ localId = randomUUID(), amount = 5, receiver }) => ({
      ...{ local_id: localId, type: 'cashin', amount, currency: 'PKR', sender: deviceId },
      ...{ receiver: String(receiver), initiated_at: at },
    })),
  });
  const sealed = await sealContent(utf8(content), { key: contentKey, iv });
  const envelope = {
    ...{ key_wrapped: encodeBase64(randomBytes(40)), iv: encodeBase64(iv) },
    ...{ tag: encodeBase64(sealed.subarray(-16)), cipher: encodeBase64(sealed.subarray(0, -16)) },
  };
  const payload = utf8(JSON.stringify(envelope));
  return { payload, contentKey, deviceId, bundleId, signature: await der(signer, payload) };
}

async function der(signer: Signer, payload: Uint8Array): Promise<Uint8Array> {
  return derSignature('ES256', await signer.sign(payload));
}

/** The rows that its intake writes of a bundle. */
async function takeBundle(
  { database: { ownerPool } }: StoryBank,
  carrier: BundleCarrier,
  { cleared = true, own = true, payee }: Taking,
): Promise<void> {
  const opened = await openBundleCarrier(carrier);
  if (!opened.ok) throw new Error(opened.detail);
  const { transactions } = opened.value;
  const { rows } = await ownerPool.query<{ id: bigint; till: bigint }>(
    `insert into device_bundles (bundle_id, till, payload_sha256, nonce, verdict, review, tx_count,
        device_clock, received_at, cleared_at)
      select $1, no, $2, $1, $3, $4, $5, now(), now(), $6::timestamptz
        from tills where device_id = $7
      returning id, till`,
    [
      ...[carrier.bundleId, sha256(carrier.payload)],
      ...(cleared ? ['accepted', null] : ['pending_review', 0]),
      ...[transactions.length, cleared ? new Date() : null, carrier.deviceId],
    ],
  );
  await ownerPool.query(
    `select audit_record(array['till:' || $1], array['bundle.' || $2], array['bundle:' || $3],
      array['ok'], array[$4], date_trunc('second', now()))`,
    [
      ...[carrier.deviceId, cleared ? 'accepted' : 'pending_review', carrier.bundleId],
      JSON.stringify({ payload: hex(sha256(carrier.payload)), transactions: transactions.length }),
    ],
  );
  for (const [ordinal, { transaction, documentId }] of transactions.entries()) {
    const { localId, amountMinor, currency, sender, receiver } = transaction;
    await ownerPool.query(
      `insert into till_transactions (till, local_id, bundle, ordinal, content_sha256, type, amount,
          currency, sender, receiver, payee_wallet, own, document_id, initiated_at)
        values ($1, $2, $3, $4, $5, 'cashin', $6, $7, $8, $9, $10, $11, $12, now())
        on conflict (till, local_id) do nothing`,
      [
        ...[rows[0]?.till, localId, rows[0]?.id, ordinal, deviceTransactionContent(transaction)],
        ...[amountMinor, currency, sender, receiver, BigInt(payee ?? receiver), own, documentId],
      ],
    );
  }
}
