import type { Db, Tx } from '../../db/index.ts';
import type { RailCode } from '../errors.ts';
import type { Credit, RailMessage } from '../messages.ts';

export interface KnownFile {
  readonly sha256: Uint8Array;
  readonly kind: RailMessage['kind'] | null;
  readonly messageId: string | null;
  readonly refused: RailCode | null;
}

export async function findFile(db: Db, name: string): Promise<KnownFile | undefined> {
  const { rows } = await db.query<KnownFile>(
    `select sha256, kind, message_id as "messageId", refused from rail_files where name = $1`,
    [name],
  );
  return rows[0];
}

/** False where another process has read it; waits for one that is reading it. */
export async function insertFile(
  tx: Tx,
  file: { readonly name: string; readonly sha256: Uint8Array; readonly at: Date },
  outcome: RailMessage | RailCode,
): Promise<boolean> {
  const isRefused = typeof outcome === 'string';
  const { rowCount } = await tx.query(
    `insert into rail_files (name, sha256, kind, message_id, refused, at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (name) do nothing`,
    [
      file.name,
      file.sha256,
      isRefused ? null : outcome.kind,
      isRefused ? null : outcome.messageId,
      isRefused ? outcome : null,
      file.at,
    ],
  );
  return rowCount === 1;
}

export type CreditStatus = 'credited' | 'held' | 'known' | 'contradicts';

export interface SeenCredit {
  readonly messageId: string;
  readonly reference: string;
  readonly endToEndId: string;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly status: CreditStatus;
}

/**
 * Everything that was said about these transactions. Whoever asks next about one of them waits
 * for this transaction: two messages about one transaction are read one after the other.
 */
export async function seenCredits(
  tx: Tx,
  rail: string,
  credits: readonly Credit[],
): Promise<readonly SeenCredit[]> {
  const references = credits.map(({ reference }) => reference).sort();
  for (const reference of references) {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `rail ${rail} ${reference}`,
    ]);
  }
  const { rows } = await tx.query<SeenCredit>(
    `select message_id as "messageId", reference, end_to_end_id as "endToEndId",
            amount_minor as "amountMinor", currency, status
       from rail_messages
      where rail = $1 and reference = any ($2)`,
    [rail, references],
  );
  return rows;
}

export async function insertCredit(
  tx: Tx,
  seen: SeenCredit & { readonly rail: string; readonly file: string; readonly at: Date },
): Promise<void> {
  await tx.query(
    `insert into rail_messages (rail, message_id, reference, end_to_end_id, amount_minor,
                                currency, status, file, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      seen.rail,
      seen.messageId,
      seen.reference,
      seen.endToEndId,
      seen.amountMinor,
      seen.currency,
      seen.status,
      seen.file,
      seen.at,
    ],
  );
}

/** What a file's answer says of each of its transactions. */
export async function creditsOfFile(db: Db, name: string): Promise<readonly SeenCredit[]> {
  const { rows } = await db.query<SeenCredit>(
    `select message_id as "messageId", reference, end_to_end_id as "endToEndId",
            amount_minor as "amountMinor", currency, status
       from rail_messages
      where file = $1
      order by reference`,
    [name],
  );
  return rows;
}
