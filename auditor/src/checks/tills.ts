import { publicKeySpki, sha256 } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { compareColumns } from '../columns.ts';
import { isScheme, SCHEMES } from '../proving-orders.ts';
import { rowsOf } from '../snapshot.ts';

interface TillRow {
  readonly no: bigint;
  readonly scheme: string;
  readonly public_key: Uint8Array;
  readonly key_id: Uint8Array;
}

/** Each till's key is one that tills have, and its id the hash of it. */
export async function auditTills({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('orders');
  for await (const { no, scheme, public_key: key, key_id } of rowsOf<TillRow>(snapshot, TILLS)) {
    const where = { table: 'tills', key: { no } };
    if (!isScheme(scheme)) {
      const what = 'scheme is not one that tills sign by';
      page.wrong({ ...where, what, expected: SCHEMES.join(' or '), found: scheme });
      continue;
    }
    compareColumns(page, where, [['key_id', sha256(publicKeySpki(scheme, key)), key_id]]);
  }
}

const TILLS = 'select no, scheme, public_key, key_id from tills order by no';
