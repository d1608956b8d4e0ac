import { suiteOf } from '@sikka/protocol';
import type { Allowance, Suite } from '@sikka/protocol';
import type { Db, Tx } from '../../db/index.ts';
import type { AccountId } from '../../ledger/index.ts';
import type { AllowanceRecord, AllowanceStatus } from './records.ts';
import type { Policy, Standing } from './rules.ts';

export interface EnrolledDevice {
  readonly no: bigint;
  readonly accountId: bigint;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  readonly role: 'payer' | 'payee' | 'both';
  readonly status: 'active' | 'suspended' | 'revoked';
}

interface DeviceRow {
  readonly no: bigint;
  readonly account_id: bigint;
  readonly suite: number;
  readonly public_key: Buffer;
  readonly role: EnrolledDevice['role'];
  readonly status: EnrolledDevice['status'];
}

export async function readDevice(db: Db, keyHash: Uint8Array): Promise<EnrolledDevice | undefined> {
  const { rows } = await db.query<DeviceRow>(
    'select no, account_id, suite, public_key, role, status from devices where key_hash = $1',
    [keyHash],
  );
  const [row] = rows;
  const suite = row && suiteOf(row.suite);
  if (row === undefined || suite === undefined) return undefined;
  const { no, account_id: accountId, role, status } = row;
  return { no, accountId, suite, publicKey: new Uint8Array(row.public_key), role, status };
}

/** The lock under which a person's allowances are counted: first of all locks. */
export async function lockAccount(tx: Tx, accountId: bigint): Promise<Standing['account']> {
  const { rows } = await tx.query<Standing['account']>(
    'select status from accounts where id = $1 for no key update',
    [accountId],
  );
  const [account] = rows;
  if (account === undefined) throw new Error(`There is no account ${accountId}.`);
  return account;
}

export interface FirstAllowance {
  readonly no: bigint;
  readonly requestId: Uint8Array;
}

/** What this device was given for this journal. */
export async function readFirstAllowance(
  tx: Tx,
  deviceNo: bigint,
  journalNonce: Uint8Array,
): Promise<FirstAllowance | undefined> {
  const { rows } = await tx.query<{ no: bigint; request_id: Buffer }>(
    'select no, request_id from allowances where device_no = $1 and journal_nonce = $2',
    [deviceNo, journalNonce],
  );
  return rows.map((row) => ({ no: row.no, requestId: row.request_id }))[0];
}

interface PolicyRow {
  readonly currency: number;
  readonly epoch: number;
  readonly limit_minor: bigint;
  readonly per_payment_minor: bigint;
  readonly count: number;
  readonly valid_days: number;
  readonly claim_days: number;
  readonly max_per_account_minor: bigint;
  readonly max_per_device_minor: bigint;
}

/** The policy in force: the latest whose date has come. */
export async function readPolicy(db: Db, currency: number, at: Date): Promise<Policy | undefined> {
  const { rows } = await db.query<PolicyRow>(
    `select currency, epoch, limit_minor, per_payment_minor, count, valid_days, claim_days,
        max_per_account_minor, max_per_device_minor
      from allowance_policies where currency = $1 and valid_from <= $2
      order by valid_from desc, epoch desc limit 1`,
    [currency, at],
  );
  return rows.map((row) => ({
    currency: row.currency,
    epoch: row.epoch,
    limitMinor: row.limit_minor,
    perPaymentMinor: row.per_payment_minor,
    count: row.count,
    validDays: row.valid_days,
    claimDays: row.claim_days,
    maxPerAccountMinor: row.max_per_account_minor,
    maxPerDeviceMinor: row.max_per_device_minor,
  }))[0];
}

export interface OfflineWallet {
  readonly number: number;
  readonly ledgerAccount: AccountId;
  readonly status: 'active' | 'inactive';
}

interface OfflineWalletRow {
  readonly number: bigint;
  readonly ledger_account: bigint;
  readonly status: OfflineWallet['status'];
}

export async function readWalletOf(
  db: Db,
  accountId: bigint,
  currency: number,
): Promise<OfflineWallet | undefined> {
  const { rows } = await db.query<OfflineWalletRow>(
    `select number, ledger_account, status from wallets
      where account_id = $1 and kind = 'offline' and currency = $2`,
    [accountId, currency],
  );
  return rows.map((row) => ({
    number: Number(row.number),
    ledgerAccount: row.ledger_account,
    status: row.status,
  }))[0];
}

interface OutstandingRow {
  readonly account_minor: bigint;
  readonly device_minor: bigint;
}

