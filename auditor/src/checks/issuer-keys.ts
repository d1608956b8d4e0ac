import { hasPublicKeyForm } from '@sikka/protocol';
import type { IssuerKey, Suite } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { compareColumns, secondsOf } from '../columns.ts';

interface KeyRow {
  readonly number: number;
  readonly suite: Suite;
  readonly public_key: Uint8Array;
  readonly valid_from: Date;
  readonly valid_until: Date;
}

/**
 * The keys given by the caller are the trust; the database's must be the same under the same
 * numbers. A number that was not given may still be announced by a bulletin that a trusted key
 * signed. Where none were given, the database's own are taken at their word.
 */
export async function auditIssuerKeys({ snapshot, book, given, issuers }: Audit): Promise<void> {
  const page = book.page('issuer keys');
  const rows = await snapshot.query<KeyRow>(KEYS);
  const stored = new Map(rows.map((row) => [row.number, row]));
  for (const row of rows) {
    page.saw();
    const key = { number: row.number };
    if (!hasPublicKeyForm(row.suite, row.public_key)) {
      const expected = `a public key of ${row.suite}`;
      const what = 'the public key is not of its suite';
      page.wrong({ table: 'issuer_keys', key, what, expected, found: row.public_key });
      continue;
    }
    if (given === undefined) {
      issuers.set(row.number, issuerOf(row));
      continue;
    }
    const trusted = given.get(row.number);
    if (trusted === undefined) continue;
    compareColumns(page, { table: 'issuer_keys', key }, [
      ['suite', trusted.suite, row.suite],
      ['public_key', trusted.publicKey, row.public_key],
    ]);
  }
  for (const trusted of given?.values() ?? []) {
    if (stored.has(trusted.number)) continue;
    page.wrong({
      table: 'issuer_keys',
      key: { number: trusted.number },
      what: 'a key that you trust is not there: keys are never removed',
      expected: trusted.publicKey,
      found: undefined,
    });
  }
  if (given === undefined) page.note("keys taken at the database's word");
}

function issuerOf(row: KeyRow): IssuerKey {
  return {
    number: row.number,
    suite: row.suite,
    publicKey: new Uint8Array(row.public_key),
    from: secondsOf(row.valid_from),
    until: secondsOf(row.valid_until),
  };
}

/** Not the sealed private half: an auditor's role need not be let see it. */
const KEYS = `
  select number, suite, public_key, valid_from, valid_until from issuer_keys order by number`;
