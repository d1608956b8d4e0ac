import type { Bulletin } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { compareColumns, secondsOf } from '../columns.ts';
import { limits } from '../limits.ts';

/**
 * What the newest bulletin tells everybody is what the tables say: until when issuer keys count,
 * the policy in force, and whatever it revokes. Nothing is ever un-revoked, so a row behind a
 * published revocation has to be revoked; what was revoked before it has to be in it.
 */
export async function auditAnnounced(audit: Audit, bulletin: Bulletin): Promise<void> {
  await auditKeyDates(audit, bulletin);
  await auditPolicies(audit, bulletin);
  await auditRevoked(audit, bulletin);
}

interface KeyDates {
  readonly number: number;
  readonly valid_from: Date;
  readonly valid_until: Date;
}

async function auditKeyDates({ snapshot, book }: Audit, { issuerKeys }: Bulletin): Promise<void> {
  const page = book.page('issuer keys');
  const rows = await snapshot.query<KeyDates>(KEY_DATES);
  const stored = new Map(rows.map((row) => [row.number, row]));
  for (const { number, from, until } of issuerKeys) {
    const row = stored.get(number);
    compareColumns(page, { table: 'issuer_keys', key: { number } }, [
      ['valid_from', from, row && Math.floor(secondsOf(row.valid_from))],
      ['valid_until', until, row && Math.floor(secondsOf(row.valid_until))],
    ]);
  }
}

interface InForce {
  readonly currency: number;
  readonly epoch: number;
}

async function auditPolicies({ snapshot, book }: Audit, bulletin: Bulletin): Promise<void> {
  const page = book.page('bulletins');
  const rows = await snapshot.query<InForce>(IN_FORCE, [bulletin.bankTime]);
  const stored = new Map(rows.map(({ currency, epoch }) => [currency, epoch]));
  const announced = new Map(bulletin.policyEpochs.map(({ currency, epoch }) => [currency, epoch]));
  for (const currency of new Set([...stored.keys(), ...announced.keys()])) {
    page.same({
      ...{ table: 'allowance_policies', key: { currency } },
      what: 'the policy in force is not the one that the newest bulletin announced',
      expected: announced.get(currency),
      found: stored.get(currency),
    });
  }
}

async function auditRevoked({ snapshot, book }: Audit, bulletin: Bulletin): Promise<void> {
  const page = book.page('bulletins');
  const { revokedAllowances, revokedDevices, revokedCredentials, bankTime } = bulletin;
  const listed = [revokedAllowances, revokedDevices, revokedCredentials];
  for (const { named_by: table, id } of await snapshot.query<Standing>(STANDING, listed)) {
    const what = 'it was announced as revoked and is not';
    page.wrong({ table, key: { id }, what, expected: 'revoked', found: undefined });
  }
  const values = [revokedCredentials, bankTime, limits.clockSeconds];
  for (const { serial, at } of await snapshot.query<Unannounced>(UNANNOUNCED, values)) {
    const what = 'it is said to be revoked, and the newest bulletin does not say so';
    const where = { table: 'credentials', key: { serial } };
    page.wrong({ ...where, what, expected: undefined, found: at });
  }
}

interface Standing {
  readonly named_by: string;
  readonly id: Uint8Array;
}

interface Unannounced {
  readonly serial: bigint;
  readonly at: Date;
}

const KEY_DATES = 'select number, valid_from, valid_until from issuer_keys order by number';

const IN_FORCE = `
  select currency, max(epoch)::int as epoch from allowance_policies
  where valid_from <= to_timestamp($1) group by currency order by currency`;

const STANDING = `
  select 'allowances' as named_by, n.id from unnest($1::bytea[]) as n (id)
  where not exists (
    select from allowances as a join allowance_states as s on s.no = a.no
    where a.id = n.id and s.revoked_at is not null
  )
  union all
  select 'devices', n.id from unnest($2::bytea[]) as n (id)
  where not exists (select from devices as d where d.key_hash = n.id and d.status = 'revoked')
  union all
  select 'credentials', n.id from unnest($3::bytea[]) as n (id)
  where not exists (select from credentials as c where c.id = n.id and c.revoked_at is not null)
  order by named_by, id`;

const UNANNOUNCED = `
  select serial, revoked_at as at from credentials
  where revoked_at is not null and id <> all ($1::bytea[]) and until_s >= $2
    and extract(epoch from revoked_at) < $2::bigint - $3::int
  order by serial`;
