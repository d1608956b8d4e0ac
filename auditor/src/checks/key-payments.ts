import { equalBytes, proveWalletKey, readWalletKeyItem, sha256 } from '@sikka/protocol';
import type { VerifiedKeyPayment, WalletKey } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { inOrder } from '../book.ts';
import type { Page } from '../book.ts';
import { compareColumns, secondsOf } from '../columns.ts';
import { withUploads } from '../evidence.ts';
import type { Item, Upload } from '../evidence.ts';
import { limits } from '../limits.ts';
import type { Leaf, PlacedRow } from './log.ts';

/** A settled payment by a wallet's key with the rows that it stands on. */
interface KeyPaymentRow extends PlacedRow {
  readonly payment_id: Uint8Array;
  readonly payer_wallet: bigint;
  readonly key_id: Uint8Array;
  readonly amount: bigint;
  readonly currency: number;
  readonly payee_wallet: bigint;
  readonly upload_id: bigint;
  readonly item: number;
  readonly evidence_at: number;
  readonly item_sha256: Uint8Array;
  readonly settled_at: Date;
  readonly batch_upload: bigint | null;
  readonly batch_at: Date | null;
  readonly received_at: Date | null;
  /** Of the row that holds its nonce; null where that is gone. */
  readonly claimed_id: Uint8Array | null;
  readonly claimed_nonce: string | null;
  readonly payee_key: Uint8Array | null;
  /** When the payer stored it himself; null where he did not. */
  readonly stored_at: Date | null;
  readonly modulus: Uint8Array | null;
  readonly key_wallet: bigint | null;
  readonly origin: string | null;
  readonly key_from: Date | null;
  readonly key_until: Date | null;
  readonly payer_kind: string | null;
  readonly payer_currency: number | null;
  readonly payer: string | null;
  readonly payee_key_wallet: bigint | null;
  readonly payee: string | null;
}

/**
 * Proves every settled payment by a wallet's key again from the bytes that were handed in, in the
 * order of the log (spec/wallet-key.md), and answers the leaves that those bytes ask for.
 */
export async function* keyPaymentLeaves(audit: Audit): AsyncGenerator<Leaf> {
  for await (const rows of audit.snapshot.pages<KeyPaymentRow>(KEY_PAYMENTS)) {
    const chunks = withUploads(audit.snapshot, rows, (row) => row.upload_id);
    for await (const chunk of chunks) yield* await auditChunk(audit, chunk);
  }
}

/** What the bytes of an item prove by this key; else why they do not, in words. */
export async function proveByKey(
  { verifier }: Pick<Audit, 'verifier'>,
  bytes: Uint8Array,
  { id, modulus }: Omit<WalletKey, 'modulus'> & { readonly modulus: Uint8Array | null },
): Promise<VerifiedKeyPayment | string> {
  const read = readWalletKeyItem(bytes);
  if (!read.ok) return `${read.code}: ${read.detail}`;
  if (modulus === null) return 'no key of this id';
  const proved = await proveWalletKey(read.value, { id, modulus }, verifier);
  return proved.ok ? proved.value : `${proved.code}: ${proved.detail}`;
}

interface Chunk {
  readonly rows: readonly KeyPaymentRow[];
  readonly uploads: ReadonlyMap<bigint, Upload>;
}

async function auditChunk(audit: Audit, { rows, uploads }: Chunk): Promise<readonly Leaf[]> {
  const proved = await inOrder(audit.book.page('key payments'), rows, (row, page) =>
    auditOne(audit, page, { row, item: uploads.get(row.upload_id)?.items?.[row.item] }),
  );
  return rows.map((row, index) => ({ row, entry: entryOf(row, proved[index]) }));
}

/** The leaf that the evidence asks for; where there is none, what the table says. */
function entryOf(row: KeyPaymentRow, proved: VerifiedKeyPayment | undefined): Leaf['entry'] {
  return {
    paymentId: proved?.paymentId ?? row.payment_id,
    // Its authority stands in the allowance's place (spec/log.md §1).
    allowanceId: proved?.authority.keyId ?? row.key_id,
    amountMinor: proved?.amountMinor ?? row.amount,
    currency: proved?.currency ?? row.currency,
    payeeWallet: Number(row.payee_key_wallet ?? row.payee_wallet),
    settledAt: Math.floor(secondsOf(row.settled_at)),
  };
}

interface Case {
  readonly row: KeyPaymentRow;
  readonly item: Item | undefined;
}

