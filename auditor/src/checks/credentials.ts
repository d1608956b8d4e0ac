import { decodePacketOfKind, proveIssued, suiteNumber } from '@sikka/protocol';
import type { Credential } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { inOrder } from '../book.ts';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { limits } from '../limits.ts';
import { proveStored } from '../proving.ts';
import type { Proved } from '../proving.ts';

interface CredentialRow {
  readonly serial: bigint;
  readonly id: Uint8Array;
  readonly device_no: bigint;
  readonly wallet_number: bigint;
  readonly mode: string;
  readonly currency: number;
  readonly name: string;
  readonly town: string;
  readonly from_s: bigint;
  readonly until_s: bigint;
  readonly packet: Uint8Array;
  readonly suite: number | null;
  readonly public_key: Uint8Array | null;
  readonly device_account: bigint | null;
  readonly wallet_account: bigint | null;
  readonly wallet_currency: number | null;
}

/**
 * Each credential is signed by the bank, is in its table as signed, names a device's own key, and
 * names a wallet of that device's owner.
 */
export async function auditCredentials(audit: Audit): Promise<void> {
  const options = { rows: limits.packetRows };
  for await (const rows of audit.snapshot.pages<CredentialRow>(CREDENTIALS, options)) {
    const page = audit.book.page('credentials');
    await inOrder(page, rows, (row, line) => auditCredential(audit, row, line));
  }
}

async function auditCredential(audit: Audit, row: CredentialRow, page: Page): Promise<void> {
  page.saw();
  const where = { table: 'credentials', key: { serial: row.serial } };
  const proved = await prove(audit, page, row);
  if (proved === undefined) return;
  const { id, fields } = proved;
  compareColumns(page, where, [
    ['id', id, row.id],
    ['serial', fields.serial, row.serial],
    ['device_no', fields.till, row.device_no],
    ['wallet_number', fields.wallet, row.wallet_number],
    ['mode', fields.mode, row.mode],
    ['currency', fields.currency, row.currency],
    ['name', fields.name, row.name],
    ['town', fields.town, row.town],
    ['from_s', fields.from, row.from_s],
    ['until_s', fields.until, row.until_s],
    ["the device's suite", suiteNumber(fields.suite), row.suite],
    ["the device's key", fields.publicKey, row.public_key],
    ["the wallet's owner", row.device_account, row.wallet_account],
    ["the wallet's currency", fields.currency, row.wallet_currency],
  ]);
}

/** A printed code is stored as it is printed (kind 8), a dynamic credential as kind 9. */
async function prove(
  audit: Audit,
  page: Page,
  { serial, mode, packet }: CredentialRow,
): Promise<Proved<'credential'> | undefined> {
  const where = { table: 'credentials', key: { serial } };
  const printed = mode === 'static' ? decodePacketOfKind('printed-code', packet) : undefined;
  if (printed?.ok !== true) {
    return proveStored(audit, page, { type: 'credential', packet, where });
  }
  const { credential, credentialId } = printed.value;
  const issued = await proveIssued(credential, audit.trust);
  if (issued.ok) return { id: credentialId, fields: credential.fields satisfies Credential };
  const found = `${issued.code}: ${issued.detail}`;
  page.wrong({ ...where, what: 'not signed by the bank', expected: 'credential', found });
  return undefined;
}

const CREDENTIALS = `
  select c.serial, c.id, c.device_no, c.wallet_number, c.mode, c.currency, c.name, c.town,
    c.from_s, c.until_s, c.packet, d.suite, d.public_key, d.account_id as device_account,
    w.account_id as wallet_account, w.currency as wallet_currency
  from credentials as c
  left join devices as d on d.no = c.device_no
  left join wallets as w on w.number = c.wallet_number
  order by c.serial`;
