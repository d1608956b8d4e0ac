import { equalBytes } from '@sikka/protocol';
import type { Bulletin, PublishedIssuerKey } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import { compareColumns, secondsOf } from '../columns.ts';
import { limits } from '../limits.ts';
import { proveStored } from '../proving.ts';
import { rowsOf } from '../snapshot.ts';
import { auditAnnounced } from './announced.ts';

interface BulletinRow {
  readonly version: bigint;
  readonly id: Uint8Array;
  readonly packet: Uint8Array;
  readonly at: Date;
}

interface Last {
  readonly version: bigint;
  readonly id: Uint8Array;
  readonly bankTime: number;
  /** Numbers of the issuer keys that it announced; undefined before the first. */
  readonly keys: ReadonlySet<number> | undefined;
  /** What it says, where it is as it was signed. */
  readonly said: Bulletin | undefined;
}

const FIRST: Last = {
  ...{ version: 0n, id: new Uint8Array(32), bankTime: 0 },
  ...{ keys: undefined, said: undefined },
};

/**
 * Bulletins count up by one, each names the one before and is signed by a key that was announced
 * there (spec/judge.md §2, spec/documents.md §3). What a trusted key announces is trusted from
 * then on.
 */
export async function auditBulletins(audit: Audit): Promise<void> {
  const page = audit.book.page('bulletins');
  let last = FIRST;
  const options = { rows: limits.packetRows };
  for await (const row of rowsOf<BulletinRow>(audit.snapshot, BULLETINS, options)) {
    page.saw();
    last = await auditBulletin(audit, row, last);
  }
  if (last.said !== undefined) await auditAnnounced(audit, last.said);
}

async function auditBulletin(audit: Audit, row: BulletinRow, last: Last): Promise<Last> {
  const page = audit.book.page('bulletins');
  const where = { table: 'bulletins', key: { version: row.version } };
  const proved = await proveStored(audit, page, { type: 'bulletin', packet: row.packet, where });
  if (proved === undefined) return { ...last, version: row.version, id: row.id, said: undefined };
  const { id, fields } = proved;
  const isAsSigned = compareColumns(page, where, [
    ['id', id, row.id],
    ['version', fields.version, row.version],
    ['at', fields.bankTime, Math.floor(secondsOf(row.at))],
  ]);
  if (isAsSigned && isSuccessor(page, where, { fields, last, version: row.version })) {
    extendTrust(audit, fields);
  }
  const keys = new Set(fields.issuerKeys.map(({ number }) => number));
  const said = isAsSigned ? fields : undefined;
  return { version: row.version, id: row.id, bankTime: fields.bankTime, keys, said };
}

interface Succession {
  readonly fields: Bulletin;
  readonly version: bigint;
  readonly last: Last;
}

function isSuccessor(
  page: Page,
  where: { readonly table: string; readonly key: { readonly version: bigint } },
  { fields, version, last }: Succession,
): boolean {
  if (version !== last.version + 1n) {
    const expected = last.version + 1n;
    page.wrong({ ...where, what: 'a version before it is missing', expected, found: version });
    return true;
  }
  const { previous, bankTime, issuerKey } = fields;
  if (!equalBytes(previous, last.id)) {
    const what = 'it does not name the bulletin before it';
    page.wrong({ ...where, what, expected: last.id, found: previous });
    return false;
  }
  if (bankTime < last.bankTime) {
    const what = 'its bank time is before that of the bulletin before it';
    page.wrong({ ...where, what, expected: last.bankTime, found: bankTime });
    return false;
  }
  if (last.keys !== undefined && !last.keys.has(issuerKey)) {
    const what = 'signed by a key that the bulletin before it did not announce';
    const expected = [...last.keys].join(', ');
    page.wrong({ ...where, what, expected, found: issuerKey });
    return false;
  }
  return true;
}

/** A number keeps its key for ever; a new number joins the trust. */
function extendTrust({ issuers, given, book }: Audit, { version, issuerKeys }: Bulletin): void {
  for (const announced of issuerKeys) {
    const known = issuers.get(announced.number);
    if (known !== undefined) {
      if (isSameKey(known, announced)) continue;
      book.page('bulletins').wrong({
        table: 'bulletins',
        key: { version, issuer_key: announced.number },
        what: 'it announces another key under a number that is taken',
        expected: known.publicKey,
        found: announced.publicKey,
      });
    } else if (given !== undefined) {
      issuers.set(announced.number, announced);
      book.page('issuer keys').note('announced by a bulletin that a trusted key signed');
    }
  }
}

function isSameKey(
  known: Pick<PublishedIssuerKey, 'suite' | 'publicKey'>,
  announced: PublishedIssuerKey,
): boolean {
  return known.suite === announced.suite && equalBytes(known.publicKey, announced.publicKey);
}

const BULLETINS = 'select version, id, packet, at from bulletins order by version';
