import { decodePacketOfKind, keyHash, suiteNumber } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { inOrder } from '../book.ts';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { limits } from '../limits.ts';
import { proveStored } from '../proving.ts';
import type { Snapshot } from '../snapshot.ts';

interface DeviceRow {
  readonly no: bigint;
  readonly account: string | null;
  readonly suite: number;
  readonly public_key: Uint8Array;
  readonly key_hash: Uint8Array;
  readonly role: string;
  readonly ecdh_key: Uint8Array | null;
  readonly enrolment: Uint8Array;
}

/** Each device's enrolment is signed by the key that it enrols, and the row says what it says. */
export async function auditDevices(audit: Audit): Promise<void> {
  audit.bank = await readBank(audit.snapshot);
  const options = { rows: limits.packetRows };
  for await (const rows of audit.snapshot.pages<DeviceRow>(DEVICES, options)) {
    await inOrder(audit.book.page('devices'), rows, (row, page) => auditDevice(audit, row, page));
  }
}

async function auditDevice(audit: Audit, row: DeviceRow, page: Page): Promise<void> {
  page.saw();
  const where = { table: 'devices', key: { no: row.no } };
  const enrolment = { type: 'enrolment', packet: row.enrolment, where } as const;
  const proved = await proveStored(audit, page, enrolment);
  if (proved === undefined) return;
  const { bank, account, suite, publicKey, role, ecdhKey } = proved.fields;
  compareColumns(page, where, [
    ['account_id', account, row.account],
    ['suite', suiteNumber(suite), row.suite],
    ['public_key', publicKey, row.public_key],
    ['key_hash', keyHash(suite, publicKey), row.key_hash],
    ['role', role, row.role],
    ['ecdh_key', ecdhKey, row.ecdh_key],
    ["the enrolment's bank", audit.bank, bank],
  ]);
}

/** The bank that the first device enrolled at: every other document has to name the same. */
async function readBank(snapshot: Snapshot): Promise<string | undefined> {
  const [first] = await snapshot.query<{ enrolment: Uint8Array }>(FIRST_ENROLMENT);
  if (first === undefined) return undefined;
  const decoded = decodePacketOfKind('document', first.enrolment);
  if (!decoded.ok) return undefined;
  const { fields } = decoded.value.document;
  return fields.type === 'enrolment' ? fields.bank : undefined;
}

const FIRST_ENROLMENT = 'select enrolment from devices order by no limit 1';

const DEVICES = `
  select d.no, a.public_id as account, d.suite, d.public_key, d.key_hash, d.role, d.ecdh_key,
    d.enrolment
  from devices as d
  left join accounts as a on a.id = d.account_id
  order by d.no`;
