import { keyHash, suiteNumber } from '@sikka/protocol';
import type { Allowance, SigningKey } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { inOrder } from '../book.ts';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { limits } from '../limits.ts';
import { proveStored } from '../proving.ts';

interface AllowanceRow {
  readonly no: bigint;
  readonly id: Uint8Array;
  readonly account_id: bigint;
  readonly account: string | null;
  readonly journal_nonce: Uint8Array;
  readonly currency: number;
  readonly limit_minor: bigint;
  readonly per_payment_minor: bigint;
  readonly count: number;
  readonly first_sequence: number;
  readonly from_s: bigint;
  readonly until_s: bigint;
  readonly claim_until_s: bigint;
  readonly policy_epoch: number;
  readonly packet: Uint8Array;
  readonly request: Uint8Array;
  readonly request_id: Uint8Array;
  readonly device_account: bigint | null;
  readonly suite: number | null;
  readonly public_key: Uint8Array | null;
  readonly wallet_account: bigint | null;
  readonly wallet_kind: string | null;
  readonly wallet_currency: number | null;
  readonly ledger_kind: string | null;
  readonly ledger_currency: number | null;
}

/**
 * Each allowance is signed by the bank and in its table as signed; it is for the device whose
 * request it answers, which that device signed; it draws on its owner's offline wallet and has a
 * reservation of its own.
 */
export async function auditAllowances(audit: Audit): Promise<void> {
  const options = { rows: limits.packetRows };
  for await (const rows of audit.snapshot.pages<AllowanceRow>(ALLOWANCES, options)) {
    const page = audit.book.page('allowances');
    await inOrder(page, rows, (row, line) => auditAllowance(audit, row, line));
  }
}

async function auditAllowance(audit: Audit, row: AllowanceRow, page: Page): Promise<void> {
  page.saw();
  const where = { table: 'allowances', key: { no: row.no } };
  const stored = { type: 'allowance', packet: row.packet, where } as const;
  const proved = await proveStored(audit, page, stored);
  if (proved === undefined) return;
  const { id, fields } = proved;
  const isAsSigned = compareColumns(page, where, [
    ['id', id, row.id],
    ['no', fields.serial, row.no],
    ['journal_nonce', fields.journalNonce, row.journal_nonce],
    ['currency', fields.currency, row.currency],
    ['limit_minor', fields.limitMinor, row.limit_minor],
    ['per_payment_minor', fields.perPaymentMinor, row.per_payment_minor],
    ['count', fields.count, row.count],
    ['first_sequence', fields.firstSequence, row.first_sequence],
    ['from_s', fields.from, row.from_s],
    ['until_s', fields.until, row.until_s],
    ['claim_until_s', fields.claimUntil, row.claim_until_s],
    ['policy_epoch', fields.policyEpoch, row.policy_epoch],
    ["the device's suite", suiteNumber(fields.suite), row.suite],
    ["the device's key", fields.publicKey, row.public_key],
    ["the device's owner", row.account_id, row.device_account],
    ["the wallet's owner", row.account_id, row.wallet_account],
    ["the wallet's kind", 'offline', row.wallet_kind],
    ["the wallet's currency", fields.currency, row.wallet_currency],
    ["the ledger account's kind", 'reservation', row.ledger_kind],
    ["the ledger account's currency", fields.currency, row.ledger_currency],
  ]);
  if (isAsSigned) await auditRequest(audit, page, { row, granted: fields });
}

/** The device asked for it: its signature, over its own key's hash, nonce, amount and currency. */
async function auditRequest(
  audit: Audit,
  page: Page,
  { row, granted }: { readonly row: AllowanceRow; readonly granted: Allowance },
): Promise<void> {
  const where = { table: 'allowances', key: { no: row.no } };
  const device: SigningKey = { suite: granted.suite, publicKey: granted.publicKey };
  const stored = { type: 'allowance-request', packet: row.request, device, where } as const;
  const asked = await proveStored(audit, page, stored);
  if (asked === undefined) return;
  const { id, fields } = asked;
  compareColumns(page, where, [
    ['request_id', id, row.request_id],
    ['account_id', fields.account, row.account],
    ["the request's key", fields.keyHash, keyHash(device.suite, device.publicKey)],
    ['journal_nonce', fields.journalNonce, row.journal_nonce],
    ['currency', fields.currency, row.currency],
    ["the request's bank", audit.bank, fields.bank],
  ]);
  if (granted.limitMinor > fields.amountMinor) {
    const what = 'the limit is more than was asked for';
    page.wrong({ ...where, what, expected: fields.amountMinor, found: granted.limitMinor });
  }
}

const ALLOWANCES = `
  select a.no, a.id, a.account_id, o.public_id as account, a.journal_nonce, a.currency,
    a.limit_minor, a.per_payment_minor, a.count, a.first_sequence, a.from_s, a.until_s,
    a.claim_until_s, a.policy_epoch, a.packet, a.request, a.request_id,
    d.account_id as device_account, d.suite, d.public_key,
    w.account_id as wallet_account, w.kind as wallet_kind, w.currency as wallet_currency,
    l.kind as ledger_kind, l.currency as ledger_currency
  from allowances as a
  left join accounts as o on o.id = a.account_id
  left join devices as d on d.no = a.device_no
  left join wallets as w on w.number = a.payer_wallet
  left join ledger_accounts as l on l.id = a.ledger_account
  order by a.no`;