/** Answers the payment that the evidence proves, where it is this row's. */
async function auditOne(
  audit: Audit,
  page: Page,
  { row, item }: Case,
): Promise<VerifiedKeyPayment | undefined> {
  page.saw();
  const where = { table: 'settled_key_payments', key: { payment_id: row.payment_id } };
  if (item === undefined) {
    const expected = `item ${row.item} of upload ${row.upload_id}`;
    const what = 'there is no evidence for this payment';
    page.wrong({ ...where, what, expected, found: undefined });
    return undefined;
  }
  const key = { id: row.key_id, modulus: row.modulus };
  const proved = await proveByKey(audit, item.bytes, key);
  if (typeof proved === 'string') {
    const what = 'the evidence does not prove a payment';
    const expected = 'a payment that this key of its payer’s wallet signed';
    page.wrong({ ...where, what, expected, found: proved });
    return undefined;
  }
  const isAsSigned = compareColumns(page, where, [
    ['payment_id', proved.paymentId, row.payment_id],
    ['payer_wallet', proved.payerWallet, row.payer_wallet],
    ['amount', proved.amountMinor, row.amount],
    ['currency', proved.currency, row.currency],
    ['item_sha256', sha256(item.bytes), row.item_sha256],
    ['evidence_at', item.at, row.evidence_at],
    ['upload_id', row.batch_upload, row.upload_id],
    ['settled_at', row.batch_at, row.settled_at],
    // The row that holds its nonce, which another pass proves by itself.
    ['key_payment', proved.paymentId, row.claimed_id],
    ['nonce', proved.nonce, row.claimed_nonce],
    ['payee_key', proved.payeeKey, row.payee_key],
    ['payee_wallet', row.payee_key_wallet, row.payee_wallet],
  ]);
  if (row.origin === 'escrow') page.note('paid under keys that the bank made');
  const reason = isAsSigned ? reasonAgainst(row, proved) : undefined;
  if (reason !== undefined) {
    const what = 'it should not have settled';
    page.wrong({ ...where, what, expected: 'acceptable', found: reason });
  }
  return equalBytes(proved.paymentId, row.payment_id) ? proved : undefined;
}

/** The rules of spec/wallet-key.md §6 that follow from bytes and dates. */
function reasonAgainst(row: KeyPaymentRow, proved: VerifiedKeyPayment): string | undefined {
  if (row.key_wallet !== row.payer_wallet || !spoke(row)) return 'payer_key_retired';
  if (!agrees(row, proved)) return 'payee_mismatch';
  if (row.payer_kind !== 'offline' || row.payer_currency !== row.currency) return 'wrong_currency';
  const received = row.received_at === null ? Infinity : secondsOf(row.received_at);
  const isBefore = secondsOf(row.settled_at) + limits.clockSeconds < received;
  return isBefore ? 'settled before it was received' : undefined;
}

/** At a time of authority: when it was decided, received, or stored by its payer himself. */
function spoke({ key_from, key_until, settled_at, received_at, stored_at }: KeyPaymentRow) {
  if (key_from === null) return false;
  const from = secondsOf(key_from) - limits.clockSeconds;
  const until = key_until === null ? Infinity : secondsOf(key_until) + limits.clockSeconds;
  return [settled_at, received_at, stored_at].some((time) => {
    return time !== null && from <= secondsOf(time) && secondsOf(time) <= until;
  });
}

/** What the text covers beyond the six members is true of the keys. */
function agrees(row: KeyPaymentRow, { says }: VerifiedKeyPayment): boolean {
  const named: readonly (readonly [string, readonly (string | null)[]])[] = [
    ['receiver_wallet_id', [String(row.payee_wallet)]],
    ['payee_id', [row.payee, String(row.payee_wallet)]],
    ['payer_id', [row.payer, String(row.payer_wallet)]],
  ];
  return named.every(([name, allowed]) => {
    const said = says.get(name) ?? '';
    return said === '' || allowed.includes(said);
  });
}

const KEY_PAYMENTS = `
  select 'settled_key_payments' as named_by, s.payment_id, s.payer_wallet, s.key_id, s.amount,
    s.currency, s.payee_wallet, s.upload_id, s.item, s.evidence_at, s.item_sha256, s.settled_at,
    s.batch_id, s.ordinal, b.upload_id as batch_upload, b.at as batch_at,
    b.settled as batch_settled, u.received_at, n.payment_id as claimed_id,
    n.nonce as claimed_nonce, n.payee_key,
    case when n.stored_by = 'sign_and_store' then n.received_at end as stored_at,
    k.modulus, k.wallet as key_wallet, k.origin, k.created_at as key_from,
    k.retired_at as key_until, p.kind as payer_kind, p.currency as payer_currency,
    pa.public_id as payer, e.wallet as payee_key_wallet, ea.public_id as payee,
    l.first_position, l.count, w.count as waiting
  from settled_key_payments as s
  left join settlement_batches as b on b.id = s.batch_id
  left join uploads as u on u.id = s.upload_id
  left join key_payments as n on n.id = s.key_payment
  left join wallet_keys as k on k.id = s.key_id
  left join wallets as p on p.number = s.payer_wallet
  left join accounts as pa on pa.id = p.account_id
  left join wallet_keys as e on e.id = n.payee_key
  left join wallets as ew on ew.number = e.wallet
  left join accounts as ea on ea.id = ew.account_id
  left join log_batches as l on l.batch_id = s.batch_id
  left join log_pending as w on w.batch_id = s.batch_id
  order by l.first_position nulls last, s.batch_id, s.ordinal`;