/** Reserved and neither settled nor given back; a person has one offline wallet a currency. */
export async function readOutstanding(
  tx: Tx,
  { wallet, deviceNo }: { readonly wallet: number | undefined; readonly deviceNo: bigint },
): Promise<Standing['outstanding']> {
  if (wallet === undefined) return { accountMinor: 0n, deviceMinor: 0n };
  const { rows } = await tx.query<OutstandingRow>(
    `select
        coalesce(sum(left_minor), 0)::bigint as account_minor,
        coalesce(sum(left_minor) filter (where device_no = $2), 0)::bigint as device_minor
      from (
        select a.device_no, s.limit_minor - s.settled_minor - s.released_minor as left_minor
        from allowances as a join allowance_states as s on s.no = a.no
        where a.payer_wallet = $1
      ) as outstanding`,
    [wallet, deviceNo],
  );
  const [row] = rows;
  return { accountMinor: row?.account_minor ?? 0n, deviceMinor: row?.device_minor ?? 0n };
}

export async function drawSerial(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ serial: bigint }>(
    `select nextval('allowance_serials') as serial`,
  );
  return Number(rows[0]?.serial);
}

export interface NewAllowance {
  readonly fields: Allowance;
  readonly id: Uint8Array;
  readonly packet: Uint8Array;
  readonly requestId: Uint8Array;
  readonly request: Uint8Array;
  readonly accountId: bigint;
  readonly deviceNo: bigint;
  readonly payerWallet: number;
  readonly reservation: AccountId;
  readonly at: Date;
}

export async function insertAllowance(tx: Tx, allowance: NewAllowance): Promise<void> {
  const { fields } = allowance;
  await tx.query(
    `insert into allowances (no, id, account_id, device_no, payer_wallet, journal_nonce, currency,
        limit_minor, per_payment_minor, count, first_sequence, from_s, until_s, claim_until_s,
        policy_epoch, ledger_account, packet, request, request_id, issued_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20)`,
    [
      fields.serial,
      allowance.id,
      allowance.accountId,
      allowance.deviceNo,
      allowance.payerWallet,
      fields.journalNonce,
      fields.currency,
      fields.limitMinor,
      fields.perPaymentMinor,
      fields.count,
      fields.firstSequence,
      fields.from,
      fields.until,
      fields.claimUntil,
      fields.policyEpoch,
      allowance.reservation,
      allowance.packet,
      allowance.request,
      allowance.requestId,
      allowance.at,
    ],
  );
  await tx.query(
    `insert into allowance_states (no, status, limit_minor, claim_until_s, changed_at)
      values ($1, 'active', $2, $3, $4)`,
    [fields.serial, fields.limitMinor, fields.claimUntil, allowance.at],
  );
}

interface AllowanceRow {
  readonly no: bigint;
  readonly id: Buffer;
  readonly device_no: bigint;
  readonly payer_wallet: bigint;
  readonly currency: number;
  readonly limit_minor: bigint;
  readonly per_payment_minor: bigint;
  readonly count: number;
  readonly first_sequence: number;
  readonly from_s: bigint;
  readonly until_s: bigint;
  readonly claim_until_s: bigint;
  readonly status: AllowanceStatus;
  readonly settled_minor: bigint;
  readonly released_minor: bigint;
  readonly issued_at: Date;
  readonly packet: Buffer;
}

const ALLOWANCE = `select a.no, a.id, a.device_no, a.payer_wallet, a.currency, a.limit_minor,
    a.per_payment_minor, a.count, a.first_sequence, a.from_s, a.until_s, a.claim_until_s,
    s.status, s.settled_minor, s.released_minor, a.issued_at, a.packet
  from allowances as a join allowance_states as s on s.no = a.no`;

export async function readAllowance(db: Db, no: bigint): Promise<AllowanceRecord | undefined> {
  const { rows } = await db.query<AllowanceRow>(`${ALLOWANCE} where a.no = $1`, [no]);
  return rows.map(recordOf)[0];
}

export async function readAllowancesOf(
  db: Db,
  accountId: bigint,
  most: number,
): Promise<readonly AllowanceRecord[]> {
  const { rows } = await db.query<AllowanceRow>(
    `${ALLOWANCE} where a.account_id = $1 order by a.no desc limit $2`,
    [accountId, most],
  );
  return rows.map(recordOf);
}

function recordOf(row: AllowanceRow): AllowanceRecord {
  return {
    no: row.no,
    id: new Uint8Array(row.id),
    deviceNo: row.device_no,
    wallet: Number(row.payer_wallet),
    currency: row.currency,
    limitMinor: row.limit_minor,
    perPaymentMinor: row.per_payment_minor,
    count: row.count,
    firstSequence: row.first_sequence,
    from: Number(row.from_s),
    until: Number(row.until_s),
    claimUntil: Number(row.claim_until_s),
    status: row.status,
    settledMinor: row.settled_minor,
    releasedMinor: row.released_minor,
    issuedAt: row.issued_at,
    packet: new Uint8Array(row.packet),
  };
}
